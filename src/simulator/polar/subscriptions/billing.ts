import type { OrderEdits } from '../orders/edits.ts';
import type { Order } from '../orders/record.ts';
import { renewalOf } from '../orders/renewals.ts';
import type { Table } from '../table.ts';
import type { Subscription } from './record.ts';

/** The orders of the periods of subscriptions. */
export interface Billing {
  /** Charges a period, or pays the order of one that was past due. */
  charge: (subscription: Subscription, at: string) => void;
  /** The payment of a period fails; its order waits. */
  fail: (subscription: Subscription, at: string) => void;
  /** The order that waits is given up. */
  giveUp: (subscription: Subscription, at: string) => void;
}

/** Makes the orders of subscriptions. */
export function billing(orders: () => Table<Order>, edits: OrderEdits): Billing {
  const waiting = ({ id }: Subscription) =>
    orders()
      .served()
      .findLast(({ subscription_id, status }) => subscription_id === id && status === 'pending');
  return {
    charge: (subscription, at) => {
      const order = waiting(subscription);
      if (order) edits.payOrder(order.id, at);
      else edits.createOrder({ ...renewalOf(subscription), created_at: at });
    },
    fail: (subscription, at) => {
      const pending = { ...renewalOf(subscription), created_at: at, status: 'pending' as const };
      const order = waiting(subscription) ?? edits.createOrder(pending);
      edits.failOrder(order.id, at);
    },
    giveUp: (subscription, at) => {
      const order = waiting(subscription);
      if (order) edits.voidOrder(order.id, at);
    },
  };
}
