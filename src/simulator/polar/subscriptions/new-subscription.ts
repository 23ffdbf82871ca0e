import { randomUuid } from '../../ids.ts';
import type { Random } from '../../random.ts';
import { found } from '../../records.ts';
import type { Price, Product } from '../catalog/records.ts';
import type { CheckoutRow } from '../checkouts/record.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import { amountOf, discountAmount } from '../money.ts';
import type { State } from '../state.ts';
import { afterInterval } from './period.ts';
import type { Subscription, SubscriptionMeter } from './record.ts';

/** Fields that a new subscription needs; the rest follows from them, or is empty. */
export type NewSubscription = Pick<Subscription, 'id' | 'created_at' | 'customer_id' | 'product_id'> &
  Partial<Subscription>;

/**
 * Returns a subscription with defaults for the fields left open: started immediately, and in its trial if the product has one.
 */
export function newSubscription(state: State, chance: Random, fields: NewSubscription): Subscription {
  const { created_at } = fields;
  const product = found(state.products, fields.product_id, 'product');
  const prices = pricesIn(state, product, fields.currency);
  const seats = prices.some(({ seat_tiers }) => seat_tiers) ? (fields.seats ?? 3) : null;
  const units = prices.some(({ amount_type }) => amount_type === 'unit_based') ? (fields.units ?? 100) : null;
  const interval = product.recurring_interval ?? prices[0]?.recurring_interval ?? 'month';
  const count = product.recurring_interval_count ?? 1;
  const currency = prices[0]?.price_currency ?? 'usd';
  const sold = {
    recurring_interval: interval,
    recurring_interval_count: count,
    seats,
    units,
    discount_id: null,
    price_ids: prices.map(({ id }) => id),
  };
  return {
    modified_at: null,
    deleted_at: null,
    status: product.trial_interval === null ? 'active' : 'trialing',
    ...periodOf(product, created_at, afterInterval(created_at, interval, count)),
    cancel_at_period_end: false,
    canceled_at: null,
    started_at: created_at,
    ends_at: null,
    ended_at: null,
    past_due_at: null,
    pause_at_period_end: false,
    paused_at: null,
    resumes_at: null,
    checkout_id: null,
    customer_cancellation_reason: null,
    customer_cancellation_comment: null,
    metadata: {},
    custom_field_data: {},
    pending_update: null,
    ...sold,
    amount: amountFor(state, { ...sold, ...fields, currency }),
    meters: metersOf(chance, prices, created_at),
    ...fields,
    currency,
  };
}

/** The prices of a product in a currency, or in that of its first one. */
function pricesIn(state: State, { price_ids }: Product, currency: string | undefined): Price[] {
  const prices = price_ids.map((id) => found(state.prices, id, 'price'));
  const local = prices.filter(({ price_currency }) => price_currency === currency);
  return local.length > 0 ? local : prices.filter(({ price_currency }) => price_currency === prices[0]?.price_currency);
}

function periodOf({ trial_interval, trial_interval_count, meter_interval }: Product, start: string, end: string) {
  const trial_end = trial_interval === null ? null : afterInterval(start, trial_interval, trial_interval_count ?? 1);
  return {
    current_period_start: start,
    current_period_end: trial_end ?? end,
    current_meter_period_start: meter_interval === null ? null : start,
    current_meter_period_end: meter_interval === null ? null : afterInterval(start, meter_interval, 1),
    trial_start: trial_end === null ? null : start,
    trial_end,
  };
}

/** Polar: the sum of its prices less the discount; usage comes on top. */
export function amountFor(
  { prices, discounts }: State,
  sold: Pick<Subscription, 'price_ids' | 'seats' | 'units' | 'currency' | 'discount_id'>,
): number {
  const amounts = sold.price_ids.map((id) => amountOf(prices.get(id), sold.seats ?? sold.units ?? 1));
  const whole = amounts.reduce((sum, amount) => sum + amount, 0);
  return whole - discountAmount(discounts.get(sold.discount_id ?? ''), whole, sold.currency);
}

/** One meter per metered price, unused so far. */
const metersOf = (chance: Random, prices: readonly Price[], created_at: string): SubscriptionMeter[] =>
  prices.flatMap(({ meter_id }) =>
    meter_id === undefined
      ? []
      : [
          {
            id: randomUuid(chance),
            created_at,
            modified_at: null,
            consumed_units: 0,
            credited_units: 0,
            amount: 0,
            meter_id,
          },
        ],
  );

/** True for a session of a customer who subscribes to a product; one that changes a subscription names it. */
export const isSubscribing = (
  { products }: State,
  row: CheckoutRow,
): row is CheckoutRow & { customer_id: string; product_id: string } =>
  row.customer_id !== null && row.subscription_id === null && products.get(row.product_id ?? '')?.is_recurring === true;

/** The subscription that a session of a recurring product becomes when it succeeds. */
export function subscriptionOfSession(
  state: State,
  chance: Random,
  row: CheckoutRow,
  at: string,
): Subscription | undefined {
  if (!isSubscribing(state, row)) return undefined;
  const { customer_id, product_id } = row;
  return newSubscription(state, chance, {
    id: outcomeId(state.seed, 'subscription', row.id),
    created_at: at,
    customer_id,
    product_id,
    currency: row.currency,
    discount_id: row.discount_id,
    checkout_id: row.id,
    seats: row.seats,
    units: row.units,
    metadata: row.metadata,
    custom_field_data: row.custom_field_data,
  });
}
