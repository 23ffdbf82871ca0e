import { beforeEach, expect, test } from 'vitest';
import { describeStatus } from '../../src/commands/status.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/database/database.ts';
import { otherRejections, recentRejections, statusOf } from '../../src/ledger/status.ts';
import { prune } from '../../src/ledger/prune.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { migrate } from '../../src/database/migrate.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { media } from '../../src/sources/polar/media.ts';
import { product as productEntity } from '../../src/sources/polar/product.ts';
import type { Entity } from '../../src/model/entity.ts';
import { connectClient, sharedDatabase } from '../support/database.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { at, empty, link, polarOrigin, product, rows, session, store, uuid } from '../support/records.ts';

const shared = sharedDatabase();
let db: Database;
beforeEach(async () => {
  db = shared();
  await empty(db);
});

let sent = 0;
const webhook = (entity: Entity, data: JsonObject, receivedAt: string) =>
  commitWebhooks(db, polarOrigin, [
    {
      id: `evt_${(sent += 1)}`,
      receivedAt,
      event: { type: 'something.updated', recordId: null, record: { entity, data, isDeleted: false } },
    },
  ]);

/** More than a record may nest. */
function tooDeep(): JsonObject {
  let deep: JsonObject = {};
  for (let level = 0; level < 6000; level++) deep = { deep };
  return deep;
}

const standing = () =>
  rows(db, 'select stream, record_id from sync.rejected_records where resolved_at is null order by 1, 2');

test('a rejected record counts for its stream, and one of no stream for the source whose webhook brought it', async () => {
  await store(db, 'polar.checkout_links', [{ label: 'no id' }], at(10));
  expect(await webhook(checkout, { status: 'no id' }, at(20))).toEqual(['rejected']);
  expect(await webhook(media, { name: 'no id' }, at(30))).toEqual(['rejected']);
  expect(await standing()).toEqual([
    { stream: 'polar', record_id: null },
    { stream: 'polar.checkout_links', record_id: null },
    { stream: 'polar.checkouts', record_id: null },
  ]);
  const streams = await Promise.all(
    polarOrigin.streams.map(({ name, entity }) => statusOf(db.pool, { account: 'default', stream: name }, entity)),
  );
  expect(streams.map(({ rejected }) => rejected).filter((count) => count > 0)).toEqual([1, 1]);
  const others = await otherRejections(db.pool, streams);
  expect(others).toEqual([{ account: 'default', stream: 'polar', rejected: 1 }]);
  expect(describeStatus({ streams, otherRejections: others }).slice(-2)).toEqual([
    'polar, records of no stream that webhooks brought',
    '  rejected      1',
  ]);
});

test('a record that comes whole later is no longer rejected, until it comes broken again', async () => {
  const broken = session(1, { metadata: tooDeep() });
  await store(db, 'polar.checkouts', [broken, session(2)], at(10));
  expect(await standing()).toEqual([{ stream: 'polar.checkouts', record_id: uuid(1) }]);
  await store(db, 'polar.checkouts', [session(1), session(2)], at(5)); // read before it was broken
  expect(await standing()).toHaveLength(1);
  await store(db, 'polar.checkouts', [session(1), session(2)], at(20));
  expect(await standing()).toEqual([]);
  expect(await recentRejections(db.pool, 10)).toEqual([]);
  await store(db, 'polar.checkouts', [broken, session(2)], at(30));
  expect(
    await rows(
      db,
      `select first_seen_at = $1 as first, last_seen_at = $2 as last, resolved_at from sync.rejected_records`,
      [at(10), at(30)],
    ),
  ).toEqual([{ first: true, last: true, resolved_at: null }]);
});

test('a product that comes whole by a later webhook is no longer rejected; being nested proves nothing', async () => {
  await webhook(productEntity, { ...product(7), metadata: tooDeep() }, at(10));
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7)] })], at(20));
  expect(await standing()).toEqual([{ stream: 'polar.products', record_id: uuid(7) }]);
  await webhook(productEntity, product(7), at(30));
  expect(await standing()).toEqual([]);
});

test('a complete full walk that met a rejected record no more resolves it, one that meets it does not', async () => {
  const polar = await startPolar({ links: 3, checkouts: 0 });
  const { sync } = syncing(polar, db);
  const [broken] = polar.polar.links.values();
  if (!broken) throw new Error('there are no links');
  polar.polar.tamper(broken.id, ({ id: _id, ...json }: object & { id?: unknown }) => json);
  for (const _ of [1, 2]) {
    expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', rejected: 1 });
    expect(await standing()).toHaveLength(1);
  }
  polar.polar.tamper(broken.id, null);
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', rejected: 0 });
  expect(await standing()).toEqual([]);
});

test('rejected records are kept for ninety days after they were resolved', async () => {
  await store(db, 'polar.checkout_links', [{ label: 'one' }], at(10));
  await store(db, 'polar.checkout_links', [{ label: 'two' }], at(10));
  await db.pool.query(
    `update sync.rejected_records set resolved_at = now() - interval '91 days' where payload ->> 'label' = 'one'`,
  );
  await prune(db.pool, 30);
  expect(await rows(db, `select payload ->> 'label' as label from sync.rejected_records`)).toEqual([{ label: 'two' }]);
});

test('what an earlier version filed under a table is moved to the source', async () => {
  const url = await olderDatabaseUrl('0003_fynn');
  const client = await connectClient(url);
  await client.query(`insert into sync.rejected_records (stream, fingerprint, record_id, reason, payload, first_seen_at)
    select stream, 'same', null, 'no id', '{}', now() - age * interval '1 day' from (values ('polar.products', 1), ('polar.benefits', 3),
      ('polar.discounts', 2), ('polar.checkouts', 1), ('fynn.price_plans', 1)) as r(stream, age)`);
  await migrate({ url });
  const { rows: moved } = await client.query(
    `select stream, round(extract(epoch from now() - first_seen_at) / 86400)::int as days, last_seen_at = first_seen_at as same
     from sync.rejected_records order by stream`,
  );
  expect(moved).toEqual([
    { stream: 'fynn.price_plans', days: 1, same: true },
    { stream: 'polar', days: 3, same: true },
    { stream: 'polar.checkouts', days: 1, same: true },
  ]);
});
