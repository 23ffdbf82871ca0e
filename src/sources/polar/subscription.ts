import { bigint, boolean, index, integer, jsonb, numeric, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { free, pseudonym } from '../../model/privacy.ts';
import { customer } from './customer.ts';
import { discount } from './discount.ts';
import { meter, meters } from './meter.ts';
import { withOrganization } from './organization.ts';
import { product, productPrice, productPrices } from './product.ts';
import { setOf } from './relations.ts';
import { identity, instant, money, owned, polar, position, versioned } from './schema.ts';

export const subscriptions = withComments(
  polar.table(
    'subscriptions',
    {
      ...identity(),
      status: text(),
      amount: money(),
      currency: text(),
      recurring_interval: text(),
      recurring_interval_count: integer(),
      started_at: instant(),
      current_period_start: instant(),
      current_period_end: instant(),
      current_meter_period_start: instant(),
      current_meter_period_end: instant(),
      trial_start: instant(),
      trial_end: instant(),
      cancel_at_period_end: boolean(),
      canceled_at: instant(),
      ends_at: instant(),
      ended_at: instant(),
      past_due_at: instant(),
      pause_at_period_end: boolean(),
      paused_at: instant(),
      resumes_at: instant(),
      customer_cancellation_reason: text(),
      customer_cancellation_comment: text(),
      seats: integer(),
      units: integer(),
      customer_id: uuid(),
      product_id: uuid(),
      discount_id: uuid(),
      checkout_id: uuid(),
      pending_update_id: uuid(),
      pending_update_created_at: instant(),
      pending_update_modified_at: instant(),
      pending_update_applies_at: instant(),
      pending_update_product_id: uuid(),
      pending_update_seats: integer(),
      pending_update_units: integer(),
      metadata: jsonb(),
      custom_field_data: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.started_at),
      index().on(table.status),
      index().on(table.customer_id),
      index().on(table.product_id),
      index().on(table.discount_id),
      index().on(table.checkout_id),
      index().on(table.organization_id),
    ],
  ),
  'Subscriptions, including ended ones. Amounts are in minor units of currency',
  {
    status:
      'incomplete, incomplete_expired, trialing, active, past_due (payments are retried), unpaid, paused or canceled (ended)',
    amount: 'Price of a period: its prices less the discount, without metered usage',
    currency: 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two',
    recurring_interval: 'day, week, month or year',
    recurring_interval_count: 'Number of recurring_interval between charges',
    started_at: 'When it began; null before that, while Polar does not list it and only webhooks show it',
    current_period_start: 'Start of the current billing period',
    current_period_end: 'End of the current billing period',
    current_meter_period_start: 'Start of the period for which usage is charged, if that is another one',
    current_meter_period_end: 'End of the period for which usage is charged, if that is another one',
    trial_start: 'Start of the trial',
    trial_end: 'End of the trial',
    cancel_at_period_end: 'Whether it ends with the period',
    canceled_at: 'When it was canceled, which may be before its end; null again if the cancellation was undone',
    ends_at: 'When it will end, or ended',
    ended_at: 'When it ended; null before that',
    past_due_at: 'When the payment first failed; null unless it is past_due',
    pause_at_period_end: 'Whether it is paused at the end of the period',
    paused_at: 'When it was paused',
    resumes_at: 'When a paused subscription resumes by itself',
    customer_cancellation_reason:
      'customer_service, low_quality, missing_features, switched_service, too_complex, too_expensive, unused or other',
    customer_cancellation_comment: free('What the customer wrote when canceling'),
    seats: 'Number of seats, for products sold by seats',
    units: 'Number of units, for products sold by units',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    product_id: 'Product subscribed to',
    discount_id: 'Discount applied',
    checkout_id: 'Checkout session that it came from; null if the merchant’s code created it',
    pending_update_id: 'Change at the next period, if one is pending',
    pending_update_created_at: 'When the pending change was requested',
    pending_update_modified_at: 'When the pending change was last changed',
    pending_update_applies_at: 'When the pending change takes effect',
    pending_update_product_id: 'Product from then on; null if unchanged',
    pending_update_seats: 'Number of seats from then on; null if unchanged',
    pending_update_units: 'Number of units from then on; null if unchanged',
    metadata: free('Key-value pairs of the session, or set by the merchant'),
    custom_field_data: free('Answers to the product’s custom fields, by slug'),
    organization_id: 'Organization of its customer; a subscription does not name one',
  },
);

