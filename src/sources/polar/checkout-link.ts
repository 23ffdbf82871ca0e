import { boolean, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { discount, discounts } from './discount.ts';
import { historyOf } from './history.ts';
import { setOf } from './relations.ts';
import { product, products } from './product.ts';
import { identity, owned, polar, position, versioned } from './schema.ts';

export const checkoutLinks = withComments(
  polar.table(
    'checkout_links',
    {
      ...identity(),
      label: text(),
      url: text(),
      success_url: text(),
      return_url: text(),
      payment_processor: text(),
      allow_discount_codes: boolean(),
      require_billing_address: boolean(),
      discount_id: uuid().references(() => discounts.id),
      seats: integer(),
      units: integer(),
      trial_interval: text(),
      trial_interval_count: integer(),
      metadata: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id), index().on(table.discount_id), index().on(table.created_at)],
  ),
  'Links that open a checkout session',
  {
    label: 'Name given by the merchant',
    url: 'Address that the customer opens',
    success_url: free('Where the customer goes after paying'),
    return_url: free('Where the customer goes when going back'),
    payment_processor: 'stripe',
    allow_discount_codes: 'Whether the customer may enter a code',
    require_billing_address: 'Whether the full billing address is required',
    discount_id: 'Discount applied from the start',
    seats: 'Preset number of seats',
    units: 'Preset number of units',
    trial_interval: 'day, week, month or year; overrides the product’s',
    trial_interval_count: 'Length of the trial in trial_interval',
  },
);

export const checkoutLinkProducts = withComments(
  polar.table(
    'checkout_link_products',
    {
      ...owned(),
      checkout_link_id: uuid().references(() => checkoutLinks.id),
      product_id: uuid().references(() => products.id),
      position: position(),
    },
    (table) => [primaryKey({ columns: [table.checkout_link_id, table.product_id] }), index().on(table.product_id)],
  ),
  'Products that a link offers',
  { checkout_link_id: 'The link', product_id: 'The product' },
);

export const checkoutLinkHistory = historyOf(checkoutLinks, ['products']);

/** A checkout link. The wire repeats its first product and price under deprecated keys. */
export const checkoutLink = entity(checkoutLinks, {
  relations: {
    products: setOf(product, checkoutLinkProducts, 'product_id'),
    discount: { kind: 'one', entity: discount },
  },
  aliases: { product: 'products', product_id: 'products', product_price: 'products', product_price_id: 'products' },
  history: { table: checkoutLinkHistory },
});
