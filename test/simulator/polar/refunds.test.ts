import { expect, test } from 'vitest';
import { ask, read, simulate } from '../../support/ask.ts';
import { complaints, schema } from '../../support/openapi.ts';
import { officialClient } from '../../support/official-client.ts';

test('refunds and disputes are as the official client and the OpenAPI document say, and their orders have the sums', async () => {
  const simulator = await simulate({ checkouts: 3000, scopes: 'every' });
  const { polar } = simulator;
  const client = officialClient(simulator);
  const refunds = await Array.fromAsync(client.refunds.iterList({ limit: 100 }));
  const disputes = await Array.fromAsync(client.disputes.iterList({ limit: 100 }));
  expect(complaints(schema('ListResource_Refund_'), await read(simulator, '/v1/refunds/?limit=100'))).toEqual([]);
  expect(new Set(refunds.map(({ status }) => status))).toEqual(new Set(['succeeded', 'pending', 'failed']));
  expect(refunds.some(({ dispute }) => dispute?.status === 'prevented')).toBe(true);
  expect(disputes.length).toBeGreaterThan(3);
  for (const { customer, order_id } of disputes)
    expect(customer.id).toBe(polar.streams.orders.records.get(order_id)?.customer_id);
  for (const order of polar.streams.orders.records.values()) {
    const counted = refunds.filter(({ order_id, status }) => order_id === order.id && status === 'succeeded');
    expect(order.refunded_amount).toBe(counted.reduce((sum, { amount }) => sum + amount, 0));
  }
});

test('a refund has no address, and is found by the filter; a failed one takes back what it did to the order', async () => {
  const simulator = await simulate({ checkouts: 0, scopes: 'every' });
  const { polar } = simulator;
  const { id: order, net_amount } = polar.createOrder();
  const { id } = polar.createRefund(order, { amount: net_amount / 2 });
  expect((await ask(simulator, `/v1/refunds/${id}`)).status).toBe(404);
  expect(await read(simulator, `/v1/refunds/?id=${id}`)).toMatchObject({ items: [{ id }] });
  const other = `/v1/refunds/?id=${crypto.randomUUID()}`;
  expect(await read(simulator, other)).toEqual({ items: [], pagination: { total_count: 0, max_page: 0 } });
  const stateOf = () => polar.streams.orders.records.get(order);
  expect(stateOf()).toMatchObject({ status: 'partially_refunded', refunded_amount: net_amount / 2 });
  polar.createRefund(order);
  expect(stateOf()).toMatchObject({ status: 'refunded', refunded_amount: net_amount });
  polar.settleRefund(id, 'failed');
  expect(stateOf()).toMatchObject({ status: 'partially_refunded', refunded_amount: net_amount / 2 });
});
