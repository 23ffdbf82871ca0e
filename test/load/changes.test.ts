import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { trimChanges } from '../../src/ledger/trim-changes.ts';
import { removeAccount } from '../../src/load/remove-account.ts';
import { commitRecords } from '../../src/load/commit.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { checkoutLink } from '../../src/sources/fynn/checkout-link.ts';
import { discount } from '../../src/sources/polar/discount.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { freshDatabase } from '../support/database.ts';
import { createConsumer, FEED_AUDIT, feedDifferences, type Consumer } from '../support/feed.ts';
import { startPolar, syncing } from '../support/polar.ts';
import {
  at,
  fynnOrigin,
  link,
  polarOrigin,
  price,
  product,
  rows,
  session,
  store,
  uuid,
  value,
} from '../support/records.ts';

let db: Database;
let consumers: Consumer[];
beforeEach(async () => {
  db = await freshDatabase();
  await db.pool.query(FEED_AUDIT);
  consumers = [createConsumer('polar'), createConsumer('fynn')];
});

let read = 0;
beforeEach(() => void (read = 0));

/**
 * The changes since the last time, by relation. Whatever the test did, they are what triggers saw, and a copy that is kept by
 * the feed alone equals the tables.
 */
async function news(): Promise<string[]> {
  expect(await rows(db, feedDifferences(true))).toEqual([]);
  for (const consumer of consumers) {
    await consumer.drain(db.url);
    for (const [table, { copy, table: stored }] of Object.entries(await consumer.compare(db.pool)))
      expect(copy, table).toBe(stored);
  }
  const found = await rows(
    db,
    `select seq::int, relation || ' ' || right(id, 1) || ' ' || op || ' ' || via || coalesce(' of run ' || run_id, '') as what
     from sync.changes where seq > $1 order by relation, id, seq`,
    [read],
  );
  read = Math.max(read, ...found.map(({ seq }) => Number(seq)));
  return found.map(({ what }) => String(what));
}

const webhook = (
  id: string,
  record: { entity: typeof checkout; data: ReturnType<typeof session>; isDeleted: boolean },
) =>
  commitWebhooks(db, polarOrigin, [
    { id, receivedAt: at(30), event: { type: 'some.event', recordId: uuid(1), record } },
  ]);

