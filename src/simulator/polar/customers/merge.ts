import type { Clock } from '../../clock.ts';
import type { OrderEdits } from '../orders/edits.ts';
import type { Order } from '../orders/record.ts';
import type { Subscription } from '../subscriptions/record.ts';
import type { SubscriptionEdits } from '../subscriptions/edits.ts';
import type { CustomerEdits } from './edits.ts';

/** Edits of two customers at once. */
export interface MergeEdits {
  /**
   * Gives all subscriptions and orders of a customer to another one, and deletes the first. Sends the webhooks of each, and
   * `customer.deleted`.
   */
  mergeCustomers(from: string, into: string, at?: string): void;
}

/** The streams whose records name a customer. */
interface Merging {
  customers: { edits: CustomerEdits };
  subscriptions: { records: ReadonlyMap<string, Subscription>; edits: SubscriptionEdits };
  orders: { records: ReadonlyMap<string, Order>; edits: OrderEdits };
}

/** The merges of customers. */
export function mergeEdits({ customers, subscriptions, orders }: Merging, clock: Clock): MergeEdits {
  const ofCustomer = <T extends { customer_id: string }>(records: ReadonlyMap<string, T>, id: string) =>
    [...records.values()].filter(({ customer_id }) => customer_id === id);
  return {
    mergeCustomers: (from, customer_id, at = clock.now()) => {
      for (const { id } of ofCustomer(subscriptions.records, from))
        subscriptions.edits.updateSubscription(id, { customer_id }, at);
      for (const { id } of ofCustomer(orders.records, from)) orders.edits.updateOrder(id, { customer_id }, at);
      customers.edits.deleteCustomer(from, at);
    },
  };
}
