import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { freshDatabase } from '../support/database.ts';
import { at, link, product, rows, session, store, uuid, value } from '../support/records.ts';
import { until } from '../support/service.ts';

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const status = () => value(db, 'select status from polar.checkouts');
const label = () => value(db, 'select label from polar.checkout_links');

test('an older version never overwrites a newer one, however late it was observed', async () => {
  await store(db, 'polar.checkouts', [session(1, { status: 'succeeded', modified_at: at(5) })], at(10));
  await store(db, 'polar.checkouts', [session(1, { status: 'confirmed', modified_at: at(4) })], at(20));
  expect(await status()).toBe('succeeded');
});

test('versions are compared to the microsecond', async () => {
  await store(db, 'polar.checkouts', [session(1, { status: 'succeeded', modified_at: at(5, 2) })], at(10));
  await store(db, 'polar.checkouts', [session(1, { status: 'confirmed', modified_at: at(5, 1) })], at(20));
  expect(await status()).toBe('succeeded');
  await store(db, 'polar.checkouts', [session(1, { status: 'expired', modified_at: at(5, 3) })], at(9));
  expect(await status()).toBe('expired');
});

test('a version without a fraction of a second is older than one with a fraction of the same second', async () => {
  await store(
    db,
    'polar.checkouts',
    [session(1, { status: 'succeeded', modified_at: '2026-05-05T12:00:05.5Z' })],
    at(10),
  );
  await store(
    db,
    'polar.checkouts',
    [session(1, { status: 'confirmed', modified_at: '2026-05-05T12:00:05Z' })],
    at(20),
  );
  expect(await status()).toBe('succeeded');
});

test('a first change wins over the creation, whose modified_at is null', async () => {
  await store(db, 'polar.checkouts', [session(1, { status: 'confirmed', modified_at: at(5) })], at(10));
  await store(db, 'polar.checkouts', [session(1, { status: 'open', modified_at: null })], at(20));
  expect(await status()).toBe('confirmed');
});

test('of two states of one version the one observed later stays, in whichever order they are written', async () => {
  const [early, late] = [session(1, { status: 'open' }), session(1, { status: 'confirmed' })];
  await store(db, 'polar.checkouts', [late], at(20));
  await store(db, 'polar.checkouts', [early], at(10));
  expect(await status()).toBe('confirmed');
  await store(db, 'polar.checkouts', [session(1, { status: 'expired' })], at(30));
  expect(await status()).toBe('expired');
});

test('a page read before a webhook and written after it loses', async () => {
  const page = link(1, { label: 'as the page read it' });
  await store(db, 'polar.checkout_links', [link(1, { label: 'as the webhook said' })], at(11));
  await store(db, 'polar.checkout_links', [page], at(10));
  expect(await label()).toBe('as the webhook said');
});

test('an embedded product that is older than the stored one does not replace it', async () => {
  await store(
    db,
    'polar.checkout_links',
    [link(1, { products: [product(7, { name: 'New', modified_at: at(5) })] })],
    at(10),
  );
  await store(
    db,
    'polar.checkout_links',
    [link(1, { label: 'Later', modified_at: at(8), products: [product(7, { name: 'Old', modified_at: at(4) })] })],
    at(20),
  );
  expect(await rows(db, 'select l.label, p.name from polar.checkout_links l, polar.products p')).toEqual([
    { label: 'Later', name: 'New' },
  ]);
});

test('two records of one id in one page leave the newer one', async () => {
  const both = [
    session(1, { status: 'succeeded', modified_at: at(5) }),
    session(1, { status: 'confirmed', modified_at: at(4) }),
  ];
  await store(db, 'polar.checkouts', both, at(10));
  expect(await status()).toBe('succeeded');
});

test('money and instants are kept exactly', async () => {
  const exact = session(1, {
    amount: 9_007_199_254_740_991,
    total_amount: -5,
    expires_at: '2026-05-06T12:00:00.000001Z',
  });
  await store(db, 'polar.checkouts', [exact], at(10));
  const [row] = await rows(
    db,
    `select amount::text, total_amount::text, to_char(expires_at, 'US') as us, to_char(created_at, 'US') as created_us, to_char(version_at, 'US') as version_us from polar.checkouts`,
  );
  expect(row).toEqual({
    amount: '9007199254740991',
    total_amount: '-5',
    us: '000001',
    created_us: '123456',
    version_us: '123456',
  });
});

test('a deleted row that comes back loses its tombstone, but not to a page read before the deletion was found', async () => {
  await store(db, 'polar.checkout_links', [link(1)], at(10));
  await db.pool.query('update polar.checkout_links set deleted_at = $1, observed_at = $1', [at(20)]);
  await store(db, 'polar.checkout_links', [link(1)], at(15));
  expect(await value(db, 'select deleted_at is not null from polar.checkout_links')).toBe(true);
  await store(db, 'polar.checkout_links', [link(1)], at(25));
  expect(await value(db, 'select deleted_at from polar.checkout_links where id = $1', [uuid(1)])).toBeNull();
});

test('writers of one source at the same time leave the newest state of every row and set', async () => {
  const versions = Array.from({ length: 24 }, (_, index) => index);
  const state = (version: number) =>
    link(1, {
      label: `v${version}`,
      modified_at: at(1, version),
      products: [product(10 + version), product(50 + (version % 3))],
    });
  await Promise.all(
    versions
      .toSorted((a, b) => ((a * 7) % 24) - ((b * 7) % 24))
      .map((version) => store(db, 'polar.checkout_links', [state(version)], at(30, version))),
  );
  expect(await label()).toBe('v23');
  const members = await rows(db, 'select product_id from polar.checkout_link_products order by position');
  expect(members.map((member) => member.product_id)).toEqual([uuid(33), uuid(52)]);
});

describe('while a session that is not ours holds a row', () => {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

  async function storeBeside(theirs: string, record: JsonObject): Promise<void> {
    const client = await db.pool.connect();
    try {
      await client.query('begin');
      await client.query(theirs);
      const stored = store(db, 'polar.checkout_links', [record], at(20));
      await until('the write waits for the row', async () => (await rows(db, waits)).length > 0);
      await client.query('commit');
      await stored;
    } finally {
      client.release();
    }
  }

  test('and deletes it, the record is stored again', async () => {
    await store(db, 'polar.checkout_links', [link(1, { products: [] })], at(10));
    await storeBeside('delete from polar.checkout_links', link(1, { label: 'Later', products: [] }));
    expect(await label()).toBe('Later');
    expect(await rows(db, 'select op from sync.changes order by seq')).toEqual([{ op: 'i' }, { op: 'i' }]);
  });

  test('and inserts it, the record updates what it inserted', async () => {
    await storeBeside(
      `insert into polar.checkout_links (id, account, label, observed_at) values ('${uuid(1)}', 'default', 'theirs', '${at(5)}')`,
      link(1, { label: 'Later' }),
    );
    expect(await label()).toBe('Later');
  });
});
