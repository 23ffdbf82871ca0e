import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { CheckoutEdits } from '../checkouts/edits.ts';
import { customerEdits, type CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { polarStream } from '../stream.ts';
import { tampered } from '../tampered.ts';

/** The customers: the buyers of the sessions, and those that the merchant's code makes. */
export function customerStream(state: State, customers: () => Table<Customer>, checkouts: CheckoutEdits) {
  const edits = customerEdits(state, customers, checkouts);
  const json = (id: string) => tampered(state, id, { ...customers().get(id) });
  return polarStream<Customer, Customer, CustomerEdits>(state, {
    paths: ['/v1/customers'],
    scopes: ['customers:read', 'customers:write'],
    isOptional: true,
    records: lazyMap(() => customers().records),
    isServed: (id) => customers().isServed(id),
    json,
    list: {
      rows: () => customers().served(),
      idOf: ({ id }) => id,
      filters: { email: { type: 'text', valueOf: ({ email }) => email } },
      searched: ({ name, email, external_id }) => [name, email, external_id].join(' '),
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        email: ({ email }) => email,
        name: ({ name }) => name,
      },
      defaultSorting: '-created_at',
    },
    webhooks: { 'customer.created': json, 'customer.updated': json, 'customer.deleted': json },
    edits,
    driver: {
      create: (created_at) => edits.createCustomer(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateCustomer(id, { name: `Edited at ${state.clock.now()}` }),
      remove: (id) => void edits.deleteCustomer(id),
      restore: (id) => void edits.restoreCustomer(id),
    },
    traffic: () => [[1, (chance) => renameAny(customers().served(), edits, chance)]],
  });
}

function renameAny(customers: readonly Customer[], edits: CustomerEdits, chance: Random): void {
  if (customers.length === 0) return;
  const { id, name } = chance.pick(customers);
  edits.updateCustomer(id, { billing_name: name === null ? null : `${name} Ltd` });
}
