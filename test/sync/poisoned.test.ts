import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';

const PAGE = 10;

/** Records by age, oldest first: 43 are four pages and a bit. */
const byAge = ({ polar }: Simulator, stream: 'links' | 'checkouts') =>
  [...polar[stream].values()]
    .filter((record) => !('deleted_at' in record) || record.deleted_at === null)
    .toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1));

const idsOf = async (db: Database, table: string) =>
  (await rows(db, `select id::text from polar.${table} order by 1`)).map(({ id }) => String(id));

const without = (all: readonly { id: string }[], poisoned: readonly string[]) =>
  all
    .map(({ id }) => id)
    .filter((id) => !poisoned.includes(id))
    .toSorted();

test.each([
  ['in the middle', [17]],
  ['the oldest', [0]],
  ['the newest', [42]],
  ['at the end of a page and at the beginning of the next', [9, 10]],
  ['several on one page', [11, 13, 14, 18]],
  ['on the page where the walk meets the newest one', [33, 35]],
  ['a whole page', [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]],
  ['the whole newest page', [33, 34, 35, 36, 37, 38, 39, 40, 41, 42]],
])(
  'all but the records that poison their page are stored (%s), the run fails, and nothing is deleted',
  async (_what, places) => {
    const polar = await startPolar({ links: 43, checkouts: 0 });
    const db = await freshDatabase();
    const { sync, context } = syncing(polar, db, { pageSize: PAGE });
    const all = byAge(polar, 'links');
    const poisoned = places.map((place) => all[place]?.id ?? '');
    for (const id of poisoned) polar.polar.poison(id);
    const before = context.http.sent();
    const run = await sync('polar.checkout_links');
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', tombstoned: 0, records: 43 - places.length });
    expect(await idsOf(db, 'checkout_links')).toEqual(without(all, poisoned));
    const said = run.error ?? '';
    expect(said).toMatch(new RegExp(`^${places.length} of polar.checkout_links cannot be read, .*\\(500\\)`));
    const [newer, older] = [all[Math.max(...places) + 1], all[Math.min(...places) - 1]];
    for (const beside of [newer, older]) if (beside) expect(said).toContain(beside.id);
    expect(context.http.sent() - before).toBeLessThan(150);
    expect(await rows(db, 'select outcome, unreadable from sync.runs')).toEqual([
      { outcome: 'failed', unreadable: places.length },
    ]);

    for (const id of poisoned) polar.polar.tamper(id, null);
    const deleted = all[5]?.id ?? '';
    polar.polar.deleteLink(deleted);
    expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1, records: 42 });
    expect(await idsOf(db, 'checkout_links')).toEqual(without(all, []));
  },
);

test('one record among hundreds costs some thirty requests', async () => {
  const polar = await startPolar({ links: 250, checkouts: 0 });
  const { sync, context } = syncing(polar, await freshDatabase());
  polar.polar.poison(byAge(polar, 'links')[123]?.id ?? '');
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'failed', records: 249 });
  // Three pages; the page is tried seven times, the source once, and four sizes of parts, each failing one twice.
  expect(context.http.sent()).toBeLessThanOrEqual(3 + 6 + 1 + (2 + 2 + 5 + 5) + 4);
});

test('a source that is down is not asked for parts', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const db = await freshDatabase();
  const { sync, context } = syncing(polar, db, { pageSize: PAGE });
  polar.intercept(() => ({ fault: 'status', status: 500 }));
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'failed', next: 'retry' });
  expect(context.http.sent()).toBeLessThanOrEqual(7 + 2);
});

test('a source that answers, but can show no record at all, is not asked for each', async () => {
  const polar = await startPolar({ links: 430, checkouts: 0 });
  const db = await freshDatabase();
  const { sync, context } = syncing(polar, db);
  for (const { id } of byAge(polar, 'links')) polar.polar.poison(id);
  const run = await sync('polar.checkout_links');
  expect(run).toMatchObject({ outcome: 'failed', next: 'retry', error: expect.stringContaining('(500)') });
  expect(context.http.sent()).toBeLessThan(150);
});

test('records that come and go during the walk are stored beside the one that cannot be read', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db, { pageSize: PAGE, concurrency: 1 });
  const all = byAge(polar, 'links');
  const [poisoned = '', deleted = ''] = [all[17]?.id, all[3]?.id];
  polar.polar.poison(poisoned);
  polar.intercept((_request, index) => {
    if (index === 3) polar.polar.deleteLink(deleted);
    if (index === 5) polar.polar.createLink();
  });
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'failed', tombstoned: 0 });
  polar.intercept(null);
  const stored = await idsOf(db, 'checkout_links');
  for (const id of without(byAge(polar, 'links'), [poisoned, deleted]).slice(0, 42))
    if (all.some((link) => link.id === id)) expect(stored).toContain(id);
});

test('an incremental walk goes around it as well, and the next one reads back no further for it', async () => {
  const polar = await startPolar({ links: 0, checkouts: 300 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db, { pageSize: PAGE });
  await sync('polar.checkouts');
  const [first, second] = [polar.polar.createCheckout(), polar.polar.createCheckout()];
  polar.polar.poison(first.id);
  const run = await sync('polar.checkouts', 'incremental');
  expect(run).toMatchObject({ mode: 'incremental', outcome: 'failed', inserted: 1, next: 'fail' });
  expect(run.error).toContain(second.id);
  expect(await value(db, 'select count(*)::int from polar.checkouts where id = $1', [second.id])).toBe(1);
  const started = 'select max(walk_started_at)::text from sync.runs where unreadable > 0';
  expect(await value(db, started)).toBe(await value(db, 'select max(walk_started_at)::text from sync.runs'));
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ mode: 'incremental', outcome: 'failed' });
  polar.polar.tamper(first.id, null);
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ outcome: 'complete', inserted: 1 });
});

