import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { later, MINUTE, SECOND } from '../../src/simulator/instants.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import type { Run } from '../../src/sync/sync.ts';
import { freshDatabase } from '../support/database.ts';
import { syncing } from '../support/polar.ts';

const START = '2026-03-01T12:00:00.000001Z';

/** Creation dates by position: a second apart; the same between two positions; or the same in groups, a minute apart. */
const apart = (index: number) => later(START, index * SECOND);
const oneGroup = (from: number, to: number) => (index: number) => apart(index >= from && index < to ? from : index);
const inGroupsOf = (size: number) => (index: number) => later(START, Math.floor(index / size) * MINUTE);

/** A list of links and how it is read. */
interface Setting extends SimulatorOptions {
  count: number;
  pageSize?: number;
  concurrency?: number;
  createdAt?: (index: number) => string;
  /** Fault of every response. */
  fault?: Fault | undefined;
  /** True if an earlier walk has stored everything. */
  isKnown?: boolean;
}

/**
 * The moment before the rows of a request are read, or the one between reading and sending them; `boundary` is the position of
 * a page's first record.
 */
interface Moment {
  boundary: number;
  request: number;
  hook: 'intercept' | 'afterRead';
}

/** Changes the list at a moment; may return another change, for the next request. */
type Move = (simulator: Simulator, ids: readonly string[], moment: Moment) => void | (() => void);

/**
 * A walk that has ended, with the records that it missed of those listed throughout, and those that it wrongly marked as
 * deleted.
 */
interface Walked {
  run: Run;
  missed: string[];
  tombstoned: string[];
}

/** Links of one plain product, so that pages are small; their ids in the list's order. */
async function organization({ count, createdAt = apart, ...options }: Setting): Promise<[Simulator, string[]]> {
  const simulator = await startSimulator({ ...options, links: 0, checkouts: 0, requestsPerMinute: null });
  const { id } = simulator.polar.createProduct();
  simulator.polar.addPrice(id);
  const plain = { product_ids: [id], discount_id: null };
  const ids = Array.from(
    { length: count },
    (_, index) => simulator.polar.createLink({ ...plain, created_at: createdAt(index) }).id,
  );
  return [simulator, ids];
}

async function walk(db: Database, setting: Setting, move?: Move, moment?: Moment): Promise<Walked> {
  await db.pool.query(`truncate polar.checkout_links, sync.accounts, sync.checkpoints, sync.seen_pages cascade`);
  const [simulator, ids] = await organization(setting);
  const { pageSize = 100, concurrency = 1, fault, isKnown } = setting;
  const { sync } = syncing(simulator, db, { pageSize, concurrency });
  try {
    if (isKnown) await sync('polar.checkout_links');
    const first = simulator.requests.length;
    let next: void | (() => void);
    const act = (hook: Moment['hook'], request: number) => {
      if (moment?.hook !== hook) return;
      if (moment.request === request - first) next = move?.(simulator, ids, moment);
      if (moment.request === request - first - 1) next?.();
    };
    simulator.intercept((_, request) => {
      act('intercept', request);
      return fault;
    });
    simulator.afterRead((_, request) => act('afterRead', request));
    const run = await sync('polar.checkout_links');
    return { run, ...(await leftBy(db, simulator, ids)) };
  } finally {
    await simulator.close();
  }
}

