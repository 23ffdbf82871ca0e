import { randomUuid } from '../../ids.ts';
import { later, micros, SECOND } from '../../instants.ts';
import { paidAtStart, paidIn } from '../checkouts/paid.ts';
import type { SeededSessions } from '../checkouts/seed.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import type { CheckoutEntry } from '../edit-log.ts';
import { onSale } from '../catalog/on-sale.ts';
import { anyCustomer } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import { earlySubscriptions } from '../subscriptions/subscriptions.ts';
import { recordTable, type Table, type TableRecord } from '../table.ts';
import { aftermath, type EarlySale } from './aftermath.ts';
import type { Dispute } from './dispute.ts';
import { feeOf, newOrder, orderOfSession } from './new-order.ts';
import { earlyPayments, paymentIn, type Payment } from './payment.ts';
import type { Order } from './record.ts';
import type { Refund } from './refund.ts';
import { earlyRenewals, renewalPayments } from './renewals.ts';

/** The tables of what sessions became. */
export interface Sales {
  orders: () => Table<Order>;
  refunds: () => Table<Refund>;
  disputes: () => Table<Dispute>;
  payments: () => Table<Payment>;
  /** An order that nobody has heard of: paid, for any customer and product, unless `fields` say otherwise. */
  drawOrder: (fields: Partial<Order>) => Order;
}

/** Sources of sales: all sessions, the seeded ones, and the customers who buy. */
interface Selling {
  sessions: Sessions;
  seeded: SeededSessions;
  customers: () => Table<Customer>;
}

/**
 * Returns the orders, including those of all sessions that succeeded so far, with their refunds and disputes. They are drawn up
 * on the first request, because looking through a million sessions takes a while.
 */
export function salesOf(state: State, { sessions, seeded, customers }: Selling): Sales {
  const renewals = lazily(() => earlyRenewals(state, earlySubscriptions(state, sessions)));
  const early = lazily(() => [...earlySales(state, sessions), ...renewals().map((order) => aftermath(state, order))]);
  const orders = lazily(() => sortedTable('order', early(), ({ order }) => order));
  const payments = lazily(() => {
    const made = [...earlyPayments(state, sessions, seeded), ...renewalPayments(state, renewals())];
    return sortedTable('payment', made, (payment) => payment);
  });
  return {
    orders: following(state, orders, (change) => orderIn(state, change)),
    payments: following(state, payments, (change) => paymentIn(state, change)),
    refunds: lazily(() => sortedTable('refund', early(), ({ refund }) => refund)),
    disputes: lazily(() => sortedTable('dispute', early(), ({ dispute }) => dispute)),
    drawOrder: (fields) => {
      const drawn = { id: randomUuid(state.chance), created_at: state.clock.now(), ...productSold(state) };
      const { created_at, customer_id = anyCustomer(state, customers(), created_at).id } = { ...drawn, ...fields };
      return newOrder({ ...drawn, ...fields, customer_id });
    },
  };
}

/** Any product, for ten in its currency. */
function productSold(state: State): Pick<Order, 'product_id' | 'subtotal_amount' | 'tax_amount'> {
  return { product_id: onSale(state)[0]?.id ?? null, subtotal_amount: 1000, tax_amount: 190 };
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function sortedTable<From, T extends TableRecord>(
  kind: string,
  from: readonly From[],
  recordOf: (from: From) => T | undefined,
): Table<T> {
  const records = from.flatMap((one) => recordOf(one) ?? []);
  return recordTable(
    kind,
    records.sort((one, other) => micros(one.created_at) - micros(other.created_at)),
  );
}

/** The table with what the changes of sessions made of it so far. */
function following<T extends TableRecord>(
  { log }: State,
  table: () => Table<T>,
  recordIn: (change: CheckoutEntry) => T | undefined,
): () => Table<T> {
  let seen = 0;
  return () => {
    const followed = table();
    for (const change of log.checkouts.slice(seen)) {
      const record = recordIn(change);
      const { created_at = record?.created_at } = followed.records.get(record?.id ?? '') ?? {};
      if (record && created_at !== undefined) followed.put({ ...record, created_at });
    }
    seen = log.checkouts.length;
    return followed;
  };
}

function orderIn(state: State, change: CheckoutEntry): Order | undefined {
  const paid = paidIn(change);
  return paid && orderOfSession(state, paid.row, paid.at);
}

/** The sales of the sessions that had succeeded at the start. Polar's fee was known some seconds later. */
const earlySales = (state: State, sessions: Sessions): EarlySale[] =>
  paidAtStart(state, sessions).flatMap(({ row, at }) => {
    const order = orderOfSession(state, row, at);
    return order ? [aftermath(state, { ...order, ...feeOf(order), modified_at: later(at, 3 * SECOND) })] : [];
  });
