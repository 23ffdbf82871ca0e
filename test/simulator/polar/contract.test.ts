import { expect, test } from 'vitest';
import { read, simulate } from '../../support/ask.ts';
import { complaints, ownSchema, schema, withoutNewer } from '../../support/openapi.ts';

const [boolean, number, integer] = [{ type: 'boolean' }, { type: 'number' }, { type: 'integer' }];
const [text, maybeText] = [{ type: 'string' }, { type: ['string', 'null'] }];
const [uuid, maybeUuid] = [
  { type: 'string', format: 'uuid4' },
  { type: ['string', 'null'], format: 'uuid4' },
];
const [instant, maybeInstant] = [
  { type: 'string', format: 'date-time' },
  { type: ['string', 'null'], format: 'date-time' },
];
const one = (name: string) => ({ $ref: `polar#/components/schemas/${name}` });
const maybe = (type: object) => ({ anyOf: [type, { type: 'null' }] });
const of = (type: object, names: string) => Object.fromEntries(names.split(' ').map((name) => [name, type]));

/** A record with these properties, all of which it must have, and no others but those that may be absent. */
const record = (properties: object, optional = {}) =>
  ownSchema({
    type: 'object',
    properties: { ...properties, ...optional },
    required: Object.keys(properties),
    additionalProperties: false,
  });

const dated = { id: uuid, created_at: instant, modified_at: maybeInstant };

const grant = {
  ...dated,
  ...of(maybeInstant, 'granted_at revoked_at'),
  ...of(boolean, 'is_granted is_revoked'),
  ...of(uuid, 'customer_id benefit_id'),
  ...of(maybeUuid, 'subscription_id order_id member_id'),
  error: { type: ['object', 'null'], required: ['message', 'type', 'timestamp'] },
  customer: one('Customer'),
  member: { type: ['object', 'null'] },
  benefit: one('Benefit'),
  properties: { type: 'object' },
};
/** A former name of `customer_id`, sent though no type of the client has it. */
const former = { user_id: uuid };

/** Records that Polar's document of 2026-08-20 has no schema for, as the types of the official client have them. */
const LISTS = {
  'benefit-grants': ['benefit_grants', record(grant, former)],
  'customer-meters': [
    'customer_meters',
    record({
      ...dated,
      ...of(uuid, 'customer_id meter_id'),
      ...of(number, 'consumed_units balance'),
      credited_units: integer,
      customer: one('Customer'),
      meter: one('Meter'),
    }),
  ],
  events: [
    'events',
    record(
      {
        id: uuid,
        timestamp: instant,
        organization_id: uuid,
        customer_id: maybeUuid,
        customer: maybe(one('Customer')),
        source: { enum: ['system', 'user'] },
        metadata: { type: 'object' },
        ...of(text, 'name label'),
        external_customer_id: maybeText,
      },
      { member_id: maybeUuid, external_member_id: maybeText, parent_id: maybeUuid, child_count: integer },
    ),
  ],
  payments: [
    'payments',
    record(
      {
        ...dated,
        processor: { enum: ['stripe'] },
        status: { enum: ['pending', 'succeeded', 'failed'] },
        amount: integer,
        ...of(text, 'currency method'),
        ...of(maybeText, 'trigger decline_reason decline_message'),
        organization_id: uuid,
        ...of(maybeUuid, 'checkout_id order_id'),
      },
      { processor_metadata: { type: 'object' }, method_metadata: { type: 'object', required: ['brand', 'last4'] } },
    ),
  ],
  disputes: [
    'disputes',
    record({
      ...dated,
      status: one('DisputeStatus'),
      ...of(boolean, 'resolved closed past_due'),
      ...of(integer, 'amount tax_amount'),
      currency: text,
      evidence_due_by: maybeInstant,
      customer: one('Customer'),
      ...of(maybeText, 'reason case_id'),
      ...of(uuid, 'order_id payment_id'),
    }),
  ],
} as const;

test.for(Object.entries(LISTS))(
  'records of %s are as the types of the official client say',
  async ([path, [name, wire]]) => {
    const simulator = await simulate({ checkouts: 150, scopes: 'every' });
    const { driver } = simulator.polar.streams[name];
    driver.edit(driver.create());
    const { items } = await read<{ items: unknown[] }>(simulator, `/v1/${path}/?limit=100`);
    expect(items.length).toBeGreaterThan(1);
    expect(items.flatMap((item) => complaints(wire, withoutNewer(item)))).toEqual([]);
  },
);

test('webhooks of grants have what the properties were before, and are as their lists otherwise', async () => {
  const simulator = await simulate({ checkouts: 150, scopes: 'every' });
  const sent: unknown[] = [];
  simulator.polar.subscribe(({ type, id }) => sent.push(simulator.polar.payloads[type]?.(id)));
  const { driver } = simulator.polar.streams.benefit_grants;
  driver.edit(driver.create());
  const wire = record({ ...grant, previous_properties: { type: ['object', 'null'] } }, former);
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.flatMap((data) => complaints(wire, withoutNewer(data)))).toEqual([]);
});

test('webhooks of orders, subscriptions, customers and refunds carry what their lists show', async () => {
  const simulator = await simulate({ checkouts: 150, scopes: 'every' });
  const { polar } = simulator;
  const sent: { name: string; data: unknown }[] = [];
  polar.subscribe(({ type, id }) => sent.push({ name: type.split('.')[0] ?? '', data: polar.payloads[type]?.(id) }));
  for (const { driver } of [polar.streams.orders, polar.streams.subscriptions, polar.streams.customers])
    driver.edit(driver.create());
  polar.streams.refunds.driver.edit(polar.streams.refunds.driver.create());
  const schemas = { order: 'Order', subscription: 'Subscription', customer: 'Customer', refund: 'Refund' };
  for (const [name, wire] of Object.entries(schemas)) {
    const found = sent.filter((one) => one.name === name);
    expect(found.length, name).toBeGreaterThan(1);
    expect(
      found.flatMap(({ data }) => complaints(schema(wire), withoutNewer(data))),
      name,
    ).toEqual([]);
  }
});
