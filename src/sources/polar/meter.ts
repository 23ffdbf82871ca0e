import { index, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { identity, instant, polar, versioned } from './schema.ts';

export const meters = withComments(
  polar.table(
    'meters',
    {
      ...identity(),
      name: text(),
      unit: text(),
      custom_label: text(),
      custom_multiplier: integer(),
      filter: jsonb(),
      aggregation: jsonb(),
      archived_at: instant(),
      metadata: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id)],
  ),
  'Meters, which count events for prices by usage',
  {
    name: 'Name, shown on invoices',
    unit: 'scalar, token or custom',
    custom_label: 'Name of a custom unit',
    custom_multiplier: 'How many counted units make one custom unit',
    filter: 'Which events count: conjunction and clauses',
    aggregation: 'How events are counted: func (count, sum, max, min, avg, unique) and property',
    archived_at: 'When it was archived; Polar does not delete meters',
  },
);

/** A meter, of the same form wherever it is sent whole; prices nest a few of its fields. */
export const meter = entity(meters);
