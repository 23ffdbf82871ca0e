import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { unlikeFresh } from '../support/fresh.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { startProxy } from '../support/proxy.ts';
import { rows, value } from '../support/records.ts';
import { startRedis } from '../support/redis.ts';
import { backends, queueSettings, startServiceProcess, until } from '../support/service.ts';

const connect = (polar: Simulator, url: string) => ({
  DATABASE_URL: url,
  POLAR_ACCESS_TOKEN: polar.token,
  POLAR_API_URL: polar.url,
});

const isComplete = async (db: Database, stream = 'polar.checkouts') =>
  Number(
    await value(
      db,
      `select count(*)::int from sync.runs where outcome = 'complete' and mode = 'full' and stream = $1`,
      [stream],
    ),
  ) > 0;

/** Stops the live traffic, walks once more, and compares. */
async function compareQuietly(polar: Simulator, db: Database): Promise<string[]> {
  polar.live(null);
  const { sync } = syncing(polar, db);
  for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const)
    await until(`${stream} is walked once more`, async () => (await sync(stream)).outcome === 'complete');
  return unlikeFresh(polar, db);
}

describe.each(backends)('with the queue on %s', (backend) => {
  test('three workers use the budget of one, no 429 at all, each page once, and end equal to the source', async () => {
    // So small a budget that a busy machine spends a slice of it as well.
    const [budget, limit] = [60, 67];
    const polar = await startPolar({ links: 150, checkouts: 4000, requestsPerMinute: limit });
    const db = await freshDatabase();
    const settings = {
      ...connect(polar, db.url),
      ...(await queueSettings(backend)),
      POLAR_REQUESTS_PER_MINUTE: String(budget),
    };
    const workers = await Promise.all([1, 2, 3].map(() => startServiceProcess(settings)));
    await until('the sessions are stored', () => isComplete(db));
    await until('the links are stored', () => isComplete(db, 'polar.checkout_links'));
    const walking = polar.requests.filter(
      ({ path, query }) => path === '/v1/checkouts/' && query.get('sorting') === 'created_at' && !query.has('status'), // of an incremental walk
    );
    expect(polar.requests.filter(({ status }) => status === 429)).toEqual([]);
    const pages = walking.map(({ query }) => query.get('page'));
    expect(new Set(pages).size).toBe(pages.length);
    expect(mostInSlice(polar)).toBeGreaterThanOrEqual(budget / 10);
    for (const { kill } of workers) kill('SIGTERM');
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await compareQuietly(polar, db)).toEqual([]);
  });

  test('a worker that was stopped past its lease commits nothing when it wakes up, and its walk was finished by another', async () => {
    const polar = await startPolar({ links: 10, checkouts: 3000 });
    const db = await freshDatabase();
    const settings = { ...connect(polar, db.url), ...(await queueSettings(backend)) };
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    polar.intercept(async ({ query }) => {
      if (query.get('page') !== '8' || query.get('sorting') !== 'created_at') return;
      reached.resolve();
      await gate.promise;
    });
    const first = await startServiceProcess(settings);
    await reached.promise;
    const second = await startServiceProcess(settings);
    first.kill('SIGSTOP');
    gate.resolve();
    await until('another worker finished the walk', () => isComplete(db));
    polar.polar.updateCheckout([...polar.polar.checkouts.keys()][0] ?? '', { customer_name: 'Newer' });
    const runsBefore = await rows(db, 'select id, outcome, pages from sync.runs order by id');
    first.kill('SIGCONT');
    await until('it finds out', () => first.log().includes('took over'));
    expect(
      (await rows(db, 'select id, outcome, pages from sync.runs order by id')).slice(0, runsBefore.length),
    ).toEqual(runsBefore);
    const complete = `select count(*)::int from sync.runs where stream = 'polar.checkouts' and mode = 'full' and outcome = 'complete'`;
    expect(await value(db, complete)).toBe(1); // the stalled job of the first worker came back meanwhile: it found nothing to do
    for (const { kill } of [first, second]) kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await compareQuietly(polar, db)).toEqual([]);
  });

  test('a Postgres that is killed and comes back in the middle of a walk: ends equal, without hands', async () => {
    const directory = join(await mkdtemp(join(tmpdir(), 'checkout-sync-crash-')), 'postgres');
    onTestFinished(() => rm(join(directory, '..'), { recursive: true, force: true }));
    const first = await startEmbedded(directory);
    const proxy = await startProxy(Number(new URL(first.tcpUrl).port));
    onTestFinished(() => proxy.close());
    const db = await openDatabase(proxy.through(first.tcpUrl));
    await migrate(db);
    const polar = await startPolar({ links: 30, checkouts: 6000 });
    polar.live({ perSecond: 20 });
    const settings = { ...connect(polar, db.url), ...(await queueSettings(backend)), POLAR_REQUESTS_PER_MINUTE: '600' };
    const worker = await startServiceProcess(settings);
    await until(
      'a part is stored',
      async () => Number(await value(db, 'select count(*)::int from polar.checkouts')) > 1000,
    );
    const [postmaster = ''] = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(postmaster), 'SIGKILL');
    proxy.cut();
    await until('it says that it is not ready', async () => (await fetch(`${worker.url}/readyz`)).status === 503);
    await pause(15_000); // longer than a transaction is tried again
    const second = await startEmbedded(directory);
    onTestFinished(() => second.close());
    proxy.target(Number(new URL(second.tcpUrl).port));
    proxy.mend();
    await until('it is ready again', async () => (await fetch(`${worker.url}/readyz`)).status === 200);
    await until('the walk is complete', () => isComplete(db));
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(await compareQuietly(polar, db)).toEqual([]);
    await db.close();
  });
});

