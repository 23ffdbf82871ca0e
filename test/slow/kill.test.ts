import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startFynnSimulator, type FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';
import { until } from '../support/service.ts';

const size = { links: 0, checkouts: 530, requestsPerMinute: null };
const script = fileURLToPath(new URL('../support/killed-run.ts', import.meta.url));
const loading = fileURLToPath(new URL('../../src/module-hooks.ts', import.meta.url));

let polar: Simulator;
let fynn: FynnSimulator;
beforeAll(async () => {
  polar = await startSimulator(size);
  fynn = await startFynnSimulator({ links: 9, prices: 20 });
  return async () => {
    await polar.close();
    await fynn.close();
  };
});

/** A stream to be walked and killed, with the simulator it comes from and the settings that connect to that. */
interface Victim {
  stream: string;
  simulator: Pick<Simulator, 'intercept'>;
  settings: Record<string, string>;
}

const sessions = (): Victim => ({
  stream: 'polar.checkouts',
  simulator: polar,
  settings: { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url },
});

const links = (simulator = fynn): Victim => ({
  stream: 'fynn.checkout_links',
  simulator,
  settings: { FYNN_API_KEY: simulator.apiKey, FYNN_API_URL: simulator.url },
});

/** Starts a run, kills it at the step of the page, and waits until it is gone. */
async function killedAt(
  db: Database,
  { stream, simulator, settings }: Victim,
  step: string,
  page: number,
): Promise<void> {
  const start = (atStep: string, atPage: number): ChildProcess => {
    const kill = { TEST_KILL_STREAM: stream, TEST_KILL_STEP: atStep, TEST_KILL_PAGE: String(atPage) };
    const env = { ...process.env, DATABASE_URL: db.url, ...settings, ...kill };
    return spawn(process.execPath, ['--import', loading, script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const stops: Record<string, () => Promise<ChildProcess>> = {
    'before the fetch': async () => {
      const child = start('none', 0);
      let arrived = 0;
      simulator.intercept(() => void ((arrived += 1) === page && child.kill('SIGKILL')));
      return child;
    },
    'after the fetch': async () => start('fetched', page),
    'inside the transaction': async () => {
      await db.pool.query(`
        create function sync.linger() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return new; end $$;
        create trigger linger before insert on sync.seen_pages for each row when (new.number = ${page}) execute function sync.linger()`);
      const child = start('none', 0);
      const isLingering = `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
      await until('the page is being written', async () => {
        if (child.exitCode !== null) throw new Error('the run ended too early');
        return (await value(db, isLingering)) === 1;
      });
      child.kill('SIGKILL');
      return child;
    },
    'after the commit': async () => start('committed', page),
  };
  const child = await stops[step]?.();
  if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  simulator.intercept(null);
  expect(child?.signalCode, `${step} of page ${page}`).toBe('SIGKILL');
  await db.pool.query('drop trigger if exists linger on sync.seen_pages; drop function if exists sync.linger');
}

/** Makes everything that the killed run left behind look older. */
async function age(db: Database, span: string): Promise<void> {
  await db.pool.query(`
    update sync.checkpoints set started_at = started_at - interval '${span}', updated_at = updated_at - interval '${span}';
    update sync.runs set started_at = started_at - interval '${span}';
    update sync.walk_leases set acquired_at = acquired_at - interval '${span}', expires_at = expires_at - interval '${span}'`);
}

let held: Promise<Record<string, unknown[]>> | undefined;

/** What a walk that nothing disturbs stores. */
const contentsOfPolar = () =>
  (held ??= (async () => {
    const db = await freshDatabase();
    await syncing(polar, db).sync('polar.checkouts');
    return contents(db);
  })());

interface Request {
  order: string;
  page: number;
}

async function storedPages(db: Database): Promise<Request[]> {
  const spans = await rows(db, `select span->>'leg' as leg, (span->>'page')::int as page from sync.seen_pages`);
  return spans.map(({ leg, page }) => ({ order: leg === 'head' ? '-created_at' : 'created_at', page: Number(page) }));
}

const steps = ['before the fetch', 'after the fetch', 'inside the transaction', 'after the commit'];
const cases = steps.flatMap((step) =>
  [1, 2, 5].map((page) => [step, page, ['1 second', '6 minutes', '1 day'][page % 3]] as const),
);

test.each(cases)(
  'killed %s of page %i, a run started %s later goes on there and ends equal to the source',
  async (step, page, span = '') => {
    const db = await freshDatabase();
    await killedAt(db, sessions(), step, page);
    await age(db, span);
    const stored = await storedPages(db);
    polar.requests.length = 0;
    const run = await syncing(polar, db).sync('polar.checkouts');
    expect(run).toMatchObject({ outcome: 'complete', mode: 'full' });
    const asked = polar.requests.map(({ query }) => ({ order: query.get('sorting'), page: Number(query.get('page')) }));
    for (const request of stored) expect(asked).not.toContainEqual(request);
    expect(stored.length + asked.length).toBe(6);
    expect(await contents(db)).toEqual(await contentsOfPolar());
    expect(await rows(db, 'select outcome, error from sync.runs order by id')).toEqual([
      { outcome: 'interrupted', error: 'the process ended before the run did' },
      { outcome: 'complete', error: null },
    ]);
    expect(await value(db, 'select count(*)::int from sync.checkpoints')).toBe(0);
  },
);

const stored = `select id from fynn.checkout_links order by 1`;

test.each([
  ['before the fetch', 1, '1 second', 0],
  ['before the fetch', 7, '6 minutes', 1],
  ['after the fetch', 5, '1 day', 4],
  ['inside the transaction', 2, '6 minutes', 1],
  ['after the commit', 5, '1 second', 5],
] as const)(
  'killed %s of record %i, a walk by ids started %s later asks for none again that is stored, and ends equal to the source',
  async (step, page, span, least) => {
    const db = await freshDatabase();
    await killedAt(db, links(), step, page);
    await age(db, span);
    const before = (await rows(db, stored)).map(({ id }) => `/checkout-links/${String(id)}`);
    expect(before.length).toBeGreaterThanOrEqual(least);
    fynn.requests.length = 0;
    const { sync, syncAll } = syncingFynn(fynn, db);
    expect(await sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', records: 9 - before.length });
    const asked = fynn.requests.map(({ path }) => path);
    const others = [...fynn.fynn.links.keys()].map((id) => `/checkout-links/${id}`);
    const lists = before.length > 0 ? ['/price-plans'] : ['/checkout-links', '/price-plans'];
    expect(asked.toSorted()).toEqual([...lists, ...others.filter((path) => !before.includes(path))].toSorted());
    expect((await rows(db, 'select outcome from sync.runs order by id')).map(({ outcome }) => outcome)).toEqual([
      'interrupted',
      'complete',
    ]);
    expect(await value(db, 'select count(*)::int from sync.checkpoints')).toBe(0);
    for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete', tombstoned: 0 });
    expect(await fynnDifferences(fynn, db)).toEqual([]);
  },
);

test('records of a walk that only a killed run read were there: when all of them are gone, all get their tombstones', async () => {
  const db = await freshDatabase();
  const simulator = await startFynn({ links: 3, prices: 9 });
  await killedAt(db, links(simulator), 'after the commit', 3);
  for (const id of simulator.fynn.links.keys()) simulator.fynn.deleteLink(id);
  const { syncAll } = syncingFynn(simulator, db);
  for (let walk = 1; walk <= 2; walk++) for (const { outcome } of await syncAll()) expect(outcome).toBe('complete');
  expect(await rows(db, `select records from sync.runs where stream = 'fynn.checkout_links' order by id`)).toEqual([
    { records: 3 },
    { records: 0 },
    { records: 0 },
  ]);
  expect(await fynnDifferences(simulator, db)).toEqual([]);
});