const itself = () => uuid().references(() => subscriptions.id);

export const subscriptionPrices = withComments(
  polar.table(
    'subscription_prices',
    {
      ...owned(),
      subscription_id: itself(),
      product_price_id: uuid().references(() => productPrices.id),
      position: position(),
    },
    (table) => [
      primaryKey({ columns: [table.subscription_id, table.product_price_id] }),
      index().on(table.product_price_id),
    ],
  ),
  'Prices of a subscription: those that its product had when it was sold, which may be archived since, or those created for it alone',
  { subscription_id: 'The subscription', product_price_id: 'The price' },
);

export const subscriptionMeters = withComments(
  polar.table(
    'subscription_meters',
    {
      ...identity(),
      subscription_id: itself(),
      meter_id: uuid().references(() => meters.id),
      consumed_units: numeric(),
      credited_units: bigint({ mode: 'bigint' }),
      amount: money(),
      ...versioned(),
    },
    (table) => [index().on(table.subscription_id), index().on(table.meter_id)],
  ),
  'Usage of each meter by a subscription in its current period',
  {
    subscription_id: 'The subscription',
    meter_id: 'The meter',
    consumed_units: 'Units used in the period so far',
    credited_units: 'Units included in the period, for example by a benefit',
    amount: 'What the usage costs so far, in minor units of the subscription’s currency',
  },
);

const PENDING = ['id', 'created_at', 'modified_at', 'applies_at', 'product_id', 'seats', 'units'] as const;

const pendingColumns = (update: JsonObject) =>
  Object.fromEntries(Object.entries(update).map(([key, value]) => [`pending_update_${key}`, value]));

const NOTHING_PENDING = pendingColumns(Object.fromEntries(PENDING.map((key) => [key, null])));

/** Returns the record with columns for its pending change, of which there is at most one. */
function withPendingColumns({ pending_update, ...record }: JsonObject): JsonObject {
  const named = withOrganization(record);
  if (pending_update === undefined) return named;
  if (pending_update === null) return { ...named, ...NOTHING_PENDING };
  return isObject(pending_update) ? { ...named, ...pendingColumns(pending_update) } : { ...named, pending_update };
}

/** A subscription's usage of a meter; on the wire it does not name the subscription. */
const subscriptionMeter = entity(subscriptionMeters, { relations: { meter: { kind: 'one', entity: meter } } });

/**
 * A subscription with its prices and usage, and with the whole customer, product and discount as they are today. An order nests
 * only its own columns and metadata: other stored values remain.
 */
export const subscription = entity(subscriptions, {
  relations: {
    customer: { kind: 'one', entity: customer },
    product: { kind: 'one', entity: product },
    discount: { kind: 'one', entity: discount },
    prices: setOf(productPrice, subscriptionPrices, 'product_price_id'),
    meters: {
      kind: 'owned',
      entity: subscriptionMeter,
      by: 'subscription_id',
      element: (raw, _index, subscription_id) => (isObject(raw) ? { ...raw, subscription_id } : raw),
      onRemoved: 'delete',
    },
  },
  sparse: new Set(['organization_id', 'custom_field_data', ...Object.keys(NOTHING_PENDING)]),
  // The names that these had before are still sent.
  aliases: { user_id: 'customer_id', user: 'customer', price_id: 'prices', price: 'prices' },
  toColumns: withPendingColumns,
  expiry: { until: 'ended_at' },
});
