import { randomUuid } from '../../ids.ts';
import { micros } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import { anyMeters } from '../catalog/on-sale.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import type { Subscription } from '../subscriptions/record.ts';
import { recordTable, type Table } from '../table.ts';

/** A customer's usage of a meter, over all periods and subscriptions. */
export interface CustomerMeter {
  id: string;
  created_at: string;
  /** Null until its first usage. */
  modified_at: string | null;
  deleted_at: string | null;
  customer_id: string;
  meter_id: string;
  consumed_units: number;
  credited_units: number;
  balance: number;
}

/** Edits of customers' usage. Polar: none of them sends a webhook of the usage. */
export interface CustomerMeterEdits {
  /** Nothing used yet, by any customer and of any meter, unless `fields` say otherwise. */
  createCustomerMeter(fields?: Partial<CustomerMeter>): CustomerMeter;
  /** Counts usage, or with a negative number takes some back. */
  countUsage(id: string, units: number, at?: string): CustomerMeter;
  /** A soft delete by a hand in the database, which moves no `modified_at`. */
  deleteCustomerMeter(id: string, at?: string): CustomerMeter;
  /** Undoes {@link deleteCustomerMeter}. */
  restoreCustomerMeter(id: string): CustomerMeter;
}

/** Returns the customers' usage, drawn up when first asked for: one row for each customer and meter that a subscription names. */
export function customerMetersOf(
  { seed }: State,
  subscriptions: () => Table<Subscription>,
): () => Table<CustomerMeter> {
  let usage: Table<CustomerMeter> | undefined;
  return () => (usage ??= recordTable('customer meter', seededUsage(seed, [...subscriptions().records.values()])));
}

function seededUsage(seed: number, subscriptions: readonly Subscription[]): CustomerMeter[] {
  const found = new Map<string, CustomerMeter>();
  for (const { customer_id, created_at, meters } of subscriptions) {
    for (const { meter_id, consumed_units, modified_at } of meters) {
      const chance = random(seed, customer_id + meter_id);
      const id = randomUuid(chance);
      const credited_units = chance.pick([0, 1000]);
      const balance = credited_units - consumed_units;
      const counted = { modified_at, deleted_at: null, consumed_units, credited_units, balance };
      found.set(customer_id + meter_id, { id, created_at, customer_id, meter_id, ...counted });
    }
  }
  return [...found.values()].sort((one, other) => micros(one.created_at) - micros(other.created_at));
}

/** Returns what counts usage of a meter for a customer, in the row that they have or in a new one. */
export function usageCounter({ chance }: State, usage: () => Table<CustomerMeter>) {
  return (used: { customer_id: string; meter_id: string; units: number; at: string }): void => {
    const { customer_id, meter_id, units, at } = used;
    const isMeant = (row: CustomerMeter) => row.customer_id === customer_id && row.meter_id === meter_id;
    const row = usage().served().find(isMeant) ?? unusedMeter(chance, { created_at: at, customer_id, meter_id });
    const { consumed_units, balance } = row;
    usage().put({ ...row, consumed_units: consumed_units + units, balance: balance - units, modified_at: at });
  };
}

function unusedMeter(
  chance: Random,
  {
    credited_units = 0,
    ...fields
  }: Partial<CustomerMeter> & Pick<CustomerMeter, 'created_at' | 'customer_id' | 'meter_id'>,
): CustomerMeter {
  const unused = { modified_at: null, deleted_at: null, consumed_units: 0, balance: credited_units };
  return { id: randomUuid(chance), ...unused, credited_units, ...fields };
}

/** The edits of the customers' usage. */
export function customerMeterEdits(
  state: State,
  usage: () => Table<CustomerMeter>,
  someCustomer: (since: string) => Customer,
): CustomerMeterEdits {
  const change = (id: string, changes: Partial<CustomerMeter>, at = state.clock.now()) =>
    usage().put({ ...usage().get(id), ...changes, modified_at: at });
  return {
    createCustomerMeter: (fields = {}) => {
      const { created_at = state.clock.now(), meter_id = state.chance.pick(anyMeters(state)).id } = fields;
      const customer_id = fields.customer_id ?? someCustomer(created_at).id;
      return usage().put(unusedMeter(state.chance, { ...fields, created_at, customer_id, meter_id }));
    },
    countUsage: (id, units, at) => {
      const { consumed_units, balance } = usage().get(id);
      return change(id, { consumed_units: consumed_units + units, balance: balance - units }, at);
    },
    deleteCustomerMeter: (id, deleted_at = state.clock.now()) => usage().put({ ...usage().get(id), deleted_at }),
    restoreCustomerMeter: (id) => usage().put({ ...usage().get(id), deleted_at: null }),
  };
}
