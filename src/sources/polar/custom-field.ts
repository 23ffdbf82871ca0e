import { index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { identity, polar, versioned } from './schema.ts';

export const customFields = withComments(
  polar.table(
    'custom_fields',
    {
      ...identity(),
      type: text(),
      slug: text(),
      name: text(),
      metadata: jsonb(),
      properties: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id), index().on(table.slug)],
  ),
  'Questions that a product asks at checkout',
  {
    type: 'text, number, date, checkbox or select',
    slug: 'Key of the answer in checkouts.custom_field_data',
    name: 'Name given by the merchant',
    properties: 'Labels, bounds and options; bounds of a date are epoch seconds',
  },
);

/** A custom field, of the same form wherever it is sent. */
export const customField = entity(customFields);
