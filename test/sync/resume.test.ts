import { expect, test } from 'vitest';
import { runStreams } from '../../src/operations/sync-streams.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { value } from '../support/records.ts';

const equal = { error: undefined, missing: 0, extra: 0, different: 0 };
const PAGES = 7;
const SESSIONS = 10 * PAGES - 3;

/** Makes a walk that is under way look as if it had been begun so much earlier. */
const age = (db: Database, span: string) =>
  db.pool.query(
    `update sync.checkpoints set started_at = started_at - interval '${span}', updated_at = updated_at - interval '${span}',
       source_started_at = source_started_at - interval '${span}'`,
  );

const storedPages = async (db: Database) => Number(await value(db, 'select pages from sync.checkpoints'));

/** Sessions whose full walk was stopped in the midst of its seven pages, and then changed on a page that is stored. */
async function stopped() {
  const [simulator, db] = [await startPolar({ links: 0, checkouts: SESSIONS }), await freshDatabase()];
  const stop = new AbortController();
  const onStep = (step: string) =>
    void (step === 'fetched' && (fetched += 1) === 3 && stop.abort(new Error('stopped')));
  let fetched = 0;
  const first = syncing(simulator, db, { pageSize: 10, concurrency: 1, onStep });
  expect(await first.sync('polar.checkouts', 'full', stop.signal)).toMatchObject({ outcome: 'failed' });
  const [seen] = [...(await db.pool.query<{ ids: string[] }>('select ids from sync.seen_pages where number = 1')).rows];
  simulator.polar.tamper(seen?.ids[0] ?? '', (record) => ({ ...record, customer_name: 'Changed since' }));
  simulator.requests.length = 0;
  const left = PAGES - (await storedPages(db));
  expect([1, 2, 3, 4]).toContain(left);
  return { simulator, db, left, ...syncing(simulator, db, { pageSize: 10, concurrency: 1 }) };
}

test.each(['30 days', '25 hours', '-1 day'])(
  'a walk begun %s ago proves nothing: what is missing of it is read, then all of it, and the tables equal the source',
  async (span) => {
    const { simulator, db, left, sync, verify } = await stopped();
    await age(db, span);
    const run = await sync('polar.checkouts');
    expect(run).toMatchObject({
      outcome: 'complete',
      records: SESSIONS,
      requests: left + PAGES,
    });
    expect(simulator.requests).toHaveLength(run.requests);
    expect(await verify('polar.checkouts')).toMatchObject(equal);
    expect(
      await value(db, `select walk_started_at > now() - interval '1 hour' from sync.runs where outcome = 'complete'`),
    ).toBe(true);
    expect(await value(db, 'select count(*)::int from sync.checkpoints')).toBe(0);
    expect(await value(db, 'select count(*)::int from sync.seen_pages')).toBe(0);
  },
);

test.each(['5 minutes', '20 hours', '1 day'])(
  'a walk begun %s ago goes on, and no stored page is asked for again',
  async (span) => {
    const { db, left, sync } = await stopped();
    await age(db, span);
    expect(await sync('polar.checkouts')).toMatchObject({ outcome: 'complete', requests: left });
  },
);

test('an old walk that is interrupted again keeps its pages: a backfill of days comes to its end', async () => {
  const { simulator, db, context, left, sync } = await stopped();
  await age(db, '30 days');
  const stop = new AbortController();
  const onStep = (step: string) => void (step === 'fetched' && stop.abort(new Error('stopped')));
  const again = syncing(simulator, db, { ...context, pageSize: 10, concurrency: 1, onStep });
  expect(await again.sync('polar.checkouts', 'full', stop.signal)).toMatchObject({ outcome: 'failed' });
  const missing = PAGES - (await storedPages(db));
  expect(missing).toBeLessThan(left);
  expect(await sync('polar.checkouts')).toMatchObject({ outcome: 'complete', requests: missing + PAGES });
});

test('the command sync walks again when it went on with a walk begun an hour ago: its tables equal the source', async () => {
  const { simulator, db, context, left, verify } = await stopped();
  const config = parseConfig({ POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url });
  const chosen = context.source.streams
    .filter(({ name }) => name === 'polar.checkouts')
    .map((stream) => ({ source: context.source, stream: { ...stream, pageSize: 10 } }));
  const opened = { config, db, log: createLogger('silent') };
  const signal = new AbortController().signal;
  await age(db, '1 hour');
  const [run] = await runStreams(opened, chosen, { mode: 'full' }, signal);
  expect(run).toMatchObject({ outcome: 'complete', requests: left + PAGES });
  expect(await verify('polar.checkouts')).toMatchObject(equal);
});

test('records that are asked for by id, and lists without an order, are read again after a month', async () => {
  const [simulator, db] = [await startFynn(), await freshDatabase()];
  const stop = new AbortController();
  const onStep = (step: string) => void (step === 'committed' && stop.abort(new Error('stopped')));
  for (const name of ['fynn.checkout_links', 'fynn.price_plans'] as const)
    await syncingFynn(simulator, db, { concurrency: 1, pageSize: 3, onStep }).sync(name, stop.signal);
  expect(await value(db, 'select sum(pages)::int from sync.checkpoints')).toBeGreaterThan(0);
  await age(db, '30 days');
  for (const id of simulator.fynn.links.keys()) simulator.fynn.updateLink(id, { slug: `changed-${id.slice(0, 8)}` });
  const { syncAll } = syncingFynn(simulator, db, { pageSize: 3 });
  for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete' });
  expect(await fynnDifferences(simulator, db)).toEqual([]);
});
