import { bigint, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { historyOf } from './history.ts';
import { product, products } from './product.ts';
import { setOf } from './relations.ts';
import { identity, instant, owned, polar, position, versioned } from './schema.ts';

export const discounts = withComments(
  polar.table(
    'discounts',
    {
      ...identity(),
      type: text(),
      duration: text(),
      duration_in_months: integer(),
      amount: bigint({ mode: 'bigint' }),
      currency: text(),
      amounts: jsonb(),
      basis_points: integer(),
      name: text(),
      code: text(),
      starts_at: instant(),
      ends_at: instant(),
      max_redemptions: integer(),
      max_redemptions_per_customer: integer(),
      redemptions_count: integer(),
      metadata: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id), index().on(table.code)],
  ),
  'Discounts: those that links preset and sessions apply, and all others if the token has discounts:read',
  {
    type: 'fixed (amount, amounts) or percentage (basis_points)',
    duration: 'once, forever or repeating',
    duration_in_months: 'For repeating discounts',
    amount: 'Fixed discount in minor units of currency; deprecated in favour of amounts',
    currency: 'Currency of amount, ISO 4217 in lower case',
    amounts: 'Fixed discount in minor units, by currency',
    basis_points: 'Percentage discount: 1000 is 10 %',
    name: 'Name given by the merchant',
    code: 'Code that the customer enters; null if only links apply it',
    starts_at: 'When it becomes valid',
    ends_at: 'When it stops being valid',
    max_redemptions: 'How often it can be used in total',
    max_redemptions_per_customer: 'How often one customer can use it',
    redemptions_count:
      'How often it was used; reduced when a payment fails. Polar changes it without changing modified_at',
  },
);

export const discountProducts = withComments(
  polar.table(
    'discount_products',
    {
      ...owned(),
      discount_id: uuid().references(() => discounts.id),
      product_id: uuid().references(() => products.id),
      position: position(),
    },
    (table) => [primaryKey({ columns: [table.discount_id, table.product_id] }), index().on(table.product_id)],
  ),
  'Products that a discount is limited to; no rows if it applies to all',
  { discount_id: 'The discount', product_id: 'The product' },
);

export const discountHistory = historyOf(discounts, ['products']);

/**
 * A discount. Links nest all of it but its products, which have no prices, benefits and medias; sessions nest only name, code
 * and terms, without timestamps.
 */
export const discount = entity(discounts, {
  relations: { products: setOf(product, discountProducts, 'product_id') },
  sparse: new Set([
    'created_at',
    'modified_at',
    'organization_id',
    'metadata',
    'starts_at',
    'ends_at',
    'max_redemptions',
    'max_redemptions_per_customer',
    'redemptions_count',
  ]),
  history: { table: discountHistory },
});
