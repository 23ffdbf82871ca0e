import { randomUuid } from '../../ids.ts';
import { micros } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import { wasPaid, type Order } from '../orders/record.ts';
import type { Sales } from '../orders/sales.ts';
import type { State } from '../state.ts';
import type { Subscription } from '../subscriptions/record.ts';
import { recordTable, type Table } from '../table.ts';

/** An event as Polar stores it. It never changes. */
export interface BillingEvent {
  id: string;
  /** Instant of its ingestion, which Polar shows nowhere. */
  created_at: string;
  timestamp: string;
  name: string;
  source: 'system' | 'user';
  customer_id: string | null;
  child_count: number;
  metadata: Record<string, string | number | boolean>;
}

/** The records that events are about. */
export interface EventSubjects {
  sales: Sales;
  subscriptions: () => Table<Subscription>;
}

/** Returns the events of orders, refunds and subscriptions, drawn up when first asked for. */
export function billingEvents(state: State, noted: EventSubjects): () => Table<BillingEvent> {
  let events: Table<BillingEvent> | undefined;
  return () => (events ??= recordTable('event', seededEvents(state, noted)));
}

function seededEvents({ seed }: State, { sales, subscriptions }: EventSubjects): BillingEvent[] {
  const orders = sales.orders().served();
  const of = new Map(orders.map((order) => [order.id, order]));
  const all = [
    ...orders.filter(wasPaid).flatMap((order) => ofOrder(chanceFor(seed, order.id), order)),
    ...sales
      .refunds()
      .served()
      .filter(({ status }) => status === 'succeeded')
      .map(({ id, created_at, customer_id, amount, tax_amount, currency, order_id }) => {
        const order_created_at = of.get(order_id)?.created_at ?? created_at;
        const metadata = { refund_id: id, order_id, order_created_at, ...settled(-amount, -tax_amount, currency) };
        return newEvent(chanceFor(seed, id), { timestamp: created_at, name: 'balance.refund', customer_id, metadata });
      }),
    ...subscriptions()
      .served()
      .flatMap((subscription) => ofSubscription(chanceFor(seed, subscription.id), subscription)),
  ];
  return all.sort((one, other) => micros(one.created_at) - micros(other.created_at));
}

const chanceFor = (seed: number, id: string) => random(seed, `event ${id}`);

/** An event of an instant, ingested then unless `created_at` says otherwise. */
export function newEvent(
  chance: Random,
  fields: Partial<BillingEvent> & Pick<BillingEvent, 'timestamp' | 'name'>,
): BillingEvent {
  const empty = { source: 'system' as const, customer_id: null, child_count: 0, metadata: {} };
  return { id: randomUuid(chance), created_at: fields.timestamp, ...empty, ...fields };
}

/** Polar (order/service.py:2717): the event of the balance has the order's date, though it comes once that is paid. */
function ofOrder(chance: Random, order: Order): BillingEvent[] {
  const {
    id: order_id,
    created_at,
    customer_id,
    product_id,
    subscription_id,
    net_amount,
    tax_amount,
    currency,
  } = order;
  const about = { order_id, ...(product_id && { product_id }), ...(subscription_id && { subscription_id }) };
  const paid = { ...about, amount: net_amount, currency, net_amount, tax_amount };
  const balance = { ...about, net_amount, ...settled(net_amount + tax_amount, tax_amount, currency) };
  return [
    newEvent(chance, { timestamp: created_at, name: 'order.paid', customer_id, metadata: paid }),
    newEvent(chance, {
      timestamp: created_at,
      created_at: order.modified_at ?? created_at,
      name: 'balance.order',
      customer_id,
      metadata: balance,
    }),
  ];
}

/** US dollars for one unit of a currency. */
export const exchangeRate = (currency: string): number => (currency === 'usd' ? 1 : 1.08);

/** Amounts in the currency that Polar settles in, and in that of the sale. */
function settled(amount: number, tax_amount: number, currency: string) {
  const exchange_rate = exchangeRate(currency);
  const presented = { presentment_amount: amount, presentment_currency: currency };
  const converted = { amount: Math.round(amount * exchange_rate), currency: 'usd', tax_amount, exchange_rate };
  return { transaction_id: `txn_${Math.abs(amount)}`, ...converted, ...presented, fee: 40, tax_country: 'DE' };
}

function ofSubscription(chance: Random, subscription: Subscription): BillingEvent[] {
  const { id: subscription_id, customer_id, product_id, amount, currency, started_at } = subscription;
  if (started_at === null) return [];
  const about = { subscription_id, product_id, amount, currency };
  const made = (name: string, timestamp: string) => newEvent(chance, { timestamp, name, customer_id, metadata: about });
  const { canceled_at, ended_at } = subscription;
  return [
    made('subscription.created', started_at),
    ...(canceled_at === null ? [] : [made('subscription.canceled', canceled_at)]),
    ...(ended_at === null ? [] : [made('subscription.revoked', ended_at)]),
  ];
}