describe('the feed has one change for each row that is written, and nothing else', () => {
  test('inserted and updated rows, nested ones included', async () => {
    await store(db, 'polar.checkouts', [session(1, { product: product(7) })], at(10));
    expect(await news()).toEqual(['polar.checkouts 1 i pull', 'polar.products 7 i pull']);
    await store(db, 'polar.checkouts', [session(1, { product: product(7), status: 'succeeded' })], at(20));
    expect(await news()).toEqual(['polar.checkouts 1 u pull']);
  });

  test('an unchanged record, and one that is older than what is stored, say nothing', async () => {
    await store(db, 'polar.checkouts', [session(1, { status: 'succeeded', modified_at: at(5) })], at(10));
    await news();
    await store(db, 'polar.checkouts', [session(1, { status: 'succeeded', modified_at: at(5) })], at(20));
    await store(db, 'polar.checkouts', [session(1, { status: 'open', modified_at: at(4) })], at(30));
    expect(await news()).toEqual([]);
  });

  test('a set that changes is said of its parent alone, where the parent nests as well', async () => {
    const of = (...products: ReturnType<typeof product>[]) =>
      store(db, 'polar.checkout_links', [link(1, { products })], at(10));
    const media = (number: number) => ({ id: uuid(number), created_at: at(0), name: 'a picture' });
    await of(product(7, { medias: [media(3), media(4)] }), product(8));
    await news();
    await of(product(7, { medias: [media(4)] }), product(8));
    expect(await news()).toEqual(['polar.products 7 u pull']);
    await of(product(8));
    expect(await news()).toEqual(['polar.checkout_links 1 u pull']);
  });

  test('a price that its product no longer lists is archived, and comes back', async () => {
    const of = (...prices: ReturnType<typeof price>[]) =>
      store(db, 'polar.checkout_links', [link(1, { products: [product(7, { prices })] })], at(10));
    await of(price(1, uuid(7)), price(2, uuid(7)));
    await news();
    await of(price(1, uuid(7)));
    expect(await news()).toEqual(['polar.product_prices 2 u pull', 'polar.products 7 u pull']);
    await of(price(1, uuid(7)), price(2, uuid(7)));
    expect(await news()).toEqual(['polar.product_prices 2 u pull']);
  });

  test('an item that its link no longer lists is deleted', async () => {
    const of = (items: { id: string }[], observedAt: string) =>
      commitRecords(db, fynnOrigin, checkoutLink, { records: [{ id: 'l1', slug: 'one', items }], observedAt });
    await of([{ id: 'a1' }, { id: 'a2' }], at(10));
    expect(await news()).toEqual([
      'fynn.checkout_link_items 1 i pull',
      'fynn.checkout_link_items 2 i pull',
      'fynn.checkout_links 1 i pull',
    ]);
    await of([{ id: 'a1' }], at(20));
    expect(await news()).toEqual(['fynn.checkout_link_items 2 d pull', 'fynn.checkout_links 1 u pull']);
  });

  test('a webhook brings a state, a tombstone, and takes it away again', async () => {
    expect(await webhook('evt_1', { entity: checkout, data: session(1), isDeleted: false })).toEqual(['applied']);
    expect(await news()).toEqual(['polar.checkouts 1 i webhook']);
    await webhook('evt_2', {
      entity: discount,
      data: { id: uuid(9), created_at: at(0), name: 'Spring' },
      isDeleted: false,
    });
    await webhook('evt_3', {
      entity: discount,
      data: { id: uuid(9), created_at: at(0), name: 'Spring' },
      isDeleted: true,
    });
    expect(await news()).toEqual(['polar.discounts 9 i webhook', 'polar.discounts 9 t webhook']);
    const nested = { id: uuid(9), name: 'Summer' };
    await store(db, 'polar.checkouts', [session(1, { discount: nested, discount_id: uuid(9) })], at(40));
    expect(await news()).toEqual(['polar.checkouts 1 u pull', 'polar.discounts 9 u pull']);
    await webhook('evt_4', {
      entity: discount,
      data: { id: uuid(9), created_at: at(0), modified_at: at(35), name: 'Autumn' },
      isDeleted: false,
    });
    expect(await news()).toEqual(['polar.discounts 9 r webhook']);
    await webhook('evt_4', {
      entity: discount,
      data: { id: uuid(9), created_at: at(0), name: 'twice' },
      isDeleted: false,
    });
    expect(await news()).toEqual([]);
  });

  test('records that Postgres refuses, and what was tried before, say nothing', async () => {
    await db.pool.query(`alter table polar.checkouts add constraint no_two check (id <> '${uuid(2)}') not valid`);
    await store(db, 'polar.checkouts', [session(1)], at(10));
    await expect(store(db, 'polar.checkouts', [session(2), session(3)], at(10))).rejects.toThrow('no_two');
    expect(await news()).toEqual(['polar.checkouts 1 i pull']);
    const acme = { ...polarOrigin, account: 'acme' };
    await commitRecords(db, acme, checkout, { records: [session(1), session(4)], observedAt: at(20) });
    expect(await news()).toEqual(['polar.checkouts 4 i pull']);
  });

  test('a walk says which run it was, also of what it finds deleted or sets right', async () => {
    const polar = await startPolar({ links: 3, checkouts: 0 });
    const { sync, pull } = syncing(polar, db);
    await sync('polar.checkout_links');
    const said = async () => [...new Set((await news()).map((what) => what.replace(/ \S /, ' ')))];
    expect(await said()).toEqual(
      expect.arrayContaining(['polar.checkout_links i walk of run 1', 'polar.products i walk of run 1']),
    );
    const [first = '', second = ''] = polar.polar.links.keys();
    polar.polar.deleteLink(first);
    await sync('polar.checkout_links');
    expect(await said()).toEqual(['polar.checkout_links t tombstone of run 2']);
    polar.polar.deleteLink(second);
    await pull('polar.checkout_links', second);
    expect(await said()).toEqual(['polar.checkout_links t pull']);
    await db.pool.query(
      `alter table polar.discounts disable trigger user; update polar.discounts set observed_at = now() + interval '1 hour'; alter table polar.discounts enable trigger user`,
    );
    const ahead = await value(db, 'select count(*)::int from polar.discounts');
    await sync('polar.checkout_links');
    expect(Number(ahead)).toBeGreaterThan(0);
    expect((await news()).filter((what) => /^polar.discounts \S u walk of run 3$/.test(what))).toHaveLength(
      Number(ahead),
    );
  });

  test('an account that is removed', async () => {
    await store(db, 'polar.checkout_links', [link(1, { products: [product(7)] })], at(10));
    await commitRecords(db, { ...polarOrigin, account: 'acme' }, checkout, {
      records: [session(2)],
      observedAt: at(10),
    });
    await news();
    await removeAccount(db.pool, { source: 'polar', account: 'default' }, [checkout], new AbortController().signal);
    expect(await news()).toEqual(['polar.checkout_links 1 d command', 'polar.products 7 d command']);
  });

  test('an account whose rows lie in many blocks of a table, among those of another', async () => {
    const sessions = (first: number, count: number) => Array.from({ length: count }, (_, at) => session(first + at));
    const save = (account: string, first: number) =>
      commitRecords(db, { ...polarOrigin, account }, checkout, { records: sessions(first, 900), observedAt: at(10) });
    for (const round of [0, 1, 2]) {
      await save('default', 1000 + 2000 * round);
      await save('acme', 2000 + 2000 * round);
    }
    const [{ blocks } = {}] = await rows(db, `select pg_relation_size('polar.checkouts') / 8192 as blocks`);
    expect(Number(blocks)).toBeGreaterThan(64);
    await news();
    expect(
      await removeAccount(db.pool, { source: 'polar', account: 'default' }, [checkout], new AbortController().signal),
    ).toBe(2700);
    expect(await news()).toHaveLength(2700);
    expect(await rows(db, 'select account, count(*)::int from polar.checkouts group by 1')).toEqual([
      { account: 'acme', count: 2700 },
    ]);
  });
});

