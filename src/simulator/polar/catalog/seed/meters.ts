import { DAY, formatInstant } from '../../../instants.ts';
import { byId } from '../../../records.ts';
import type { ClockRange } from '../../clock-range.ts';
import type { WholeMeter } from '../records.ts';
import type { Catalog } from './catalog.ts';

/** The meters that prices of the catalog count with. */
export function seededMeters({ prices, organizationId }: Catalog, { now }: ClockRange): Map<string, WholeMeter> {
  const counted = byId(prices.flatMap(({ meter }) => meter ?? []));
  return byId(
    [...counted.values()].map((meter, number): WholeMeter => ({
      ...meter,
      created_at: formatInstant(now - (440 - number) * DAY),
      modified_at: null,
      metadata: {},
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: meter.name.toLowerCase() }] },
      aggregation: { func: 'sum', property: 'units' },
      organization_id: organizationId,
      archived_at: null,
    })),
  );
}
