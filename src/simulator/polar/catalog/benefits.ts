import { randomUUID } from 'node:crypto';
import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { putRecord } from './put-record.ts';
import type { Benefit } from './records.ts';
import { takeOff } from './take-off.ts';

/** Edits of benefits. `at` is the instant of the edit, by default the simulated present. */
export interface BenefitEdits {
  /** Sends `benefit.created`. */
  createBenefit(fields?: Partial<Benefit>): Benefit;
  /** Sends `benefit.updated`. */
  updateBenefit(id: string, changes: Partial<Omit<Benefit, 'id'>>, at?: string): Benefit;
  /** Polar: a soft delete that takes the benefit off every product; sends `benefit.updated` with `is_deleted: true`. */
  deleteBenefit(id: string, at?: string): Benefit;
  /** By hand in the database; no product has it again. Sends `benefit.updated`. */
  restoreBenefit(id: string, at?: string): Benefit;
}

/** The edits on a state. */
export function benefitEdits(state: State): BenefitEdits {
  const updateBenefit: BenefitEdits['updateBenefit'] = (id, changes, at) => {
    const benefit = { ...found(state.benefits, id, 'benefit'), modified_at: at ?? state.clock.now(), ...changes };
    putRecord(state, 'benefits', benefit);
    state.events.emit('benefit.updated', id);
    return benefit;
  };
  return {
    createBenefit: (fields = {}) => {
      const benefit = addBenefit(state, fields);
      state.events.emit('benefit.created', benefit.id);
      return benefit;
    },
    updateBenefit,
    deleteBenefit: (id, at = state.clock.now()) => {
      takeOff(
        state,
        ({ benefit_ids }) => benefit_ids.includes(id),
        ({ benefit_ids }) => ({ benefit_ids: benefit_ids.filter((other) => other !== id) }),
      );
      return updateBenefit(id, { is_deleted: true, deleted_at: at }, at);
    },
    restoreBenefit: (id, at) => updateBenefit(id, { is_deleted: false, deleted_at: null }, at),
  };
}

/** Adds a benefit without a webhook, for what is made together with it. */
export function addBenefit(state: State, fields: Partial<Benefit>): Benefit {
  return putRecord(state, 'benefits', {
    id: randomUuid(state.chance),
    created_at: state.clock.now(),
    modified_at: null,
    deleted_at: null,
    type: 'custom',
    description: 'New benefit',
    selectable: true,
    deletable: true,
    is_deleted: false,
    organization_id: state.organizationId,
    metadata: {},
    visibility: 'public',
    visibility_configurable: true,
    properties: { note: null },
    ...fields,
  });
}

/** A benefit as links and sessions nest it. Polar: reduced, and only meter credits show properties. */
export function publicBenefitJson(state: State, id: string): unknown {
  const benefit = found(state.benefits, id, 'benefit');
  const { units, meter_id } = benefit.properties;
  return tampered(state, id, {
    ...reduced(benefit),
    ...(benefit.type === 'meter_credit' && { properties: { units, meter_id } }),
  });
}

/** A whole benefit, as `/v1/benefits/` and webhooks show it. */
export function benefitJson(state: State, id: string): unknown {
  const benefit = found(state.benefits, id, 'benefit');
  const { metadata, visibility, visibility_configurable } = benefit;
  const properties = { ...withFreshToken(benefit), ...deprecated(benefit) };
  return tampered(state, id, { ...reduced(benefit), metadata, visibility, visibility_configurable, properties });
}

/** Polar: the token of a Discord benefit is a JWT, made at each serialization. */
const withFreshToken = ({ properties }: Benefit) =>
  'guild_token' in properties ? { ...properties, guild_token: `eyJhbGciOiJIUzI1NiJ9.${randomUUID()}` } : properties;

/** Polar: the repository has a second name, which its document does not have. */
const deprecated = ({ type, properties }: Benefit) =>
  type === 'github_repository' && { repository_id: properties.repository_name };

function reduced({
  id,
  created_at,
  modified_at,
  type,
  description,
  selectable,
  deletable,
  is_deleted,
  organization_id,
}: Benefit) {
  return { id, created_at, modified_at, type, description, selectable, deletable, is_deleted, organization_id };
}
