import { boolean, index, integer, jsonb, text } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { plan, plans } from './plan.ts';
import { pricePlan, pricePlans } from './price-plan.ts';
import { product, products } from './product.ts';
import { bookkeeping, fynn } from './schema.ts';
import { withColumnNames, withRelation } from './wire.ts';

export const checkoutLinks = withComments(
  fynn.table(
    'checkout_links',
    {
      id: text().primaryKey(),
      slug: text(),
      is_enabled: boolean(),
      options: jsonb(),
      after_checkout: jsonb(),
      ...bookkeeping(),
    },
    (table) => [index().on(table.slug)],
  ),
  'Checkout links of Fynn',
  {
    slug: 'Last part of the link’s address',
    is_enabled: 'Whether customers can use it',
    options: 'Trial days, coupons, quantities, companies only',
    after_checkout: 'What the customer sees afterwards: a redirect or a message',
  },
);

export const checkoutLinkItems = withComments(
  fynn.table(
    'checkout_link_items',
    {
      id: text().primaryKey(),
      checkout_link_id: text().references(() => checkoutLinks.id),
      position: integer(),
      item_id: text(),
      type: text(),
      quantity: integer(),
      product_id: text().references(() => products.id),
      plan_id: text().references(() => plans.id),
      price_plan_id: text().references(() => pricePlans.id),
      periods: jsonb(),
      ...bookkeeping(),
    },
    (table) => [
      index().on(table.checkout_link_id, table.position),
      index().on(table.item_id),
      index().on(table.product_id),
      index().on(table.plan_id),
      index().on(table.price_plan_id),
    ],
  ),
  'Items that a checkout link sells',
  {
    id: 'Id of the item if Fynn sends one, otherwise link and position, such as 7c…/0',
    checkout_link_id: 'Link that it belongs to; null if it was pulled by its own id and no link is known to have it',
    item_id: 'Identifier at the source, if it sent one',
    type: 'product (with a quantity) or plan (configured by the customer)',
    quantity: 'For products',
    product_id: 'Product, if the type is product',
    plan_id: 'Plan, if the type is plan',
    price_plan_id: 'Price',
    periods: 'Contract and cancellation periods; without any, a contract lasts for the billing period',
  },
);

const toItemColumns = withColumnNames(checkoutLinkItems);

/** An item of a link, keyed by its id if it has one, otherwise by its position; Fynn documents no id. */
export function itemOfLink(raw: Json, position: number, linkId: string): Json {
  if (!isObject(raw)) return raw;
  const { id: itemId = null } = raw;
  const id = typeof itemId === 'string' ? itemId : `${linkId}/${position}`;
  return { ...raw, id, item_id: itemId, checkout_link_id: linkId, position };
}

/** An item requested by its id: the response lacks the link, and usually the id as well. */
export const itemOfAnswer = (body: unknown, id: string): JsonObject | undefined =>
  isObject(body) ? { ...body, id: body.id ?? id, item_id: id } : undefined;

export const checkoutLinkItem = entity(checkoutLinkItems, {
  relations: {
    product: { kind: 'one', entity: product },
    plan: { kind: 'one', entity: plan },
    price: { kind: 'one', entity: pricePlan },
  },
  toColumns(record) {
    const withProduct = withRelation(toItemColumns(record), 'product', 'product_id');
    return withRelation(withRelation(withProduct, 'plan', 'plan_id'), 'price', 'price_plan_id');
  },
});

/** A link with its items: an item that it no longer lists is deleted. */
export const checkoutLink = entity(checkoutLinks, {
  relations: {
    items: {
      kind: 'owned',
      entity: checkoutLinkItem,
      by: 'checkout_link_id',
      element: itemOfLink,
      onRemoved: 'delete',
    },
  },
  toColumns: withColumnNames(checkoutLinks),
});
