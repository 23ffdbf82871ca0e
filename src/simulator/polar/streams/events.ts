import { micros } from '../../instants.ts';
import { lazyMap } from '../../records.ts';
import { anyCustomer, type CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import { newEvent, type BillingEvent } from '../events/event.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import type { Table } from '../table.ts';
import { tampered } from '../tampered.ts';

/** Edits of events. Polar: none of them sends a webhook. */
export interface EventEdits {
  /** A new event of now, unless `fields` say otherwise; a `timestamp` in the past is allowed. */
  ingestEvent(fields?: Partial<BillingEvent>): BillingEvent;
  /** Another event becomes a part of it: all that ever changes of one. */
  addPart(id: string): BillingEvent;
}

/** The tables of events and customers, drawn up when they are first asked for. */
interface EventTables {
  events: () => Table<BillingEvent>;
  customers: () => Table<Customer>;
}

/** The events that Polar notes, and those of usage that the merchant's code sends. */
export function eventStream(
  state: State,
  { events, customers: table }: EventTables,
  customers: PolarStream<Customer, CustomerEdits>,
) {
  const edits: EventEdits = {
    ingestEvent: ({ timestamp = state.clock.now(), name = 'order.paid', ...fields } = {}) => {
      const customer_id = fields.customer_id ?? anyCustomer(state, table(), timestamp).id;
      return events().put(newEvent(state.chance, { ...fields, timestamp, name, customer_id }));
    },
    addPart: (id) => {
      const event = events().get(id);
      return events().put({ ...event, child_count: event.child_count + 1 });
    },
  };
  return polarStream<BillingEvent, BillingEvent, EventEdits>(state, {
    paths: ['/v1/events'],
    scopes: ['events:read', 'events:write'],
    isOptional: true,
    records: lazyMap(() => events().records),
    isServed: (id) => events().isServed(id),
    json: (id) => eventJson(state, events().get(id), customers),
    list: {
      rows: () => events().served(),
      idOf: ({ id }) => id,
      filters: {
        source: { type: ['system', 'user'], valueOf: ({ source }) => source },
        name: { type: 'text', valueOf: ({ name }) => name },
        customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
      },
      criteria: { timestamp: ({ timestamp }) => micros(timestamp) },
      defaultSorting: '-timestamp',
      isEmptyBeyond: true,
    },
    webhooks: {},
    edits,
    driver: {
      create: (timestamp) => edits.ingestEvent(timestamp === undefined ? {} : { timestamp }).id,
      edit: (id) => void edits.addPart(id),
      editNested: (id) =>
        void customers.edits.updateCustomer(events().get(id).customer_id ?? '', { name: state.clock.now() }),
    },
  });
}

function eventJson(state: State, event: BillingEvent, customers: PolarStream<Customer, CustomerEdits>): unknown {
  const { created_at: _ingested, ...columns } = event;
  const { customer_id, name, id } = columns;
  return tampered(state, id, {
    ...columns,
    organization_id: state.organizationId,
    customer: customer_id === null ? null : customers.json(customer_id),
    external_customer_id: customers.records.get(customer_id ?? '')?.external_id ?? null,
    member_id: null,
    external_member_id: null,
    parent_id: null,
    label: name.replaceAll(/[._]/g, ' '),
  });
}
