import { expect, test } from 'vitest';
import { wasPaid } from '../../../src/simulator/polar/orders/record.ts';
import { simulate } from '../../support/ask.ts';
import { officialClient } from '../../support/official-client.ts';

test('every attempt to pay is a payment, as the official client says: failed ones with a reason, those of disputes among them', async () => {
  const simulator = await simulate({ checkouts: 1200, scopes: 'every' });
  const { polar } = simulator;
  const client = officialClient(simulator);
  const payments = await Array.fromAsync(client.payments.iterList({ limit: 100 }));
  expect(new Set(payments.map(({ status }) => status))).toEqual(new Set(['pending', 'succeeded', 'failed']));
  expect(payments.every(({ status, decline_reason }) => (status === 'failed') === (decline_reason !== null))).toBe(
    true,
  );
  const orders = [...polar.streams.orders.records.values()];
  const charged = orders.filter((order) => wasPaid(order) && order.net_amount + order.tax_amount > 0);
  const paid = payments.filter(({ status }) => status === 'succeeded');
  expect(new Set(paid.map(({ order_id }) => order_id))).toEqual(new Set(charged.map(({ id }) => id)));
  const ids = new Set(paid.map(({ id }) => id));
  for (const { payment_id } of polar.streams.disputes.records.values()) expect(ids.has(payment_id)).toBe(true);
});

test('a payment of a session is pending, then failed or succeeded, and names the order only then', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const { id: product_id } = polar.createProduct({ is_recurring: false });
  polar.addPrice(product_id);
  const { id } = polar.createCheckout({ product_id, discount_id: null });
  const statuses = () => [...polar.streams.payments.records.values()].map(({ status }) => status);
  polar.confirm(id);
  expect(statuses()).toEqual(['pending']);
  polar.failPayment(id);
  expect(statuses()).toEqual(['failed']);
  polar.succeed(polar.confirm(id).id);
  expect(statuses()).toEqual(['failed', 'succeeded']);
  const [order] = polar.streams.orders.records.keys();
  expect([...polar.streams.payments.records.values()].map(({ order_id }) => order_id)).toEqual([null, order]);
});

test('each try of a renewal is a payment of its own', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const { id } = polar.createOrder({ status: 'pending', billing_reason: 'subscription_cycle' });
  polar.failOrder(id);
  polar.failOrder(id);
  polar.payOrder(id);
  const tries = [...polar.streams.payments.records.values()].map(({ status, trigger }) => `${status} ${trigger}`);
  expect(tries).toEqual(['failed subscription_cycle', 'failed retry_dunning', 'succeeded retry_dunning']);
});
