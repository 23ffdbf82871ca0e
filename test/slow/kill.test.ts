import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startFynnSimulator, type FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { KILL_STEPS, killedAt, makeOlder, type Victim } from '../support/kill.ts';
import { syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';

const size = { links: 0, checkouts: 530, requestsPerMinute: null };

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

let held: Promise<Record<string, unknown[]>> | undefined;

/** Returns the rows that an undisturbed walk stores. */
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

const cases = KILL_STEPS.flatMap((step) =>
  [1, 2, 5].map((page) => [step, page, ['1 second', '6 minutes', '1 day'][page % 3]] as const),
);

test.each(cases)(
  'killed %s of page %i, a run started %s later goes on there and ends equal to the source',
  async (step, page, span = '') => {
    const db = await freshDatabase();
    await killedAt(db, sessions(), step, page);
    await makeOlder(db, span);
    const stored = await storedPages(db);
    polar.requests.length = 0;
    const run = await syncing(polar, db).sync('polar.checkouts');
    expect(run).toMatchObject({ outcome: 'complete', mode: 'full' });
    // A run that finds all pages stored asks for a single record, to learn whether its token is still shown any.
    const pages = polar.requests.filter(({ query }) => query.get('limit') !== '1');
    const asked = pages.map(({ query }) => ({ order: query.get('sorting'), page: Number(query.get('page')) }));
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
  ['before the fetch', 7, '6 minutes', 0],
  ['after the fetch', 7, '1 day', 1],
  ['inside the transaction', 2, '6 minutes', 1],
  ['after the commit', 5, '1 second', 5],
] as const)(
  'killed %s of record %i, a walk by ids started %s later asks for none again that is stored, and ends equal to the source',
  async (step, page, span, least) => {
    const db = await freshDatabase();
    await killedAt(db, links(), step, page);
    await makeOlder(db, span);
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
