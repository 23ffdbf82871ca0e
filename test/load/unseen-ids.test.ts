import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { planOf } from '../../src/database/table-plan.ts';
import type { Reach } from '../../src/ledger/sightings.ts';
import { countStored, randomIds } from '../../src/load/tombstones.ts';
import { pairPages } from '../../src/load/page-pairs.ts';
import { unseenIds } from '../../src/load/unseen-ids.ts';
import type { Stream } from '../../src/model/stream.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnOrigin, polarOrigin, rows, uuid, value } from '../support/records.ts';

const WALK = uuid(77);
const STARTED_AT = new Date().toISOString();
const SLICED = { pages: 3, blocks: 2 };
const OWNER = uuid(7);
const own = { organization_id: `'${OWNER}'::uuid` };
const polarReach: Reach = { owners: [OWNER] };

function streamOf(name: string): Stream {
  const found = [...polarOrigin.streams, ...fynnOrigin.streams].find((stream) => stream.name === name);
  if (!found) throw new Error(`no stream ${name}`);
  return found;
}

const ALL = {
  account: 'default',
  observed_at: "now() - interval '1 day'",
  extra: `jsonb_build_object('filler', repeat('x', 700))`,
};

/** Fills a table with rows of these ids, observed yesterday; the other columns are SQL. */
const fill = (db: Database, table: string, ids: readonly string[], columns: Record<string, string> = {}) => {
  const { account, ...set } = { ...ALL, ...columns };
  return db.pool.query(
    `insert into ${table} (id, account, ${Object.keys(set).join()})
     select id::${table.startsWith('polar') ? 'uuid' : 'text'}, '${account}', ${Object.values(set).join()} from unnest($1::text[]) as id`,
    [ids],
  );
};

const manyIds = (count: number) => Array.from({ length: count }, (_, at) => uuid(1000 + at));

/** Pages of ten ids that the walk has seen. */
async function see(db: Database, ids: readonly string[]): Promise<number> {
  const pages = Math.ceil(ids.length / 10);
  for (let page = 0; page < pages; page++)
    await db.pool.query(
      `insert into sync.seen_pages (walk_id, number, run_id, span, ids) values ($1, $2, 1, '{}', $3)`,
      [WALK, page + 1, ids.slice(page * 10, page * 10 + 10)],
    );
  return pages;
}

/** A walk that started before all tests, but after yesterday. */
const walkOf = (pages: number, sizes?: typeof SLICED) => ({
  walkId: WALK,
  startedAt: STARTED_AT,
  pages,
  ...(sizes && { sizes }),
});

test('in slices or in one statement, exactly the stored ids that were on no page are found', async () => {
  const db = await freshDatabase();
  const stream = streamOf('polar.checkout_links');
  const all = manyIds(200);
  await fill(db, 'polar.checkout_links', all, own);
  await fill(db, 'polar.checkout_links', [uuid(1), uuid(2)], { ...own, account: 'acme' }); // of another account
  await fill(db, 'polar.checkout_links', [uuid(3)], { organization_id: `'${uuid(8)}'::uuid` }); // of another owner
  await db.pool.query('update polar.checkout_links set observed_at = now() where id = $1', [all[50]]); // observed meanwhile
  await db.pool.query('update polar.checkout_links set deleted_at = now() where id = $1', [all[60]]);
  const missing = [all[0], all[99], all[100], all[199]]; // at both ends, and beside each other
  const gone = new Set([...missing, all[50], all[60]]);
  const pages = await see(db, [...all.filter((id) => !gone.has(id)), all[5] ?? '', uuid(5000)]); // one seen twice, one that is not stored
  expect(await unseenIds(db.pool, stream, polarReach, walkOf(pages))).toEqual(missing);
  expect(await unseenIds(db.pool, stream, polarReach, walkOf(pages, SLICED))).toEqual(missing);
  expect(await value(db, 'select count(*)::int from sync.id_slices')).toBe(0);
  expect(await unseenIds(db.pool, stream, polarReach, walkOf(pages, { pages: 1, blocks: 1 }))).toEqual(missing);
});

const ORDERS: Record<string, (ids: readonly string[]) => string[]> = {
  'as they are stored': (ids) => [...ids],
  'the other way round': (ids) => ids.toReversed(),
  'from the middle': (ids) => [...ids.slice(1500), ...ids.slice(0, 1500)],
  'in any order': (ids) => ids.map((_, at) => ids[(at * 7919) % ids.length] ?? ''),
  'behind ids that are not stored': (ids) => ids.map((id, at) => (at % 200 === 0 ? uuid(90_000 + at) : id)),
};

