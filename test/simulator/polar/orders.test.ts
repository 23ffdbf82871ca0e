import { expect, test } from 'vitest';
import { present, read, simulate } from '../../support/ask.ts';
import { complaints, schema } from '../../support/openapi.ts';
import type { SimulatedEvent } from '../../../src/simulator/events.ts';
import { officialClient } from '../../support/official-client.ts';

test('every session that succeeded is an order, as the official client and the OpenAPI document say', async () => {
  const simulator = await simulate({ checkouts: 400, scopes: 'every' });
  const { polar } = simulator;
  polar.succeed(polar.confirm(polar.createCheckout().id).id);
  const succeeded = [...polar.checkouts.values()].filter(({ status }) => status === 'succeeded');
  const { iterList } = officialClient(simulator).orders;
  const orders = await Array.fromAsync(iterList({ limit: 100 }));
  const sold = orders.flatMap(({ checkout_id }) => checkout_id ?? []);
  expect(sold.toSorted()).toEqual(succeeded.map(({ id }) => id).toSorted());
  for (const order of orders) {
    const { deleted_at: _deleted, truth: _truth, ...columns } = polar.streams.orders.records.get(order.id) ?? {};
    expect(order).toMatchObject(columns);
    expect(order.items.reduce((sum, { amount }) => sum + amount, 0)).toBe(order.subtotal_amount);
    expect(order.net_amount).toBeLessThanOrEqual(order.subtotal_amount - order.discount_amount);
    expect(order.customer).toEqual(polar.streams.customers.json(order.customer_id));
  }
  expect(new Set(orders.map(({ billing_reason }) => billing_reason)).size).toBe(4);
  expect(complaints(schema('ListResource_Order_'), await read(simulator, '/v1/orders/?limit=100'))).toEqual([]);
});

test('a payment sends order.created, order.updated and order.paid without Polar’s fee, and later order.updated with it', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const { id: product_id } = polar.createProduct({ is_recurring: false });
  polar.addPrice(product_id);
  const { id } = polar.confirm(polar.createCheckout({ product_id, discount_id: null }).id);
  const sent: SimulatedEvent[] = [];
  polar.subscribe((event) => void sent.push(event));
  polar.succeed(id);
  expect(sent.map(({ type }) => type)).toEqual(['order.created', 'order.updated', 'order.paid', 'checkout.updated']);
  const { id: order } = present(sent[0]);
  expect(polar.streams.orders.json(order)).toMatchObject({ status: 'paid', paid: true, platform_fee_amount: 0 });
  expect(polar.chargeFee(order)).toMatchObject({
    platform_fee_amount: expect.any(Number),
    platform_fee_currency: 'usd',
  });
  expect(sent.slice(4)).toEqual([{ type: 'order.updated', id: order }]);
});

test('a pending order is tried five times in three weeks, of which the first failure alone sends a webhook', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const { id } = polar.createOrder({ status: 'pending', billing_reason: 'subscription_cycle' });
  const sent: string[] = [];
  polar.subscribe(({ type }) => void sent.push(type));
  const [first, ...later] = [1, 2, 3, 4, 5].map((day) => polar.failOrder(id, `2026-11-0${day}T00:00:00Z`));
  expect(first?.next_payment_attempt_at).toBe('2026-11-03T00:00:00Z');
  expect(later.map((order) => order.next_payment_attempt_at)).toEqual([
    '2026-11-07T00:00:00Z',
    '2026-11-10T00:00:00Z',
    '2026-11-11T00:00:00Z',
    null,
  ]);
  expect(sent).toEqual(['order.updated']);
});

test('each period of a subscription after the first is an order, and one whose payment failed is being tried', async () => {
  const { polar } = await simulate({ checkouts: 2000, scopes: 'every' });
  const { orders, subscriptions, payments } = polar.streams;
  const renewals = [...orders.records.values()].filter((order) => order.billing_reason === 'subscription_cycle');
  expect(renewals.length).toBeGreaterThan(200);
  for (const { subscription_id, customer_id } of renewals)
    expect(subscriptions.records.get(subscription_id ?? '')?.customer_id).toBe(customer_id);
  const tried = renewals.filter(({ status }) => status === 'pending');
  expect(tried.length).toBeGreaterThan(0);
  for (const { id, net_amount, truth } of tried) {
    const attempts = [...payments.records.values()].filter(({ order_id }) => order_id === id);
    expect(attempts.map(({ status }) => status)).toEqual(net_amount === 0 ? [] : Array(truth.failures).fill('failed'));
  }
});

test('a token without orders:read is told of no order, whether by webhook or traffic', async () => {
  const { polar } = await simulate({ checkouts: 0 });
  const sent: string[] = [];
  polar.subscribe(({ type }) => void sent.push(type));
  polar.succeed(polar.confirm(polar.createCheckout().id).id);
  expect(sent).toEqual(['checkout.created', 'checkout.updated', 'checkout.updated']);
});
