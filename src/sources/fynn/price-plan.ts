import { bigint, boolean, index, jsonb, numeric, primaryKey, text } from 'drizzle-orm/pg-core';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { withComments } from '../../model/comments.ts';
import { entity, type JoinRow } from '../../model/entity.ts';
import { personal } from '../../model/privacy.ts';
import { bookkeeping, fynn, owned } from './schema.ts';
import { relatedId, withColumnNames } from './wire.ts';

export const pricePlans = withComments(
  fynn.table('price_plans', {
    id: text().primaryKey(),
    internal_name: text(),
    status: text(),
    sales_channel: jsonb(),
    type: text(),
    apply_trial: boolean(),
    pay_in_advance: boolean(),
    pro_rata: boolean(),
    free_units: numeric({ precision: 30, scale: 10 }),
    billing_interval: text(),
    show_price_per_interval: text(),
    currency_code: text(),
    amount: bigint({ mode: 'bigint' }),
    price: jsonb(),
    tiers: jsonb(),
    custom: boolean(),
    charge: text(),
    product_set_option: text(),
    product: jsonb(),
    customer: jsonb(),
    in_use: boolean(),
    ...bookkeeping(),
  }),
  'Prices (price plans)',
  {
    internal_name: 'Name that customers do not see',
    status: 'active or archived; archived ones are in no list',
    sales_channel: 'Sales channel it is restricted to',
    type: 'flat_fee, per_unit, tiered, volume, stair_step, percentage, …',
    apply_trial: 'Whether a trial applies to it',
    pay_in_advance: 'Whether it is paid in advance',
    pro_rata: 'Whether a part of an interval is charged pro rata',
    free_units: 'Units that cost nothing',
    billing_interval:
      'Interval, such as 1M or 1Y: an ISO 8601 duration without its P, kept as text because 1M would be ambiguous',
    show_price_per_interval: 'Interval for which the price is shown',
    currency_code: 'ISO 4217',
    amount: 'Integer as the API sends it. Fynn does not document its unit; minor units of the currency are likely',
    price: 'The amount with its dates and tenant, as the API has it',
    tiers: 'Tiers of tiered, volume and stair_step prices, for which amount is not enough',
    custom: 'Whether it was created for one customer',
    charge: 'Charge it belongs to',
    product_set_option: 'Option of a product set',
    product: 'Product: an id, an IRI or an object, as the API has it',
    customer: personal('Customer: an id, an IRI or an object, as the API has it', { identifies: 'customer' }),
    in_use: 'Whether something uses it',
  },
);

export const pricePlanCheckoutLinks = withComments(
  fynn.table(
    'price_plan_checkout_links',
    {
      ...owned(),
      price_plan_id: text()
        .notNull()
        .references(() => pricePlans.id),
      checkout_link_id: text().notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.price_plan_id, table.checkout_link_id] }),
      index().on(table.checkout_link_id),
    ],
  ),
  'Checkout links that use a price, as the price names them',
  { price_plan_id: 'Price', checkout_link_id: 'Checkout link; its row may come later, or never' },
);

/** Returns the ids of links, each of which may be an IRI. */
function members(value: Json): JoinRow[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((raw) => {
    const id = relatedId(raw);
    return { raw, ...(id !== undefined && { row: { checkout_link_id: id } }) };
  });
}

const toPriceColumns = withColumnNames(pricePlans);

/** Returns the columns of a price. `price` holds the amount with its dates; an amount beside it takes precedence. */
function toColumns(record: JsonObject): JsonObject {
  const { price } = record;
  const amount = isObject(price) ? (price.amount ?? null) : null;
  return { ...(price !== undefined && { amount }), ...toPriceColumns(record) };
}

export const pricePlan = entity(pricePlans, {
  relations: { checkoutLinkIds: { kind: 'set', entity: null, into: pricePlanCheckoutLinks, members } },
  toColumns,
});

/** Returns the checkout links that a price names. */
export function checkoutLinkIds(record: Json): string[] {
  const ids = isObject(record) && Array.isArray(record.checkoutLinkIds) ? record.checkoutLinkIds : [];
  return ids.flatMap((id) => relatedId(id) ?? []);
}
