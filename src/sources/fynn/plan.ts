import { boolean, index, jsonb, text } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { product, products } from './product.ts';
import { bookkeeping, fynn, instant } from './schema.ts';
import { withColumnNames, withRelation } from './wire.ts';

export const plans = withComments(
  fynn.table(
    'plans',
    {
      id: text().primaryKey(),
      family: jsonb(),
      code: text(),
      origin_product_id: text().references(() => products.id),
      allow_checkout: boolean(),
      status: text(),
      created_at: instant(),
      name: text(),
      description: text(),
      ...bookkeeping(),
    },
    (table) => [index().on(table.origin_product_id)],
  ),
  'Plans that customers subscribe to, as items of checkout links nest them',
  {
    family: 'Family of plans it belongs to',
    code: 'Code given by the merchant',
    origin_product_id: 'Product that it was made from',
    allow_checkout: 'Whether it can be bought through a checkout',
    status: 'draft, …',
    name: 'Name',
    description: 'Description',
  },
);

const toPlanColumns = withColumnNames(plans);

export const plan = entity(plans, {
  relations: { originProduct: { kind: 'one', entity: product } },
  toColumns: (record) => withRelation(toPlanColumns(record), 'originProduct', 'origin_product_id'),
});
