import { found } from '../../records.ts';
import { onSale } from '../catalog/on-sale.ts';
import type { Benefit } from '../catalog/records.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { newGrant, revokedGrant } from './grants.ts';
import type { Grant } from './record.ts';

/** Edits of grants. `at` is the instant of the edit, by default the simulated present. */
export interface GrantEdits {
  /** A new grant of any benefit to any customer, unless `fields` say otherwise. Sends `benefit_grant.created`. */
  createGrant(fields?: Partial<Grant>): Grant;
  /** Sends `benefit_grant.updated`, with what the properties were before. */
  updateGrant(id: string, changes: Partial<Omit<Grant, 'id' | 'created_at'>>, at?: string): Grant;
  /** The same for a new period, such as a credit on a meter. Sends `benefit_grant.cycled`. */
  cycleGrant(id: string, at?: string): Grant;
  /** Sends `benefit_grant.revoked`. */
  revokeGrant(id: string, at?: string): Grant;
  /** Grants a revoked one again, in place. Sends `benefit_grant.updated`. */
  grantAgain(id: string, at?: string): Grant;
}

/** The edits of the grants. */
export function grantEdits(
  state: State,
  grants: () => Table<Grant>,
  someCustomer: (since: string) => Customer,
): GrantEdits {
  const put = (grant: Grant, event: string) => {
    grants().put(grant);
    state.events.emit(`benefit_grant.${event}`, grant.id);
    return grant;
  };
  const change = (id: string, changes: Partial<Grant>, at: string): Grant => {
    const before = grants().get(id);
    return { ...before, ...changes, previous_properties: before.properties, modified_at: at };
  };
  const { clock } = state;
  return {
    createGrant: (fields = {}) => {
      const { created_at = clock.now() } = fields;
      const benefit = fields.benefit_id ? found(state.benefits, fields.benefit_id, 'benefit') : anyBenefit(state);
      const customer_id = fields.customer_id ?? someCustomer(created_at).id;
      return put(newGrant(state.chance, benefit, { ...fields, created_at, customer_id }), 'created');
    },
    updateGrant: (id, changes, at = clock.now()) => put(change(id, changes, at), 'updated'),
    cycleGrant: (id, at = clock.now()) => {
      const { properties } = grants().get(id);
      const credited = 'last_credited_at' in properties ? { last_credited_at: at } : {};
      return put(change(id, { properties: { ...properties, ...credited } }, at), 'cycled');
    },
    revokeGrant: (id, at = clock.now()) => put(revokedGrant(change(id, {}, at), at), 'revoked'),
    grantAgain: (id, at = clock.now()) => {
      const again = { is_granted: true, granted_at: at, is_revoked: false, revoked_at: null };
      return put(change(id, again, at), 'updated');
    },
  };
}

/** Any benefit; an organization without products gets its catalog first. */
function anyBenefit(state: State): Benefit {
  onSale(state);
  return state.chance.pick([...state.benefits.values()].filter(({ is_deleted }) => !is_deleted));
}
