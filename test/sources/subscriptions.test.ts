import { describe, expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { parseJson, type Json } from '../../src/model/json.ts';
import { later, DAY } from '../../src/simulator/instants.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { engineOf } from '../support/engine.ts';
import { rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.subscriptions';
const { parseEvent } = polarWebhooks(['a secret of the test']);

/** A merchant whose token may read subscriptions, and three of them. */
async function prepare() {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  polar.streams[STREAM]?.seed(3);
  const source = polarAt(polar, { POLAR_STREAMS: 'subscriptions' });
  const receive = async (type: string, data: unknown) => {
    const event = parseEvent({ type, data: parseJson(JSON.stringify(data)) });
    const webhook = { id: crypto.randomUUID(), receivedAt: new Date().toISOString(), event };
    return commitWebhooks(db, source, [webhook]);
  };
  const stored = (id: string, columns: string) =>
    rows(db, `select ${columns} from polar.subscriptions where id = $1`, [id]);
  return { polar: polar.polar, simulator: polar, db, source, receive, stored, ...engineOf(source, db) };
}

test('a subscription that has not started is stored by its webhook, and no walk takes it for deleted or asks for it', async () => {
  const { polar, simulator, receive, stored, sync, verify } = await prepare();
  const { id } = polar.createSubscription({ status: 'incomplete', started_at: null });
  await receive('subscription.created', polar.streams.subscriptions.json(id));
  await sync(STREAM);
  const before = simulator.requests.length;
  expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', records: 3, tombstoned: 0 });
  expect(simulator.requests.slice(before).filter(({ path }) => path.includes(id))).toEqual([]);
  expect(await verify(STREAM)).toMatchObject({ missing: 0, extra: 0, different: 0 });
  expect(await stored(id, 'status, started_at, deleted_at')).toEqual([
    { status: 'incomplete', started_at: null, deleted_at: null },
  ]);
  polar.activateSubscription(id);
  expect(await sync(STREAM)).toMatchObject({ records: 4 });
  expect(await stored(id, 'status, deleted_at')).toEqual([{ status: 'active', deleted_at: null }]);
});

test('an incremental walk of subscriptions finds new ones, and those of any age that are in trouble', async () => {
  const { polar, stored, sync } = await prepare();
  const at = later(polar.clock.now(), -90 * DAY);
  const { id: old } = polar.createSubscription({ created_at: at, started_at: at });
  await sync(STREAM);
  polar.failSubscription(old);
  const { id } = polar.createSubscription();
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 2, inserted: 1 });
  expect(await stored(id, 'status')).toEqual([{ status: 'trialing' }]);
  expect(await stored(old, 'status')).toEqual([{ status: 'past_due' }]);
});

