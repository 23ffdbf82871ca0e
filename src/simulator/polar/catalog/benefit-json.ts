import { randomUUID } from 'node:crypto';
import type { Benefit } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';

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
  const properties = signedAnew(benefit);
  return tampered(state, id, { ...reduced(benefit), metadata, visibility, visibility_configurable, properties });
}

/** Polar: the token of a Discord benefit is a JWT, made at each serialization. */
const signedAnew = ({ properties }: Benefit) =>
  'guild_token' in properties ? { ...properties, guild_token: `eyJhbGciOiJIUzI1NiJ9.${randomUUID()}` } : properties;

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
