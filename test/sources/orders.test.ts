import { expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import type { Post } from '../../src/simulator/webhook-sender.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { polarAt } from '../support/source.ts';
import { parseJson } from '../../src/model/json.ts';

const STREAM = 'polar.orders';
const SECRET = 'a secret of the test';

/** A merchant whose token may read orders, three of them. */
async function prepare({ seed = 1, ...settings }: { seed?: number; POLAR_ORGANIZATION_ID?: string } = {}) {
  const [polar, db] = [await startPolar({ seed, links: 3, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  polar.streams[STREAM]?.seed(3);
  const source = polarAt(polar, { POLAR_STREAMS: 'checkout_links,orders', ...settings });
  return { simulator: polar, polar: polar.polar, db, source, ...engineOf(source, db) };
}

const eventIn = ({ body }: Post, organizationId?: string) =>
  polarWebhooks([SECRET], organizationId).parseEvent(parseJson(body));

test('an incremental walk of orders asks for the newest page, and for those that are drafts or pending', async () => {
  const { polar, sync } = await prepare();
  const old = polar.createOrder({ status: 'pending', created_at: '2026-01-01T00:00:00Z' });
  await sync(STREAM);
  polar.payOrder(old.id);
  polar.createOrder();
  const pending = polar.createOrder({ status: 'pending', created_at: '2026-11-01T00:00:00Z' });
  polar.failOrder(pending.id);
  const run = await sync(STREAM, 'incremental');
  expect(run).toMatchObject({ outcome: 'complete', requests: 2, inserted: 2 });
});

test('an order that was pending for longer than the look-back is asked for once it is no longer listed as pending', async () => {
  const { polar, db, source } = await prepare();
  const { sync } = engineOf(source, db, { pageSize: 2 });
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const pending = { status: 'pending', billing_reason: 'subscription_cycle' } as const;
  const [paid, waiting, ancient] = [9, 9, 90].map((days) =>
    polar.createOrder({ ...pending, created_at: daysAgo(days) }),
  );
  for (const days of [4, 4]) polar.createOrder({ created_at: daysAgo(days) });
  await sync(STREAM);
  for (const order of [paid, ancient]) polar.payOrder(order?.id ?? '');
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', updated: 1 });
  const statusOf = (order?: { id: string }) => value(db, 'select status from polar.orders where id = $1', [order?.id]);
  expect(await Promise.all([paid, waiting, ancient].map(statusOf))).toEqual(['paid', 'pending', 'pending']);
});

test('the product of an order has no prices, benefits and medias: those that are stored stay as they are', async () => {
  const { polar, db, sync } = await prepare();
  await sync('polar.checkout_links');
  const parts = async () => {
    const all = await contents(db);
    return ['polar.product_prices', 'polar.product_benefits', 'polar.product_medias'].map((table) => all[table]);
  };
  const before = await parts();
  const [product] = await rows(db, `select product_id as id from polar.product_prices where not is_archived limit 1`);
  polar.createOrder({ product_id: String(product?.id) });
  polar.updateProduct(String(product?.id), { name: 'Renamed' });
  await sync(STREAM);
  expect(await value(db, 'select name from polar.products where id = $1', [product?.id])).toBe('Renamed');
  expect(await parts()).toEqual(before);
});

test('order.paid comes before the platform fee: the fee is stored once order.updated brings it, and an older payload changes nothing', async () => {
  const { simulator, polar, db, source } = await prepare();
  const { id } = polar.createOrder({ status: 'pending' });
  const posts = simulator.webhooksOf(() => void [polar.payOrder(id), polar.chargeFee(id)], SECRET);
  const state = 'select status, platform_fee_currency as fee from polar.orders where id = $1';
  const seen: unknown[] = [];
  for (const post of [...posts, ...posts.slice(0, 2)]) {
    const receivedAt = new Date().toISOString();
    await commitWebhooks(db, source, [{ id: crypto.randomUUID(), receivedAt, event: eventIn(post) }]);
    seen.push(...(await rows(db, state, [id])));
  }
  expect(posts.map((post) => eventIn(post)?.type)).toEqual(['order.updated', 'order.paid', 'order.updated']);
  const [unknown, known] = ([null, 'usd'] as const).map((fee) => ({ status: 'paid', fee }));
  expect(seen).toEqual([unknown, unknown, known, known, known]);
});

test('an order is of its customer’s organization: it is filtered, stored and its webhooks are accepted by that', async () => {
  const first = await prepare();
  const { organizationId } = first.polar;
  const { simulator, polar, db, sync } = await prepare({ POLAR_ORGANIZATION_ID: organizationId });
  expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', inserted: expect.any(Number) });
  expect(await value(db, 'select count(*)::int from polar.orders where organization_id = $1', [organizationId])).toBe(
    3,
  );
  const [post] = simulator.webhooksOf(() => void polar.createOrder(), SECRET);
  expect(post && eventIn(post, organizationId)).toMatchObject({ record: { isDeleted: false } });
  expect(post && eventIn(post, crypto.randomUUID())).toMatchObject({
    ignored: 'it is of another organization than POLAR_ORGANIZATION_ID',
  });
});

test('the token of another organization is refused, and gives no tombstone', async () => {
  const { db, sync } = await prepare();
  await sync(STREAM);
  const stored = await contents(db);
  const other = await startPolar({ seed: 2, links: 3, checkouts: 0, scopes: 'every', token: 'polar_oat_of_another' });
  other.streams[STREAM]?.seed(2);
  const swapped = engineOf(polarAt(other, { POLAR_STREAMS: 'checkout_links,orders' }), db);
  const refused = { outcome: 'failed', error: expect.stringContaining('POLAR_ACCESS_TOKEN shows') };
  expect(await swapped.sync(STREAM)).toMatchObject(refused);
  expect(await contents(db)).toEqual(stored);
});

test('a customer who is forgotten is forgotten on their orders', async () => {
  const { polar, db, sync } = await prepare();
  const billing_address = { country: 'DE', line1: '1 Road', line2: null, postal_code: '1', city: 'Bonn', state: null };
  const { customer_id } = polar.createOrder({ billing_name: 'Ada Lovelace', billing_address });
  await sync(STREAM);
  expect(await call(['forget', customer_id, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  const known = `select billing_name, billing_address ->> 'country' as country, billing_address ->> 'line1' as street
    from polar.orders where billing_address is not null`;
  expect(await rows(db, known)).toEqual([{ billing_name: null, country: 'DE', street: null }]);
});
