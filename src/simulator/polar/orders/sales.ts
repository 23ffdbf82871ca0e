import { randomUuid } from '../../ids.ts';
import { later, micros, SECOND } from '../../instants.ts';
import { paidAtStart, paidIn } from '../checkouts/paid.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import { onSale } from '../catalog/on-sale.ts';
import { anyCustomer } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import { recordTable, type Table, type TableRecord } from '../table.ts';
import { aftermath, type EarlySale } from './aftermath.ts';
import type { Dispute } from './dispute.ts';
import { feeOf, newOrder, orderOfSession } from './new-order.ts';
import type { Order } from './record.ts';
import type { Refund } from './refund.ts';

/** The tables of what sessions became. */
export interface Sales {
  orders: () => Table<Order>;
  refunds: () => Table<Refund>;
  disputes: () => Table<Dispute>;
  /** An order that nobody has heard of: paid, for any customer and product, unless `fields` say otherwise. */
  drawOrder: (fields: Partial<Order>) => Order;
}

/**
 * Returns the orders, with those of all sessions that succeeded so far, and what became of them. They are drawn up when first
 * asked for, as looking through a million sessions takes a while.
 */
export function salesOf(state: State, sessions: Sessions, customers: () => Table<Customer>): Sales {
  const early = lazily(() => earlySales(state, sessions));
  const orders = lazily(() =>
    sortedTable(
      'order',
      early().map(({ order }) => order),
    ),
  );
  let seen = 0;
  return {
    orders: () => {
      const table = orders();
      for (; seen < state.log.checkouts.length; seen++) {
        const paid = paidIn(state.log.checkouts[seen]);
        const order = paid && orderOfSession(state, paid.row, paid.at);
        if (order && !table.records.has(order.id)) table.put(order);
      }
      return table;
    },
    refunds: lazily(() =>
      sortedTable(
        'refund',
        early().flatMap(({ refund }) => refund ?? []),
      ),
    ),
    disputes: lazily(() =>
      sortedTable(
        'dispute',
        early().flatMap(({ dispute }) => dispute ?? []),
      ),
    ),
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

const sortedTable = <T extends TableRecord>(kind: string, records: readonly T[]) =>
  recordTable(
    kind,
    records.toSorted((one, other) => micros(one.created_at) - micros(other.created_at)),
  );

/** The sales of the sessions that had succeeded at the start. Polar's fee was known some seconds later. */
const earlySales = (state: State, sessions: Sessions): EarlySale[] =>
  paidAtStart(state, sessions).flatMap(({ row, at }) => {
    const order = orderOfSession(state, row, at);
    return order ? [aftermath(state, { ...order, ...feeOf(order), modified_at: later(at, 3 * SECOND) })] : [];
  });
