import type { CheckoutEdits } from '../checkouts/edits.ts';
import { anonymizedEmail, hashWith } from '../checkouts/anonymize.ts';
import { newPerson } from '../checkouts/new-checkout.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { avatarOf, newCustomer, type Customer } from './record.ts';

/** Edits of customers. `at` is the instant of the edit, by default the simulated present. */
export interface CustomerEdits extends Pick<CheckoutEdits, 'anonymizeCustomer'> {
  /** A new customer that the merchant's code makes; what `fields` leaves open is drawn. Sends `customer.created`. */
  createCustomer(fields?: Partial<Customer>): Customer;
  /** Sends `customer.updated`. */
  updateCustomer(id: string, changes: Partial<Omit<Customer, 'id' | 'created_at'>>, at?: string): Customer;
  /** Polar: a soft delete, which frees the external id and keeps it in the metadata. Sends `customer.deleted`. */
  deleteCustomer(id: string, at?: string): Customer;
  /** Undoes a soft delete, as a hand in the database would. Sends nothing. */
  restoreCustomer(id: string, at?: string): Customer;
}

/** The edits of the customers; the sessions of one who is anonymized are as well. */
export function customerEdits(
  state: State,
  customers: () => Table<Customer>,
  { anonymizeCustomer }: Pick<CheckoutEdits, 'anonymizeCustomer'>,
): CustomerEdits {
  const put = (customer: Customer, event: string | null) => {
    customers().put(customer);
    if (event !== null) state.events.emit(event, customer.id);
    return customer;
  };
  const updateCustomer: CustomerEdits['updateCustomer'] = (id, changes, at = state.clock.now()) =>
    put({ ...customers().get(id), ...changes, modified_at: at }, 'customer.updated');
  return {
    updateCustomer,
    createCustomer: (fields = {}) => put({ ...drawCustomer(state), ...fields }, 'customer.created'),
    deleteCustomer: (id, at = state.clock.now()) => {
      const customer = customers().get(id);
      const kept = customer.external_id !== null && { __external_id: customer.external_id };
      const metadata = { ...customer.metadata, ...kept };
      return put({ ...customer, metadata, modified_at: at, deleted_at: at }, 'customer.deleted');
    },
    restoreCustomer: (id, at = state.clock.now()) =>
      put({ ...customers().get(id), modified_at: at, deleted_at: null }, null),
    anonymizeCustomer: (customer, at = state.clock.now()) => {
      const isMeant = ({ id, email }: Customer) => id === customer || email === customer;
      const person = customers().served().find(isMeant);
      if (person) updateCustomer(person.id, anonymous(state, person, at), at);
      return anonymizeCustomer(customer, at);
    },
  };
}

/** A customer that nobody has heard of. */
function drawCustomer(state: State): Customer {
  const buyer = newPerson(state);
  const session = {
    organization_id: state.organizationId,
    customer_metadata: {},
    external_customer_id: buyer.external_id,
    customer_email: buyer.email,
    customer_name: buyer.name,
    customer_billing_name: buyer.company,
    customer_billing_address: buyer.address,
    customer_tax_id: buyer.tax_id,
  };
  return newCustomer(buyer, session, state.clock.now());
}

/** Polar (customer/service.py:683): tax numbers and the names of businesses stay. */
function anonymous({ organizationId }: State, { email, name, metadata }: Customer, at: string): Partial<Customer> {
  const hash = hashWith(organizationId);
  const hashed = anonymizedEmail(email, hash);
  return {
    email: hashed,
    avatar_url: avatarOf(hashed),
    name: name === null ? null : hash(name),
    billing_address: null,
    metadata: { ...metadata, __anonymized_at: at },
  };
}

/** Any customer; where there are none, a new one of an instant, which sends nothing. */
export function anyCustomer(state: State, customers: Table<Customer>, created_at: string): Customer {
  const served = customers.served();
  return served.length > 0 ? state.chance.pick(served) : customers.put({ ...drawCustomer(state), created_at });
}
