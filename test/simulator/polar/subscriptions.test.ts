import { expect, test } from 'vitest';
import { DAY, later } from '../../../src/simulator/instants.ts';
import { present, simulate } from '../../support/ask.ts';
import { officialClient } from '../../support/official-client.ts';

test('every session of a recurring product that succeeded has its subscription, as the official client reads it', async () => {
  const simulator = await simulate({ checkouts: 600, scopes: 'every' });
  const { polar } = simulator;
  const { iterList } = officialClient(simulator).subscriptions;
  const statuses = new Set<string>();
  const sessions = new Set<string | null>();
  for await (const shown of iterList({ limit: 100 })) {
    const {
      deleted_at: _deleted,
      price_ids,
      meters,
      ...columns
    } = present(polar.streams.subscriptions.records.get(shown.id));
    expect(shown).toMatchObject(columns);
    expect(shown.prices.map(({ id }) => id)).toEqual(price_ids);
    expect(shown.meters.map(({ meter: _meter, ...meter }) => meter)).toEqual(meters);
    expect([shown.customer.id, shown.product.id]).toEqual([columns.customer_id, columns.product_id]);
    statuses.add(shown.status);
    sessions.add(shown.checkout_id);
  }
  const sold = [...polar.checkouts.values()].filter(
    ({ status, product_id, subscription_id }) =>
      status === 'succeeded' && subscription_id === null && polar.products.get(product_id ?? '')?.is_recurring,
  );
  expect(sessions).toEqual(new Set(sold.map(({ id }) => id)));
  expect([...statuses].sort()).toEqual(['active', 'canceled', 'past_due', 'paused', 'trialing']);
});

test('the job renews what is due, applies pending changes, and ends what was canceled, paused or not paid for', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const state = (id: string) => polar.streams.subscriptions.records.get(id);
  const product_id = [...polar.products.values()].find(({ name }) => name === 'Halyard Team')?.id ?? '';
  const [renewing, ending, failing, resting] = Array.from(
    { length: 4 },
    () => polar.createSubscription({ product_id, seats: 3 }).id,
  );
  if (!renewing || !ending || !failing || !resting) throw new Error('four were made');
  polar.scheduleChange(renewing, { seats: 9 });
  polar.cancelSubscription(ending, 'unused');
  polar.failSubscription(failing);
  polar.pauseSubscription(resting, later(polar.clock.now(), 10 * DAY));
  polar.clock.advance(32 * 86_400_000);
  expect(polar.runSubscriptionJob().toSorted()).toEqual([renewing, ending, failing, resting].toSorted());
  expect(state(renewing)).toMatchObject({ status: 'active', seats: 9, pending_update: null, amount: 9 * 1700 });
  expect(state(ending)).toMatchObject({ status: 'canceled', customer_cancellation_reason: 'unused' });
  expect(state(failing)).toMatchObject({ status: 'canceled' });
  expect(state(resting)).toMatchObject({ status: 'active', paused_at: null });
  expect(polar.runSubscriptionJob()).toEqual([]);
});

test('each turn in the life of a subscription sends its webhook after subscription.updated', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const sent: string[] = [];
  polar.subscribe(({ type }) => {
    if (type.startsWith('subscription.')) sent.push(type.replace('subscription.', ''));
  });
  const { id } = polar.createSubscription({ status: 'incomplete', started_at: null });
  polar.activateSubscription(id);
  polar.cancelSubscription(id);
  polar.uncancelSubscription(id);
  polar.failSubscription(id);
  polar.renewSubscription(id);
  polar.pauseSubscription(id);
  polar.resumeSubscription(id);
  polar.migrateSubscription(id);
  polar.revokeSubscription(id);
  expect(sent).toEqual([
    'created',
    ...['active', 'canceled', 'uncanceled', 'past_due', 'cycled', 'paused', 'resumed'].flatMap((type) => [
      'updated',
      type,
    ]),
    'migrated',
    'updated',
    'revoked',
  ]);
});

test('each period has an order, which waits while its payment fails, and is void once the subscription has ended for it', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const { id, amount } = polar.createSubscription();
  const orders = () =>
    [...polar.streams.orders.records.values()].map(({ status, subscription_id, net_amount, billing_reason }) => {
      expect({ subscription_id, net_amount, billing_reason }).toEqual({
        subscription_id: id,
        net_amount: amount,
        billing_reason: 'subscription_cycle',
      });
      return status;
    });
  polar.renewSubscription(id);
  polar.failSubscription(id);
  expect(orders()).toEqual(['paid', 'pending']);
  polar.renewSubscription(id);
  expect(orders()).toEqual(['paid', 'paid']);
  polar.failSubscription(id);
  polar.revokeSubscription(id);
  expect(orders()).toEqual(['paid', 'paid', 'void']);
});

test('usage of a subscription counts for its customer', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const product = [...polar.products.values()].find(({ name }) => name === 'Halyard API');
  const { id, customer_id } = polar.createSubscription({ product_id: product?.id ?? '' });
  polar.useMeter(id, 2.5);
  polar.useMeter(id, 1);
  const rows = [...polar.streams.customer_meters.records.values()].filter((row) => row.customer_id === customer_id);
  const [{ credited_units } = { credited_units: 0 }] = rows;
  expect(rows).toMatchObject([{ consumed_units: 3.5, balance: credited_units - 3.5 }]);
});

test('a customer who is merged into another one leaves subscriptions and orders to them, and is deleted', async () => {
  const { polar } = await simulate({ checkouts: 0, scopes: 'every' });
  const [from, into] = [polar.createCustomer(), polar.createCustomer()];
  const { id } = polar.createSubscription({ customer_id: from.id });
  polar.renewSubscription(id);
  const sent: string[] = [];
  polar.subscribe(({ type }) => void sent.push(type));
  polar.mergeCustomers(from.id, into.id);
  expect(sent).toEqual(['subscription.updated', 'order.updated', 'customer.deleted']);
  expect(polar.streams.subscriptions.json(id)).toMatchObject({ customer: { id: into.id } });
  expect(polar.streams.customers.driver.list()).toEqual([into.id]);
});
