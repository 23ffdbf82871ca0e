import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { afterEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { run } from '../support/run.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { backends, queueSettings, startServiceProcess, until } from '../support/service.ts';
import { SHORT_SCHEDULES, untilWalked } from '../support/walks.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close(); // before the database is dropped
});

/** Another application, whose queue has the name that ours has on Redis, with the default prefix. */
async function startForeign(db: Database, redisUrl: string | undefined) {
  const done: unknown[] = [];
  const process = async ({ data }: { data: unknown }) => ({ number: done.push(data) });
  const onPostgres = { connection: { connectionString: db.url, schema: 'bullmq', migrate: true } };
  const onRedis = { connection: { url: redisUrl ?? '' } };
  const queue =
    redisUrl === undefined ? new Queue('sync', onPostgres, createPostgresBackend) : new Queue('sync', onRedis);
  closers.push(() => queue.close());
  await queue.waitUntilReady();
  const worker =
    redisUrl === undefined
      ? new Worker('sync', process, onPostgres, createPostgresBackend)
      : new Worker('sync', process, onRedis);
  closers.push(() => worker.close());
  await queue.upsertJobScheduler('heartbeat', { every: 1000 }, { name: 'heartbeat', data: { beat: true } });
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'mail', data: { to: 'all' } });
  await queue.add('mail', { to: 'one' });
  await queue.add('mail', { to: 'later' }, { delay: 3_600_000 });
  return { queue, done };
}

/** A merchant, a database, and a worker for both. */
async function deploy(seed: number, settings: Record<string, string>) {
  const polar = await startPolar({ seed, links: 30 + seed, checkouts: 300 });
  const db = await freshDatabase();
  const own = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...SHORT_SCHEDULES };
  const start = () => startServiceProcess({ ...own, ...settings });
  return { polar, db, start, settings: { ...own, ...settings } };
}

const storedLinks = async (db: Database) =>
  new Set((await rows(db, 'select id::text from polar.checkout_links where deleted_at is null')).map(({ id }) => id));

describe.each(backends)('on one queue server, %s', (backend) => {
  test('two deployments and another application leave each other alone, and all their schedules go on', async () => {
    const shared = await queueSettings(backend);
    const deployments = [await deploy(1, shared), await deploy(2, shared)] as const;
    const { queue, done } = await startForeign(deployments[0].db, shared.REDIS_URL);
    const workers = await Promise.all(deployments.map(({ start }) => start()));
    for (const { polar } of deployments) polar.live({ perSecond: 5 });
    await Promise.all(deployments.map(({ db }) => untilWalked(db, 3)));

    // Who comes back finds its own schedules, and nobody else's.
    workers[0]?.kill('SIGTERM');
    expect(await workers[0]?.ended).toBe(0);
    const again = await deployments[0].start();
    const beats = done.length;
    for (const { polar } of deployments) polar.live(null);
    await Promise.all(deployments.map(({ db }) => untilWalked(db, 3)));
    await until('the heart of the other application beats on', () => done.length > beats + 3);

    expect(new Set(done.map((data) => JSON.stringify(data)))).toEqual(new Set(['{"beat":true}', '{"to":"one"}']));
    expect(done.filter((data) => JSON.stringify(data) === '{"to":"one"}')).toHaveLength(1);
    expect((await queue.getJobSchedulers()).map(({ key }) => key).toSorted()).toEqual(['heartbeat', 'nightly']);
    expect((await queue.getDelayed()).map(({ data }) => data)).toContainEqual({ to: 'later' });
    for (const job of await queue.getCompleted()) expect(job.returnvalue).toEqual({ number: expect.any(Number) });
    expect(await queue.getFailedCount()).toBe(0);
    for (const { polar, db, settings } of deployments) {
      const { code, stdout } = await run(['verify'], settings);
      expect(code, stdout).toBe(0);
      const living = [...polar.polar.links.values()].filter((link) => link.deleted_at === null);
      expect(await storedLinks(db)).toEqual(new Set(living.map(({ id }) => id)));
      const checks = await run(['doctor'], settings);
      expect(checks.code, checks.stdout).toBe(0);
    }
    for (const { url } of [again, ...workers.slice(1)]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(
      [...(await storedLinks(deployments[0].db))].filter((id) => deployments[1].polar.polar.links.has(String(id))),
    ).toEqual([]);
  });
});