test('writers of two accounts at the same time draw their places in the order of their commits', async () => {
  const waiting = `select count(*)::int from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  const client = await db.pool.connect();
  await client.query(`begin; select pg_advisory_xact_lock(hashtext('checkout-sync'), hashtext('polar'))`);
  const both = [polarOrigin, { ...polarOrigin, account: 'acme' }].map((origin, index) =>
    commitRecords(db, origin, checkout, { records: [session(index + 1)], observedAt: at(10) }),
  );
  await expect.poll(() => value(db, waiting), { timeout: 60_000 }).toBe(2);
  expect(await value(db, 'select last_value from sync.changes_seq_seq where is_called')).toBeUndefined();
  await client.query('commit');
  client.release();
  await Promise.all(both);
  expect(await news()).toHaveLength(2);
});

test('a feed is kept for a number of days, and says to which watermark something is missing', async () => {
  const feed = () => rows(db, 'select source, min_seq::int, last_seq::int from sync.feeds order by source');
  expect(await feed()).toEqual([]);
  for (const number of [1, 2, 3, 4]) await store(db, 'polar.checkouts', [session(number)], at(10));
  await commitRecords(db, fynnOrigin, checkoutLink, { records: [{ id: 'l1', items: [] }], observedAt: at(10) });
  const seqs = (await rows(db, 'select seq::int from sync.changes order by seq')).map(({ seq }) => Number(seq));
  expect(await feed()).toEqual([
    { source: 'fynn', min_seq: 0, last_seq: seqs[4] },
    { source: 'polar', min_seq: 0, last_seq: seqs[3] },
  ]);
  // The second was written by a clock that was ahead.
  const ages = ['31 days', '-1 year', '31 days', '29 days', '29 days'];
  for (const [index, seq] of seqs.entries())
    await db.pool.query(`update sync.changes set observed_at = now() - $2::interval where seq = $1`, [
      seq,
      ages[index],
    ]);
  expect(await trimChanges(db.pool, 30)).toBe(3);
  expect(await trimChanges(db.pool, 30)).toBe(0);
  expect(await feed()).toEqual([
    { source: 'fynn', min_seq: 0, last_seq: seqs[4] },
    { source: 'polar', min_seq: seqs[2], last_seq: seqs[3] },
  ]);
  expect(await trimChanges(db.pool, 28)).toBe(2);
  expect(await feed()).toEqual([
    { source: 'fynn', min_seq: seqs[4], last_seq: seqs[4] },
    { source: 'polar', min_seq: seqs[3], last_seq: seqs[3] },
  ]);
});
