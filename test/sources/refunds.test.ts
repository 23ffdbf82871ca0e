import { expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { parseJson } from '../../src/model/json.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.refunds';

/** A merchant whose token may read refunds, three of them. */
async function prepare() {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  polar.streams[STREAM]?.seed(3);
  const source = polarAt(polar, { POLAR_STREAMS: 'checkout_links,refunds,disputes' });
  const tombstones = () => value(db, 'select count(*)::int from polar.refunds where deleted_at is not null');
  return { simulator: polar, polar: polar.polar, db, source, tombstones, ...engineOf(source, db) };
}

const nothing = {
  fault: 'status',
  status: 200,
  body: JSON.stringify({ items: [], pagination: { total_count: 0, max_page: 0 } }),
  headers: { 'content-type': 'application/json', 'polar-version': '2026-10' },
} as const;

test('a list that is empty for no reason deletes no refund: neither by a walk nor by the answers for single ones', async () => {
  const { simulator, polar, tombstones, sync, pull, verify } = await prepare();
  await sync(STREAM);
  const [id = ''] = polar.streams.refunds.driver.list();
  simulator.intercept(({ path }) => (path === '/v1/refunds/' ? nothing : undefined));
  expect(await sync(STREAM)).toMatchObject({ tombstoned: 0 });
  expect(await pull(STREAM, id)).toMatchObject([{ outcome: 'not visible' }]);
  expect(await verify(STREAM)).toMatchObject({ extra: 0, hidden: 3 });
  expect(await tombstones()).toBe(0);
});

test('an empty answer of an intermediary, of another version or with a total proves nothing', async () => {
  const { simulator, polar, sync, tombstones } = await prepare();
  await sync(STREAM);
  const [id = ''] = polar.streams.refunds.driver.list();
  polar.deleteRefund(id);
  const lies = [
    { ...nothing, headers: { 'content-type': 'application/json' } },
    { ...nothing, body: '{"items":[]}' },
    { ...nothing, body: JSON.stringify({ items: [], pagination: { total_count: 1, max_page: 1 } }) },
  ];
  for (const lie of lies) {
    simulator.intercept(({ query }) => (query.get('id') === id ? lie : undefined));
    expect(await sync(STREAM)).toMatchObject({ outcome: 'failed', tombstoned: 0 });
  }
  simulator.intercept(null);
  expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  expect(await tombstones()).toBe(1);
});

test('a refund is stored by its webhook, with its dispute, which the list of disputes then completes', async () => {
  const { simulator, polar, db, source, sync } = await prepare();
  const { id: order } = polar.createOrder();
  const dispute = polar.openDispute(order, { case_id: 'case_1' });
  const edit = () => void polar.createRefund(order, { dispute_id: dispute.id, reason: 'dispute_prevention' });
  for (const post of simulator.webhooksOf(edit, 'a secret of the test')) {
    const event = polarWebhooks(['a secret of the test']).parseEvent(parseJson(post.body));
    await commitWebhooks(db, source, [{ id: crypto.randomUUID(), receivedAt: new Date().toISOString(), event }]);
  }
  const stored = `select r.reason, d.id, d.case_id, d.organization_id = r.organization_id and d.customer_id = r.customer_id as same
    from polar.refunds r join polar.disputes d on d.id = r.dispute_id where r.order_id = $1`;
  const known = { reason: 'dispute_prevention', id: dispute.id, same: true };
  expect(await rows(db, stored, [order])).toEqual([{ ...known, case_id: null }]);
  expect(await sync('polar.disputes')).toMatchObject({ outcome: 'complete' });
  expect(await rows(db, stored, [order])).toEqual([{ ...known, case_id: 'case_1' }]);
  await sync(STREAM);
  expect(await rows(db, stored, [order])).toEqual([{ ...known, case_id: 'case_1' }]);
});

test('an incremental walk of refunds asks for the newest page only', async () => {
  const { polar, sync } = await prepare();
  await sync(STREAM);
  polar.createRefund(polar.createOrder().id);
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 1, inserted: 1 });
});
