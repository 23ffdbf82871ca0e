import { later, micros, SECOND } from '../../instants.ts';
import { paidAtStart, paidIn } from '../checkouts/paid.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import type { State } from '../state.ts';
import { recordTable, type Table } from '../table.ts';
import { feeOf, orderOfSession } from './new-order.ts';
import type { Order } from './record.ts';

/**
 * Returns the orders, with those of all sessions that succeeded so far. They are drawn up when first asked for, as looking
 * through a million sessions takes a while.
 */
export function ordersOf(state: State, sessions: Sessions): () => Table<Order> {
  let orders: Table<Order> | undefined;
  let seen = 0;
  return () => {
    const { checkouts: changes } = state.log;
    orders ??= recordTable('order', earlyOrders(state, sessions));
    for (; seen < changes.length; seen++) {
      const paid = paidIn(changes[seen]);
      const order = paid && orderOfSession(state, paid.row, paid.at);
      if (order && !orders.records.has(order.id)) orders.put(order);
    }
    return orders;
  };
}

/** The orders of the sessions that had succeeded at the start, some seconds later, when Polar's fee was known; ascending. */
function earlyOrders(state: State, sessions: Sessions): Order[] {
  const orders = paidAtStart(state, sessions).flatMap(({ row, at }) => {
    const order = orderOfSession(state, row, at);
    return order ? [{ ...order, ...feeOf(order), modified_at: later(order.created_at, 3 * SECOND) }] : [];
  });
  return orders.sort((one, other) => micros(one.created_at) - micros(other.created_at));
}