test.each(Object.keys(ORDERS))('pages that show records %s are compared with all of them', async (name) => {
  const db = await freshDatabase();
  const stream = streamOf('polar.checkout_links');
  const all = manyIds(3000);
  await fill(db, 'polar.checkout_links', all, own);
  const shown = ORDERS[name]?.(all.filter((_, at) => at % 700 !== 0)) ?? [];
  const missing = all.filter((id) => !shown.includes(id));
  const pages = await see(db, shown);
  for (const sizes of [
    { pages: 40, blocks: 40 },
    { pages: 100, blocks: 1000 },
    { pages: 1000, blocks: 7 },
  ])
    expect(await unseenIds(db.pool, stream, polarReach, walkOf(pages, sizes))).toEqual(missing);
});

test('a walk that has seen no page has seen no record', async () => {
  const db = await freshDatabase();
  const all = manyIds(200);
  await fill(db, 'polar.checkout_links', all, own);
  expect(await unseenIds(db.pool, streamOf('polar.checkout_links'), polarReach, walkOf(0, SLICED))).toEqual(all);
});

test.each(['as they are stored', 'the other way round', 'from the middle'])(
  'most records that pages show %s are found in the range that the pages are paired with',
  async (name) => {
    const db = await freshDatabase();
    const { entity } = streamOf('polar.checkout_links');
    const all = manyIds(3000);
    await fill(db, 'polar.checkout_links', all, own);
    const pages = await see(db, ORDERS[name]?.(all) ?? []);
    const pairs = await pairPages(db.pool, entity, { walkId: WALK, pages }, { blocks: 300, parts: 4, lookups: 40 });
    expect(pairs.flatMap((pair) => pair.pages).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: pages }, (_, at) => at + 1),
    );
    let found = 0;
    for (const { range, pages: numbers } of pairs)
      found += Number(
        await value(
          db,
          `select count(*)::int from polar.checkout_links t where ${range} and t.id::text in (
           select unnest(ids) from sync.seen_pages where number = any($1))`,
          [numbers],
        ),
      );
    expect(found).toBeGreaterThan(2400);
  },
);

test('ids that are texts are compared as texts', async () => {
  const db = await freshDatabase();
  const stream = streamOf('fynn.price_plans');
  const ids = [
    'a',
    'B',
    'ä',
    'Z z',
    'cl_10',
    'cl_9',
    'é',
    '😀',
    "it's",
    'CL_9',
    ...Array.from({ length: 40 }, (_, at) => `n-${at}`),
  ];
  const reach: Reach = { kind: 'fynn.price_plans', address: 'a', credentials: ['c'], others: [] };
  await fill(db, planOf(stream.entity.table).name, ids);
  await db.pool.query(`insert into sync.sightings (account, kind, id, address, credential, first_seen_at)
    select 'default', 'fynn.price_plans', id, 'a', 'c', now() from fynn.price_plans`);
  const pages = await see(db, ['a', 'cl_9', '😀']);
  const unseen = await unseenIds(db.pool, stream, reach, walkOf(pages));
  expect(new Set(unseen)).toEqual(new Set(ids.filter((id) => !['a', 'cl_9', '😀'].includes(id))));
  expect(await unseenIds(db.pool, stream, reach, walkOf(pages, SLICED))).toEqual(unseen);
});

test('nothing counts as unseen after a crash of Postgres has lost pages', async () => {
  const db = await freshDatabase();
  const stream = streamOf('polar.checkout_links');
  await fill(db, 'polar.checkout_links', [uuid(1), uuid(2)], own);
  await see(db, [uuid(1)]);
  await db.pool.query('truncate sync.seen_pages');
  await expect(unseenIds(db.pool, stream, polarReach, walkOf(1))).rejects.toThrow('a crash of Postgres lost track');
});

test('a sample is drawn from the whole table, and the count is of all of it', async () => {
  const db = await freshDatabase();
  const stream = streamOf('polar.checkout_links');
  const ids = Array.from({ length: 300 }, (_, at) => uuid(at + 1));
  await fill(db, 'polar.checkout_links', ids, own);
  expect(await countStored(db.pool, stream, polarReach)).toEqual({ stored: 300, inReach: 300 });
  expect((await randomIds(db.pool, stream, polarReach, 400)).toSorted()).toEqual(ids);
  const drawn = await randomIds(db.pool, stream, polarReach, 20);
  expect(new Set(drawn).size).toBe(20);
  expect(await rows(db, 'select from polar.checkout_links where id = any($1)', [drawn])).toHaveLength(20);
});
