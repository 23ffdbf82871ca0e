import { formatInstant } from '../../instants.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';

/** A whole meter, as subscriptions nest it; prices nest a few of its fields. */
export function meterJson(state: State, id: string): unknown {
  const counted = [...state.prices.values()].find(({ meter_id }) => meter_id === id)?.meter;
  if (!counted) throw new RangeError(`no meter ${id}`);
  return tampered(state, id, {
    ...counted,
    created_at: formatInstant(state.range.now - 400 * 86_400_000_000),
    modified_at: null,
    metadata: {},
    filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: counted.name.toLowerCase() }] },
    aggregation: { func: 'sum', property: 'units' },
    organization_id: state.organizationId,
    archived_at: null,
  });
}