test('a Redis that is restarted empty in the middle of a walk: schedules are restored, ends equal, without hands', async () => {
  const redis = await startRedis();
  if (!redis) throw new Error('this needs a redis-server on the PATH, or Docker');
  onTestFinished(() => redis.stop());
  const polar = await startPolar({ links: 30, checkouts: 6000 });
  polar.live({ perSecond: 20 });
  const db = await freshDatabase();
  const settings = { ...connect(polar, db.url), REDIS_URL: redis.url, POLAR_REQUESTS_PER_MINUTE: '600' };
  const worker = await startServiceProcess({ ...settings, SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 5s' });
  await until(
    'a part is stored',
    async () => Number(await value(db, 'select count(*)::int from polar.checkouts')) > 1000,
  );
  await redis.restart();
  await until('the schedules are restored', () => worker.log().includes('restored them'));
  await until('the walk is complete', () => isComplete(db));
  const before = Number(await value(db, `select count(*)::int from sync.runs where mode = 'incremental'`));
  await until(
    'the schedules go on',
    async () =>
      Number(
        await value(db, `select count(*)::int from sync.runs where mode = 'incremental' and outcome = 'complete'`),
      ) > before,
  );
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await compareQuietly(polar, db)).toEqual([]);
});

test('while Redis is away the pages answer, and say so', async () => {
  const redis = await startRedis();
  if (!redis) throw new Error('this needs a redis-server on the PATH, or Docker');
  onTestFinished(() => redis.stop());
  const proxy = await startProxy(Number(new URL(redis.url).port));
  onTestFinished(() => proxy.close());
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 20 })];
  const worker = await startServiceProcess({ ...connect(polar, db.url), REDIS_URL: proxy.through(redis.url) });
  await until('the sessions are stored', () => isComplete(db));
  const ask = (path: string) => fetch(worker.url + path, { signal: AbortSignal.timeout(60_000) });
  for (const breakIt of [proxy.cut, proxy.freeze]) {
    breakIt();
    expect((await ask('/readyz')).status).toBe(503);
    expect(await (await ask('/metrics')).text()).toContain('checkout_sync_freshness_seconds');
    expect(await (await ask('/status.json')).json()).toMatchObject({
      queue: { backend: 'redis', error: expect.any(String) },
    });
    proxy.mend();
    await until('it is ready again', async () => (await ask('/readyz')).status === 200);
  }
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
});

/** The most requests that came within six seconds, which a slice of the budget lasts. */
function mostInSlice({ requests }: Simulator): number {
  const times = requests.map(({ at }) => Date.parse(at));
  return Math.max(...times.map((first) => times.filter((time) => time >= first && time < first + 6000).length));
}
