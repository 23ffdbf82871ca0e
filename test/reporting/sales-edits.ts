import { DAY, later } from '../../src/simulator/instants.ts';
import { refundable, wasPaid, type Order } from '../../src/simulator/polar/orders/record.ts';
import type { Refund } from '../../src/simulator/polar/orders/refund.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { isLiving, REASONS, type Subscription } from '../../src/simulator/polar/subscriptions/record.ts';
import type { Random } from '../../src/simulator/random.ts';

export const CURRENCIES = ['usd', 'eur', 'jpy', 'kwd'] as const;

/** One edit of the sales; `instants` are moments in the past. Does nothing where there is no record for it. */
export type SalesEdit = (polar: Polar, chance: Random, instants: readonly string[]) => unknown;

/** Returns an edit of any record that is there and fits. */
const editOf =
  <T extends { id: string; deleted_at: string | null }>(recordsOf: (polar: Polar) => ReadonlyMap<string, T>) =>
  (fits: (record: T) => boolean, edit: (polar: Polar, record: T, chance: Random) => unknown): SalesEdit =>
  (polar, chance) => {
    const found = [...recordsOf(polar).values()].filter((record) => record.deleted_at === null && fits(record));
    if (found.length > 0) edit(polar, chance.pick(found), chance);
  };

const order = editOf<Order>(({ streams }) => streams.orders.records);
const refund = editOf<Refund>(({ streams }) => streams.refunds.records);
const subscription = editOf<Subscription>(({ streams }) => streams.subscriptions.records);

const isRefundable = (each: Order) => refundable(each) > 1;
const isOrder = (wanted: Order['status']) => (each: Order) => each.status === wanted;
const isRefund = (wanted: Refund['status']) => (each: Refund) => each.status === wanted;
const isIn =
  (...wanted: Subscription['status'][]) =>
  (each: Subscription) =>
    isLiving(each) && wanted.includes(each.status);
const isRunning = (each: Subscription) => isIn('active', 'trialing')(each) && each.canceled_at === null;

/** Sells something by a session. */
const buy: SalesEdit = (polar, chance) => {
  const { id } = polar.createCheckout({ currency: chance.pick(CURRENCIES) });
  polar.succeed(polar.confirm(polar.identify(id).id).id);
};

/** Sells something without a session, at a moment in the past. */
const sell: SalesEdit = (polar, chance, instants) => {
  const discount = chance.chance(0.4) ? { discount_id: anyOf(polar.discounts, chance), discount_amount: 100 } : {};
  polar.createOrder({
    created_at: chance.pick(instants),
    currency: chance.pick(CURRENCIES),
    subtotal_amount: chance.integer(0, 3) * 1001 + 100,
    tax_amount: chance.integer(0, 2) * 95,
    applied_balance_amount: -chance.integer(0, 2) * 50,
    seats: chance.pick([null, 3]),
    ...(chance.chance(0.2) && { product_id: null }),
    ...discount,
  });
};

const subscribe: SalesEdit = (polar, chance, instants) =>
  polar.createSubscription({
    ...(chance.chance(0.6) && { created_at: chance.pick(instants) }),
    product_id: chance.pick([...polar.products.values()].filter(({ recurring_interval: every }) => every !== null)).id,
    currency: chance.pick(CURRENCIES),
    ...(chance.chance(0.4) && { discount_id: anyOf(polar.discounts, chance) }),
    ...(chance.chance(0.3) && {
      recurring_interval: chance.pick(['day', 'week', 'year']),
      recurring_interval_count: 3,
    }),
  });

const anyOf = (records: ReadonlyMap<string, unknown>, chance: Random) => chance.pick([...records.keys()]);

/** Every kind of edit of orders, refunds and subscriptions, and of what these name. */
export const SALES_EDITS: readonly SalesEdit[] = [
  buy,
  sell,
  subscribe,
  order(isOrder('draft'), (polar, { id }) => polar.finalizeOrder(id)),
  (polar, chance) => polar.createOrder({ status: 'draft', currency: chance.pick(CURRENCIES), subtotal_amount: 777 }),
  order(isOrder('pending'), (polar, { id }) => polar.failOrder(id)),
  order(isOrder('pending'), (polar, { id }) => polar.payOrder(id)),
  order(wasPaid, (polar, { id }) => polar.chargeFee(id)),
  order(isRefundable, (polar, { id }) => polar.createRefund(id, { reason: 'other' })),
  order(isRefundable, (polar, each, chance) =>
    polar.createRefund(each.id, { amount: chance.integer(1, refundable(each)) }),
  ),
  order(isRefundable, (polar, { id }) => polar.createRefund(id, { status: 'pending', amount: 1 })),
  refund(isRefund('pending'), (polar, { id }, chance) =>
    polar.settleRefund(id, chance.pick(['succeeded', 'failed', 'canceled'])),
  ),
  refund(isRefund('succeeded'), (polar, { id }, chance) => chance.chance(0.3) && polar.settleRefund(id, 'failed')),
  subscribe,
  buy,
  subscription(isRunning, (polar, { id }) => polar.renewSubscription(id)),
  subscription(isRunning, (polar, { id }) => polar.failSubscription(id)),
  subscription(isRunning, (polar, { id }, chance) => polar.cancelSubscription(id, chance.pick(REASONS))),
  subscription(
    ({ canceled_at, ended_at }) => canceled_at !== null && ended_at === null,
    (polar, { id }) => polar.uncancelSubscription(id),
  ),
  subscription(isRunning, (polar, { id }) => polar.cancelSubscription(id)),
  subscription(isIn('past_due'), (polar, { id }) => polar.giveUpSubscription(id)),
  subscription(isLiving, (polar, { id }) => polar.revokeSubscription(id)),
  subscription(isIn('paused'), (polar, { id }) => polar.resumeSubscription(id)),
  subscription(isRunning, (polar, { id }) => polar.pauseSubscription(id, later(polar.clock.now(), 3 * DAY))),
  subscription(isLiving, (polar, { id }, chance) => polar.changeSubscription(id, { seats: chance.integer(1, 9) })),
  subscription(isIn('incomplete'), (polar, { id }) => polar.activateSubscription(id)),
  (polar) => polar.createSubscription({ status: 'incomplete', started_at: null }),
  (polar) => polar.runSubscriptionJob(),
  (polar, chance) => polar.updateProduct(anyOf(polar.products, chance), { name: `Renamed ${polar.clock.now()}` }),
  (polar, chance) => polar.updateDiscount(anyOf(polar.discounts, chance), { name: `Sale ${polar.clock.now()}` }),
  order(wasPaid, (polar, { id }) => polar.deleteOrder(id)),
  refund(isRefund('succeeded'), (polar, { id }) => polar.deleteRefund(id)),
  // No list has a subscription that has not begun: nobody misses one.
  subscription(
    (each) => isLiving(each) && each.started_at !== null,
    (polar, { id }) => polar.deleteSubscription(id),
  ),
];
