import { jsonb, text } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { bookkeeping, fynn } from './schema.ts';
import { withColumnNames } from './wire.ts';

export const products = withComments(
  fynn.table('products', {
    id: text().primaryKey(),
    name: text(),
    description: text(),
    type: text(),
    invoice_visibility: text(),
    custom_fields: jsonb(),
    ...bookkeeping(),
  }),
  'Products, as items and plans of checkout links nest them',
  {
    name: 'Name',
    description: 'Description',
    type: 'product, …',
    invoice_visibility: 'always, …: when it is shown on invoices',
    custom_fields: free('Custom fields of the merchant'),
  },
);

export const product = entity(products, { toColumns: withColumnNames(products) });
