import type { State } from '../state.ts';
import { amountFor } from './new-subscription.ts';
import { afterInterval } from './period.ts';
import type { CancellationReason, Subscription } from './record.ts';

/** Days that a failed payment is tried again for, as Polar does (config.py:587). */
export const DUNNING_DAYS = 21;

/** The next period, with a pending change in effect; usage starts from nothing. */
export function renewed(state: State, subscription: Subscription, at: string): Subscription {
  const { current_period_end: start, recurring_interval, recurring_interval_count } = subscription;
  const next = {
    ...applied(state, subscription),
    status: 'active' as const,
    past_due_at: null,
    current_period_start: start,
    current_period_end: afterInterval(start, recurring_interval, recurring_interval_count),
    modified_at: at,
  };
  return { ...next, meters: next.meters.map((meter) => ({ ...meter, consumed_units: 0, amount: 0, modified_at: at })) };
}

/** The subscription with its pending change in effect. */
function applied(state: State, subscription: Subscription): Subscription {
  const { pending_update: update } = subscription;
  if (!update) return subscription;
  const changed = {
    ...subscription,
    pending_update: null,
    seats: update.seats ?? subscription.seats,
    units: update.units ?? subscription.units,
  };
  const moved = update.product_id === null ? changed : moveTo(state, changed, update.product_id);
  return { ...moved, amount: amountFor(state, moved) };
}

/** The subscription at the prices of another product, in its currency; as it is where that has none. */
export function moveTo(state: State, subscription: Subscription, product_id: string): Subscription {
  const prices = (state.products.get(product_id)?.price_ids ?? []).flatMap((id) => state.prices.get(id) ?? []);
  const local = prices.filter(({ price_currency }) => price_currency === subscription.currency);
  if (local.length === 0) return subscription;
  const moved = { ...subscription, product_id, price_ids: local.map(({ id }) => id) };
  return { ...moved, amount: amountFor(state, moved) };
}

/** Polar: the first failed payment. */
export const pastDue = (subscription: Subscription, at: string): Subscription => ({
  ...subscription,
  status: 'past_due',
  past_due_at: at,
  modified_at: at,
});

/** Polar: to be canceled at the end of the period. */
export const canceled = (
  subscription: Subscription,
  at: string,
  reason: CancellationReason | null = null,
  comment: string | null = null,
): Subscription => ({
  ...subscription,
  cancel_at_period_end: true,
  canceled_at: at,
  ends_at: subscription.current_period_end,
  customer_cancellation_reason: reason,
  customer_cancellation_comment: comment,
  modified_at: at,
});

/** Polar: an uncanceled subscription forgets that it was canceled. */
export const uncanceled = (subscription: Subscription, at: string): Subscription => ({
  ...subscription,
  cancel_at_period_end: false,
  canceled_at: null,
  ends_at: null,
  customer_cancellation_reason: null,
  customer_cancellation_comment: null,
  modified_at: at,
});

/** The end, by whatever reason. */
export const ended = (subscription: Subscription, at: string): Subscription => ({
  ...subscription,
  status: 'canceled',
  cancel_at_period_end: false,
  canceled_at: subscription.canceled_at ?? at,
  ends_at: at,
  ended_at: at,
  pending_update: null,
  modified_at: at,
});

/** A pause, which ends by itself where that is set. */
export const paused = (subscription: Subscription, at: string, resumes_at: string | null): Subscription => ({
  ...subscription,
  status: 'paused',
  pause_at_period_end: false,
  paused_at: at,
  resumes_at,
  modified_at: at,
});

/** The end of a pause: a new period begins. */
export const resumed = (subscription: Subscription, at: string): Subscription => ({
  ...subscription,
  status: 'active',
  paused_at: null,
  resumes_at: null,
  current_period_start: at,
  current_period_end: afterInterval(at, subscription.recurring_interval, subscription.recurring_interval_count),
  modified_at: at,
});
