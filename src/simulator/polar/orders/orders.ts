import { later, micros, SECOND } from '../../instants.ts';
import type { CheckoutEntry } from '../edit-log.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import type { CheckoutRow } from '../checkouts/record.ts';
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

/** The session that a change made succeed, and when; undefined for other changes. */
export function paidIn(change: CheckoutEntry | undefined): { row: CheckoutRow; at: string } | undefined {
  if (!change?.after || change.after.status !== 'succeeded' || change.before?.status === 'succeeded') return undefined;
  return { row: change.after, at: change.at };
}

/** The orders of the sessions that had succeeded at the start, some seconds later, when Polar's fee was known; ascending. */
function earlyOrders(state: State, sessions: Sessions): Order[] {
  const earlier = sessionsAtStart(state);
  const orders = sessions.timeline.rows.flatMap((slot) => {
    const row = sessions.row(slot);
    const first = earlier.has(row.id) ? earlier.get(row.id) : row;
    if (first?.status !== 'succeeded') return [];
    const order = orderOfSession(state, first, first.modified_at ?? first.created_at);
    return order ? [{ ...order, ...feeOf(order), modified_at: later(order.created_at, 3 * SECOND) }] : [];
  });
  return orders.sort((one, other) => micros(one.created_at) - micros(other.created_at));
}

/** Sessions that were edited since the start, as they were then; null for those that were made since. */
function sessionsAtStart({ log }: State): Map<string, CheckoutRow | null> {
  const found = new Map<string, CheckoutRow | null>();
  for (const { id, before } of log.checkouts) if (!found.has(id)) found.set(id, before);
  return found;
}