test('a first walk that had to go around a record is not walked again and again in full', async () => {
  const polar = await startPolar({ links: 0, checkouts: 60 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db, { pageSize: PAGE });
  polar.polar.poison(byAge(polar, 'checkouts')[2]?.id ?? '');
  expect(await sync('polar.checkouts')).toMatchObject({ mode: 'full', outcome: 'failed' });
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ mode: 'incremental', outcome: 'complete' });
});

test('a walk that was stopped after a hole is not complete when it continues', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const db = await freshDatabase();
  const stop = new AbortController();
  const onStep = (step: string, { span }: { span: { unread?: object } }) =>
    step === 'committed' && span.unread ? stop.abort() : undefined;
  const poisoned = byAge(polar, 'links')[3]?.id ?? '';
  polar.polar.poison(poisoned);
  const stopped = await syncing(polar, db, { pageSize: PAGE, concurrency: 1, onStep }).sync(
    'polar.checkout_links',
    'full',
    stop.signal,
  );
  expect(stopped).toMatchObject({ outcome: 'failed', next: 'skip' });
  polar.polar.tamper(poisoned, null);
  const { sync } = syncing(polar, db, { pageSize: PAGE });
  await sync('polar.checkout_links');
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete' });
  expect(await idsOf(db, 'checkout_links')).toHaveLength(43);
});

test('verify compares all that can be read, and says what it could not compare', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const db = await freshDatabase();
  const { sync, verify } = syncing(polar, db, { pageSize: PAGE });
  await sync('polar.checkout_links');
  const all = byAge(polar, 'links');
  polar.polar.poison(all[17]?.id ?? '');
  await db.pool.query('update polar.checkout_links set label = $2 where id = $1', [all[40]?.id, 'changed here']);
  const verified = await verify('polar.checkout_links');
  expect(verified).toMatchObject({ records: 42, different: 1, extra: 0, missing: 0 });
  expect(verified.error).toMatch(/^1 of polar.checkout_links cannot be read/);
});

test('a page that is too large is read in parts, and the walk is complete', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const [db, whole] = [await freshDatabase(), await freshDatabase()];
  await syncing(polar, whole).sync('polar.checkout_links');
  let largest = 0;
  polar.intercept(({ query }) => void (largest = Math.max(largest, Number(query.get('limit') ?? 0))));
  const bytes = JSON.stringify(
    [...polar.polar.links.keys()].slice(0, 15).map((id) => polar.polar.json.link(id)),
  ).length;
  expect(await syncing(polar, db, { mostBytes: bytes }).sync('polar.checkout_links')).toMatchObject({
    outcome: 'complete',
  });
  expect(largest).toBe(100);
  expect(await contents(db)).toEqual(await contents(whole));
});

test('after two runs that died before they stored a page, pages are smaller and come one at a time', async () => {
  const polar = await startPolar({ links: 43, checkouts: 0 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db, { pageSize: PAGE });
  const limits = () => Math.max(...polar.requests.splice(0).map(({ query }) => Number(query.get('limit'))));
  const die = (stored: number) =>
    db.pool.query(
      `insert into sync.runs (account, stream, mode, list, walk_id, started_at, records) values
         ('default', 'polar.checkout_links', 'full', 'any', gen_random_uuid(), now(), $1)`,
      [stored],
    );
  await die(0);
  expect([await sync('polar.checkout_links'), limits()]).toMatchObject([{ outcome: 'complete', records: 43 }, PAGE]);
  for (const stored of [0, 5, 0]) await die(stored);
  expect([await sync('polar.checkout_links'), limits()]).toMatchObject([{ outcome: 'complete', records: 43 }, PAGE]);
  for (const stored of [0, 0, 0]) await die(stored);
  expect([await sync('polar.checkout_links'), limits()]).toMatchObject([{ outcome: 'complete', records: 43 }, 2]);
  expect([await sync('polar.checkout_links'), limits()]).toMatchObject([{ outcome: 'complete', records: 43 }, PAGE]);
});

test('a record that fails by its id is gone around where there is no list', async () => {
  const fynn = await startFynn({ links: 12, prices: 30 });
  const db = await freshDatabase();
  const { sync, context } = syncingFynn(fynn, db);
  await sync('fynn.price_plans');
  const ids = [...fynn.fynn.links.keys()];
  const poisoned = ids[4] ?? '';
  fynn.intercept(({ path }) => (path.endsWith(poisoned) ? { fault: 'status', status: 500 } : undefined));
  const run = await sync('fynn.checkout_links');
  expect(run).toMatchObject({ outcome: 'failed', next: 'fail', tombstoned: 0, records: 11 });
  expect(run.error).toContain(`id ${poisoned}`);
  fynn.intercept(null);
  expect(await sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', records: 12 });
  const before = context.http.sent();
  fynn.intercept(() => ({ fault: 'status', status: 500 }));
  expect(await sync('fynn.checkout_links')).toMatchObject({ outcome: 'failed', next: 'retry' });
  expect(context.http.sent() - before).toBeLessThan(12);
});
