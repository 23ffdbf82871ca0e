import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { Step } from '../../traffic.ts';
import { meterJson } from '../catalog/meters.ts';
import { anyCustomer, type CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { ListDescription } from '../list.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import type { Table } from '../table.ts';
import { tampered } from '../tampered.ts';
import { customerMeterEdits, type CustomerMeter, type CustomerMeterEdits } from '../usage/customer-meters.ts';

/** The tables of usage and customers, drawn up when they are first asked for. */
interface UsageTables {
  usage: () => Table<CustomerMeter>;
  customers: () => Table<Customer>;
}

/** Customers' usage of meters. Polar: no edit of it sends a webhook of its own. */
export function customerMeterStream(
  state: State,
  { usage, customers: table }: UsageTables,
  customers: PolarStream<Customer, CustomerEdits>,
) {
  const edits = customerMeterEdits(state, usage, (created_at) => anyCustomer(state, table(), created_at));
  const json = (id: string) => {
    const { deleted_at: _deleted, ...columns } = usage().get(id);
    const { customer_id, meter_id } = columns;
    return tampered(state, id, {
      ...columns,
      customer: customers.json(customer_id),
      meter: meterJson(state, meter_id),
    });
  };
  return polarStream<CustomerMeter, CustomerMeter, CustomerMeterEdits>(state, {
    paths: ['/v1/customer-meters'],
    scopes: ['customer_meters:read'],
    isOptional: true,
    records: lazyMap(() => usage().records),
    isServed: (id) => usage().isServed(id),
    json,
    list: usageList(state, usage),
    webhooks: {},
    edits,
    driver: {
      create: (created_at) => edits.createCustomerMeter(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.countUsage(id, 0.5),
      editNested: (id) => void customers.edits.updateCustomer(usage().get(id).customer_id, { name: state.clock.now() }),
      remove: (id) => void edits.deleteCustomerMeter(id),
      restore: (id) => void edits.restoreCustomerMeter(id),
    },
    traffic: () => usageTraffic(usage, edits),
  });
}

const usageList = (state: State, usage: () => Table<CustomerMeter>): ListDescription<CustomerMeter> => ({
  rows: ({ meter_id }) =>
    usage()
      .served()
      .filter((row) => meter_id !== undefined || !isHidden(state, row)),
  idOf: ({ id }) => id,
  filters: {
    customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
    meter_id: { type: 'uuid', valueOf: ({ meter_id }) => meter_id },
  },
  criteria: {
    created_at: ({ created_at }) => micros(created_at),
    modified_at: ({ modified_at }) => (modified_at === null ? null : micros(modified_at)),
    consumed_units: ({ consumed_units }) => consumed_units,
    credited_units: ({ credited_units }) => credited_units,
    balance: ({ balance }) => balance,
  },
  defaultSorting: '-modified_at',
});

function usageTraffic(usage: () => Table<CustomerMeter>, edits: CustomerMeterEdits): Step[] {
  const count = (chance: Random) => {
    const rows = usage().served();
    if (rows.length > 0) edits.countUsage(chance.pick(rows).id, chance.integer(1, 4000) / 8);
  };
  return [[4, count]];
}

/** Polar (customer_meter/service.py:73): usage of archived meters is listed only where the meter is asked for. */
const isHidden = ({ meters }: State, { meter_id }: CustomerMeter) => meters.get(meter_id)?.archived_at !== null;
