import { randomUuid } from '../../ids.ts';
import type { Benefit } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { putRecord } from './put-record.ts';

/** Edits of benefits. `at` is the instant of the edit, by default the simulated present. */
export interface BenefitEdits {
  /** Sends `benefit.created`. */
  createBenefit(fields?: Partial<Benefit>): Benefit;
  /** Sends `benefit.updated`. */
  updateBenefit(id: string, changes: Partial<Omit<Benefit, 'id'>>, at?: string): Benefit;
  /** Polar: a soft delete that takes the benefit off every product; sends `benefit.updated` with `is_deleted: true`. */
  deleteBenefit(id: string, at?: string): Benefit;
}

/** The edits on a state. */
export function benefitEdits(state: State): BenefitEdits {
  const updateBenefit: BenefitEdits['updateBenefit'] = (id, changes, at) => {
    const benefit = { ...found(state.benefits, id, 'benefit'), modified_at: at ?? state.clock.now(), ...changes };
    putRecord(state, state.benefits, benefit);
    state.events.emit('benefit.updated', id);
    return benefit;
  };
  return {
    createBenefit: (fields = {}) => {
      const benefit = putRecord(state, state.benefits, newBenefit(state, fields));
      state.events.emit('benefit.created', benefit.id);
      return benefit;
    },
    updateBenefit,
    deleteBenefit: (id, at = state.clock.now()) => {
      for (const product of state.products.values()) {
        if (!product.benefit_ids.includes(id)) continue;
        putRecord(state, state.products, {
          ...product,
          benefit_ids: product.benefit_ids.filter((other) => other !== id),
        });
      }
      return updateBenefit(id, { is_deleted: true, deleted_at: at }, at);
    },
  };
}

function newBenefit(state: State, fields: Partial<Benefit>): Benefit {
  return {
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
  };
}
