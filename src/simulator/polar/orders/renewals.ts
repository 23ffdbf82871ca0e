import { DAY, later, micros, SECOND } from '../../instants.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import type { State } from '../state.ts';
import { afterInterval } from '../subscriptions/period.ts';
import type { Subscription } from '../subscriptions/record.ts';
import { feeOf, itemOf, newOrder } from './new-order.ts';
import { orderPayment, type Payment } from './payment.ts';
import { RETRY_DAYS, type Order } from './record.ts';

/** Returns the fields of the order for a period of a subscription. */
export function renewalOf(subscription: Subscription): Partial<Order> {
  const { id, amount, currency, customer_id, product_id, discount_id, units, metadata } = subscription;
  return {
    billing_reason: 'subscription_cycle',
    subtotal_amount: amount,
    tax_amount: 0,
    currency,
    customer_id,
    product_id,
    discount_id,
    subscription_id: id,
    units,
    metadata,
  };
}

/** The orders of the periods that subscriptions had before the start, and last of those one whose payment is still being tried. */
export function earlyRenewals(state: State, subscriptions: readonly Subscription[]): Order[] {
  return subscriptions.flatMap((subscription) => {
    const paid = periodsOf(subscription).map((at, turn) => paidRenewal(state, subscription, { at, turn }));
    const { past_due_at: at } = subscription;
    return at === null ? paid : [...paid, pendingRenewal(state, subscription, { at, turn: paid.length })];
  });
}

/** The starts of the periods after the first one, which was paid by the session. */
function periodsOf(subscription: Subscription): string[] {
  const { started_at, trial_end, current_period_start, recurring_interval, recurring_interval_count } = subscription;
  const found: string[] = [];
  if (started_at === null) return found;
  const isPast = (at: string) => micros(at) <= micros(current_period_start);
  let at = trial_end ?? afterInterval(started_at, recurring_interval, recurring_interval_count);
  for (; isPast(at); at = afterInterval(at, recurring_interval, recurring_interval_count)) found.push(at);
  return found;
}

interface Period {
  at: string;
  turn: number;
}

function paidRenewal(state: State, subscription: Subscription, period: Period): Order {
  const order = renewal(state, subscription, period);
  return { ...order, ...feeOf(order), modified_at: later(period.at, 3 * SECOND) };
}

function pendingRenewal(state: State, subscription: Subscription, period: Period): Order {
  const order = renewal(state, subscription, period);
  const tried = triesOf(period.at, state.range.now);
  const next = triesOf(period.at, Infinity)[tried.length] ?? null;
  const [modified_at, truth] = [tried.at(-1) ?? period.at, { failures: tried.length }];
  return { ...order, status: 'pending', modified_at, next_payment_attempt_at: next, truth };
}

function renewal(state: State, subscription: Subscription, { at, turn }: Period): Order {
  const id = outcomeId(state.seed + turn + 1, 'order', subscription.id);
  const { amount, customer_id, recurring_interval, recurring_interval_count, price_ids } = subscription;
  const label = state.products.get(subscription.product_id)?.name ?? 'Renewal';
  const line = itemOf(id, at, 0, { label, amount, tax_amount: 0, product_price_id: price_ids[0] ?? null });
  const end_timestamp = afterInterval(at, recurring_interval, recurring_interval_count);
  const items = [{ ...line, start_timestamp: at, end_timestamp }];
  return newOrder({ ...renewalOf(subscription), id, created_at: at, customer_id, items });
}

/** Returns the instants at which the payment of an order is tried: immediately, and after the pauses. */
function triesOf(at: string, until: number): string[] {
  const days = [0, ...RETRY_DAYS].map((_, turn) => RETRY_DAYS.slice(0, turn).reduce((sum, pause) => sum + pause, 0));
  return days.map((after) => later(at, after * DAY)).filter((tried) => micros(tried) <= until);
}

/** Returns the attempts to pay for renewals. */
export function renewalPayments(state: State, renewals: readonly Order[]): Payment[] {
  return renewals.flatMap((order) => {
    if (order.net_amount === 0) return [];
    if (order.status !== 'pending') return [orderPayment(state, order, 'succeeded', order.created_at)];
    return triesOf(order.created_at, state.range.now).map((at, failures) =>
      orderPayment(state, { ...order, truth: { failures } }, 'failed', at),
    );
  });
}