test('the prices of a subscription archive none, and an archived one stays with its subscription', async () => {
  const { polar, db, sync } = await prepare();
  const [id = ''] = polar.streams.subscriptions.driver.list();
  const { product_id, price_ids } = polar.streams.subscriptions.records.get(id) ?? {};
  polar.changePrice(price_ids?.[0] ?? '', { price_amount: 123_400 });
  await sync(STREAM);
  const prices = `select p.id, p.is_archived, s.subscription_id is not null as sold from polar.product_prices p
    left join polar.subscription_prices s on s.product_price_id = p.id and s.subscription_id = $1
    where p.product_id = $2 order by 1`;
  const listed = polar.products.get(product_id ?? '')?.price_ids ?? [];
  const expected = [
    ...listed.map((price) => ({ id: price, is_archived: false, sold: false })),
    { id: price_ids?.[0] ?? '', is_archived: true, sold: true },
  ];
  expect(await rows(db, prices, [id, product_id])).toEqual(expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
});

test('an order, which nests a subscription in part, leaves its prices, answers and pending change as they are', async () => {
  const { polar, db, receive, stored, sync } = await prepare();
  const [id = ''] = polar.streams.subscriptions.driver.list();
  polar.updateSubscription(id, { custom_field_data: { company: 'Sloop' } });
  polar.scheduleChange(id, { seats: 4 });
  await sync(STREAM);
  polar.pauseSubscription(id);
  const { customer_id } = polar.streams.subscriptions.records.get(id) ?? {};
  const order = polar.createOrder({ subscription_id: id, ...(customer_id && { customer_id }) });
  await receive('order.created', polar.streams.orders.json(order.id));
  expect(await stored(id, 'status, custom_field_data, pending_update_seats, organization_id')).toEqual([
    {
      status: 'paused',
      custom_field_data: { company: 'Sloop' },
      pending_update_seats: 4,
      organization_id: polar.organizationId,
    },
  ]);
  expect(await value(db, 'select count(*)::int from polar.subscription_prices where subscription_id = $1', [id])).toBe(
    1,
  );
});

test('a pending change has columns, which are emptied once it has taken effect', async () => {
  const { polar, stored, sync } = await prepare();
  const [id = ''] = polar.streams.subscriptions.driver.list();
  const { pending_update } = polar.scheduleChange(id, { units: 7 });
  const columns = 'pending_update_id, pending_update_units, pending_update_seats, units';
  await sync(STREAM);
  const change = { pending_update_id: pending_update?.id, pending_update_units: 7, pending_update_seats: null };
  expect(await stored(id, columns)).toEqual([{ ...change, units: null }]);
  polar.renewSubscription(id);
  await sync(STREAM);
  const nothing = { pending_update_id: null, pending_update_units: null, pending_update_seats: null };
  expect(await stored(id, columns)).toEqual([{ ...nothing, units: 7 }]);
});

test('usage that moves no date of the subscription is stored', async () => {
  const { polar, db, sync } = await prepare();
  const product = [...polar.products.values()].find(({ name }) => name === 'Halyard API');
  const { id } = polar.createSubscription({ product_id: product?.id ?? '' });
  await sync(STREAM);
  polar.useMeter(id, 12.375);
  await sync(STREAM);
  const used = `select m.consumed_units::text, n.name from polar.subscription_meters m join polar.meters n on n.id = m.meter_id
    where m.subscription_id = $1`;
  expect(await rows(db, used, [id])).toEqual([{ consumed_units: '12.375', name: 'Tokens' }]);
});

describe('the organization of a subscription', () => {
  const of = (customer: Json, product: Json = null): Json => ({ id: crypto.randomUUID(), customer, product });
  const [ours, theirs] = [crypto.randomUUID(), crypto.randomUUID()];
  const parse = (data: Json) => polarWebhooks(['a secret'], ours).parseEvent({ type: 'subscription.updated', data });

  test('is its customer’s, or else its product’s', () => {
    expect(parse(of({ organization_id: ours }))).not.toHaveProperty('ignored');
    expect(parse(of(null, { organization_id: ours }))).not.toHaveProperty('ignored');
  });

  test('decides whether its webhook counts', () => {
    expect(parse(of({ organization_id: theirs }))).toMatchObject({ ignored: expect.stringContaining('another') });
    expect(parse(of(null))).toMatchObject({ ignored: 'it names no organization' });
  });

  test('is stored', async () => {
    const { polar, db, sync } = await prepare();
    await sync(STREAM);
    const owners = 'select array_agg(distinct organization_id::text) from polar.subscriptions';
    expect(await value(db, owners)).toEqual([polar.organizationId]);
  });
});

test('a subscription.migrated, which has keys beside its record, is applied', async () => {
  const { polar, simulator, db, source, sync } = await prepare();
  await sync(STREAM);
  const [id = ''] = polar.streams.subscriptions.driver.list();
  const [post] = simulator.webhooksOf(() => polar.migrateSubscription(id), 'whsec_of_the_endpoint');
  const body = parseJson(post?.body ?? '');
  expect(body).toMatchObject({ provider: 'stripe' });
  const webhook = { id: 'one', receivedAt: new Date().toISOString(), event: parseEvent(body) };
  expect(await commitWebhooks(db, source, [webhook])).toEqual(['applied']);
});

test('a customer who is forgotten is so where a subscription nests them, and what they wrote when canceling', async () => {
  const { polar, db, sync } = await prepare();
  const [id = ''] = polar.streams.subscriptions.driver.list();
  const { customer_id = '' } = polar.streams.subscriptions.records.get(id) ?? {};
  const email = polar.streams.customers.records.get(customer_id)?.email ?? '';
  polar.updateSubscription(id, { customer_cancellation_comment: `Write to ${email}` });
  await sync(STREAM);
  expect(await call(['forget', email, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  await sync(STREAM);
  const held = `select c.email, s.customer_cancellation_comment as comment from polar.subscriptions s
    join polar.customers c on c.id = s.customer_id where s.id = $1`;
  const [row] = await rows(db, held, [id]);
  expect(row).toMatchObject({ email: null });
  expect(String(row?.comment)).not.toContain(email);
});
