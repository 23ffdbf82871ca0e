import type { CheckoutRow } from '../checkouts/record.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import { person } from '../people.ts';
import type { State } from '../state.ts';
import { recordTable, type Table } from '../table.ts';
import { newCustomer, type Customer } from './record.ts';

/**
 * Returns the customers, with those of all sessions so far. They are drawn up when first asked for, as looking through a million
 * sessions takes a while. Polar: the first attempt to pay makes the customer, and sends `customer.created`; this one sends none,
 * like an endpoint that was not subscribed to it at that time.
 */
export function buyers(state: State, sessions: Sessions): () => Table<Customer> {
  let customers: Table<Customer> | undefined;
  let seen = 0;
  return () => {
    const { checkouts: changes } = state.log;
    customers ??= recordTable('customer', firstBuyers(state, sessions));
    for (; seen < changes.length; seen++) {
      const { after, at } = changes[seen] ?? {};
      if (!after || at === undefined || after.customer_id === null || customers.records.has(after.customer_id))
        continue;
      customers.put(customerFrom(state, after, { id: after.customer_id, created_at: at }));
    }
    return customers;
  };
}

/** One customer for each id that sessions name, from the first session that does. */
function firstBuyers(state: State, sessions: Sessions): Customer[] {
  const found = new Map<string, Customer>();
  for (const slot of sessions.timeline.rows) {
    const row = sessions.row(slot);
    const { customer_id: id, created_at } = row;
    if (id !== null && !found.has(id)) found.set(id, customerFrom(state, row, { id, created_at }));
  }
  return [...found.values()];
}

function customerFrom({ seed }: State, row: CheckoutRow, made: Pick<Customer, 'id' | 'created_at'>): Customer {
  return { ...newCustomer(person(seed, row.truth.buyer), row, made.created_at), id: made.id };
}