/** Does work for each item, two at a time, each on a database of its own; rejects with the first failure. */
async function forEach<T>(items: Iterable<T>, work: (db: Database, item: T) => Promise<void>): Promise<void> {
  const queue = [...items].values();
  const workers = Array.from({ length: 2 }, async () => {
    const db = await freshDatabase();
    for (const item of queue) await work(db, item);
  });
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function leftBy({ pool }: Database, { polar }: Simulator, ids: readonly string[]): Promise<Omit<Walked, 'run'>> {
  const { rows } = await pool.query<{ id: string; gone: boolean }>(
    'select id, deleted_at is not null as gone from polar.checkout_links',
  );
  const stored = new Map(rows.map(({ id, gone }) => [id, gone]));
  const listed = ids.filter((id) => polar.links.get(id)?.deleted_at === null);
  return { missed: listed.filter((id) => !stored.has(id)), tombstoned: listed.filter((id) => stored.get(id)) };
}

const whole = { run: { outcome: 'complete' }, missed: [], tombstoned: [] };
const quietRequests = (count: number, pageSize = 100) => Math.ceil(count / pageSize) + 2;

/** A record on the page before the boundary: another place on it with each request. */
const before = (ids: readonly string[], boundary: number, request: number) =>
  ids[Math.max(0, boundary - 1 - request * 7)] ?? '';

function create({ polar }: Simulator, created_at = polar.clock.now()): void {
  polar.createLink({ product_ids: [...polar.products.keys()].slice(-1), discount_id: null, created_at });
}

const dateOf = ({ polar }: Simulator, id: string | undefined) => polar.links.get(id ?? '')?.created_at ?? START;

const MOVES: Record<string, Move> = {
  'one record of an earlier page goes and one comes, so that the totals stay equal': (
    simulator,
    ids,
    { boundary, request },
  ) => {
    simulator.polar.deleteLink(before(ids, boundary, request));
    create(simulator);
  },
  'one record of an earlier page goes': ({ polar }, ids, { boundary, request }) =>
    void polar.deleteLink(before(ids, boundary, request)),
  'one record of an earlier page goes, and a request later an older one comes': (simulator, ids, moment) => {
    simulator.polar.deleteLink(before(ids, moment.boundary, moment.request));
    return () => create(simulator, dateOf(simulator, ids[moment.boundary + 2]));
  },
  'one record comes between the two at a page boundary': (simulator, ids, { boundary }) =>
    create(simulator, later(dateOf(simulator, ids[boundary - 1]), SECOND / 2)),
  'one record comes with the date of the last one of a page': (simulator, ids, { boundary }) =>
    create(simulator, dateOf(simulator, ids[boundary - 1])),
  'one record comes with the date of the first one of a page': (simulator, ids, { boundary }) =>
    create(simulator, dateOf(simulator, ids[boundary])),
};

/** Every page boundary, that of the newest page included, and every moment between two requests of the walk, its ends included. */
function momentsOf({ count, pageSize = 100 }: Setting): Moment[] {
  const pages = Array.from({ length: Math.ceil(count / pageSize) - 1 }, (_, page) => (page + 1) * pageSize);
  const requests = Array.from({ length: quietRequests(count, pageSize) + 1 }, (_, request) => request);
  return [...new Set([...pages, count - pageSize])].flatMap((boundary) => [
    { boundary, request: 0, hook: 'intercept' as const },
    ...requests.map((request) => ({ boundary, request, hook: 'afterRead' as const })),
  ]);
}

const SETTINGS: [string, Setting][] = [
  ['450 records', { count: 450 }],
  ['45 records on pages of 10 read side by side', { count: 45, pageSize: 10, concurrency: 12 }],
  ['25 known records on pages of 10', { count: 25, pageSize: 10, isKnown: true }],
];
const MOVED = SETTINGS.flatMap(([records, setting]) =>
  Object.entries(MOVES).map(([what, move]) => [records, what, setting, move] as const),
);

test.each(MOVED)(
  'of %s none is missed or marked as deleted when %s, wherever and whenever',
  (_records, _what, setting, move) =>
    forEach(momentsOf(setting), async (db, moment) => {
      expect({ moment, ...(await walk(db, setting, move, moment)) }).toMatchObject({ moment, ...whole });
    }),
);

test.each(Object.entries(MOVES))(
  'on pages of 3 no walk ends as complete with a record missed when %s',
  async (_, move) => {
    const settings = [5, 8].map((count): Setting => ({ count, pageSize: 3 }));
    const cases = settings.flatMap((setting) => momentsOf(setting).map((moment) => ({ setting, moment })));
    await forEach(cases, async (db, { setting, moment }) => {
      const { run, ...left } = await walk(db, setting, move, moment);
      // No window of three or fewer reaches across every boundary: there the run can only fail, and say so.
      if (run.outcome === 'failed') expect(run.error).toMatch(/changes faster than it can be read/);
      else expect({ setting, moment, ...left }).toEqual({ setting, moment, missed: [], tombstoned: [] });
    });
  },
);

test('records that nothing happens to are read with at most two requests more than they fill pages', async () => {
  const counts = [0, 1, 2, 99, 100, 101, 199, 200, 201, 299, 300, 450, 1099, 1100];
  await forEach(counts, async (db, count) => {
    const walked = await walk(db, { count });
    expect(walked).toMatchObject({ ...whole, run: { outcome: 'complete', records: count, inserted: count } });
    const { requests } = walked.run;
    expect({ count, requests }).toEqual({ count, requests: Math.min(requests, quietRequests(count)) });
  });
});

test.each([
  ['pairs across every boundary', (index: number) => inGroupsOf(2)(index + 1)],
  ['groups of five', inGroupsOf(5)],
  ['groups of five across every boundary', (index: number) => inGroupsOf(5)(index + 2)],
])('records of the same date in an order that changes with every request are all read: %s', async (_, createdAt) => {
  await forEach([1, 2, 3, 4], async (db, seed) => {
    expect({ seed, ...(await walk(db, { count: 450, createdAt, seed })) }).toMatchObject({ seed, ...whole });
  });
});

/** A list, the sizes of the one group of one date in it, and the step of the positions at which the group stands. */
const GROUPS: [Setting & { pageSize: number }, number[], number][] = [
  [{ count: 450, pageSize: 100 }, [50, 100, 101, 130, 250], 50],
  [{ count: 45, pageSize: 10 }, [9, 11, 17, 20, 30], 1],
  [{ count: 45, pageSize: 7 }, [8, 20, 25], 1],
];

test.each(
  GROUPS.flatMap(([setting, sizes, step]) => sizes.map((size) => [size, setting.pageSize, setting, step] as const)),
)(
  'a group of %d records of the same date is read on pages of %d wherever it stands',
  async (size, _, setting, step) => {
    const places = Array.from({ length: Math.floor((setting.count - size) / step) + 1 }, (_, place) => place * step);
    const [missed, failed]: [string[], string[]] = [[], []];
    await forEach(places, async (db, from) => {
      const walked = await walk(db, { ...setting, createdAt: oneGroup(from, from + size), seed: from });
      if (walked.run.outcome === 'failed') failed.push(`from ${from}: ${walked.run.error}`);
      else if (walked.missed.length > 0) missed.push(`from ${from}: ${walked.missed.length}`);
    });
    expect({ missed, failed }).toEqual({ missed: [], failed: [] });
  },
);

test('a list of nothing but records of the same date is read', () =>
  forEach([2, 99, 100, 101, 130, 200, 250], async (db, count) => {
    expect({ count, ...(await walk(db, { count, createdAt: () => START })) }).toMatchObject({ count, ...whole });
  }));

const LIES: [string, Fault | undefined][] = [
  ['as many records as there are', undefined],
  ['no records on no pages', { fault: 'pagination', total_count: 0, max_page: 0 }],
  ['no pages', { fault: 'pagination', max_page: 0 }],
  ['too few', { fault: 'pagination', total_count: 100, max_page: 1 }],
  ['almost as many as there are', { fault: 'pagination', total_count: 449, max_page: 4 }],
  ['too many', { fault: 'pagination', total_count: 1000, max_page: 10 }],
];

test.each(LIES)('totals that tell of %s never end a walk early', (_, fault) =>
  forEach([1, 50, 99, 100, 101, 450], async (db, count) => {
    expect({ count, ...(await walk(db, { count, fault })) }).toMatchObject({ count, ...whole });
  }),
);

test('a server that clamps the limit to 50 is read completely', () =>
  forEach([49, 50, 51, 99, 100, 101, 450], async (db, count) => {
    expect({ count, ...(await walk(db, { count, pageLimit: 50 })) }).toMatchObject({ count, ...whole });
  }));

test.each(LIES)('a server that clamps the limit to 50 and tells of %s misleads no walk in silence', (_, fault) =>
  forEach([49, 50, 51, 99, 100, 101, 450], async (db, count) => {
    const { run, ...left } = await walk(db, { count, pageLimit: 50, fault });
    if (run.outcome === 'complete') expect({ count, ...left }).toEqual({ count, missed: [], tombstoned: [] });
    else expect(run.error).toMatch(/changes faster than it can be read/);
  }),
);

test('an empty organization that claims to hold records is not believed', async () => {
  const fault: Fault = { fault: 'pagination', total_count: 7, max_page: 1 };
  expect(await walk(await freshDatabase(), { count: 0, fault })).toMatchObject({ run: { outcome: 'failed' } });
});
