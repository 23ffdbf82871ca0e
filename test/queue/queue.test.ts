import { isDeepStrictEqual } from 'node:util';
import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import type { Database } from '../../src/database/database.ts';
import { databaseIdentity } from '../../src/database/identity.ts';
import { createLogger } from '../../src/model/log.ts';
import { openQueue, type JobQueue } from '../../src/queue/queue.ts';
import type { WalkJob, JobResult } from '../../src/queue/job.ts';
import { putSchedules, restoreSchedules, scheduleWalks } from '../../src/queue/schedules.ts';
import { countForeign } from '../../src/queue/stored-schedules.ts';
import { freshDatabase } from '../support/database.ts';
import { startProxy } from '../support/proxy.ts';
import { backends, queueSettings, until } from '../support/service.ts';
import { CORE_STREAMS, sourceOf } from '../support/source.ts';

const log = createLogger('silent');
const links: WalkJob = { account: 'default', stream: 'polar.checkout_links', mode: 'full' };
const sessions: WalkJob = { account: 'default', stream: 'polar.checkouts', mode: 'incremental' };
const hourly = { pattern: '0 * * * *' };

/** Handles due walks with these results, in turn. Returns the walks handled so far, as a list that grows. */
async function work(queue: JobQueue, ...endings: JobResult[]): Promise<WalkJob[]> {
  const walked: WalkJob[] = [];
  const stop = await queue.work(({ since: _since, remember: _remember, ...due }) => {
    walked.push(due);
    return Promise.resolve(endings[walked.length - 1] ?? { result: 'done', value: {} });
  }, 4);
  onTestFinished(stop);
  return walked;
}

describe.each(backends)('the queue on %s', (backend) => {
  async function openSeveral(count: number): Promise<JobQueue[]> {
    const settings = await queueSettings(backend);
    const address = { redisUrl: settings.REDIS_URL, prefix: 'checkout-sync-test' };
    const db = await freshDatabase();
    const opened = Array.from({ length: count }, () => openQueue(address, db, log, new AbortController().signal));
    const queues = await Promise.all(opened);
    onTestFinished(async () => void (await Promise.all(queues.map((queue) => queue.close()))));
    return queues;
  }

  async function open(): Promise<JobQueue> {
    const [queue] = await openSeveral(1);
    if (!queue) throw new Error('no queue was opened');
    return queue;
  }

  const counts = async (queue: JobQueue, state: string) => (await queue.counts())[state] ?? 0;

  test('a signal that came before it is opened ends it, and nothing fails later', async () => {
    const settings = await queueSettings(backend);
    const address = { redisUrl: settings.REDIS_URL, prefix: 'checkout-sync-test' };
    const stopped = new Error('stopped before the start');
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => void failures.push(error);
    process.on('unhandledRejection', onFailure);
    onTestFinished(() => void process.off('unhandledRejection', onFailure));
    const opening = openQueue(address, await freshDatabase(), log, AbortSignal.abort(stopped));
    await expect(opening).rejects.toBe(stopped);
    const after = await open(); // whatever the given up one still does, it does meanwhile
    expect(await counts(after, 'waiting')).toBe(0);
    expect(failures).toEqual([]);
  });

  test('what is due is walked, and kept as completed', async () => {
    const queue = await open();
    await queue.add(links);
    const walked = await work(queue);
    await until('the job is completed', async () => (await counts(queue, 'completed')) === 1);
    expect(walked).toEqual([links]);
  });

  test('what several workers make due at the same moment is walked once', async () => {
    const queue = await open();
    await Promise.all([queue.add(links), queue.add(links), queue.add(links), queue.add(sessions)]);
    expect(await counts(queue, 'waiting')).toBe(2);
  });

  test('a failure is tried again later, with a backoff', async () => {
    const queue = await open();
    await queue.add(links);
    await work(queue, { result: 'retry', error: 'the source failed' });
    await until('the job waits', async () => (await counts(queue, 'delayed')) === 1);
    const [job] = await queue.bull.getDelayed();
    expect(job).toMatchObject({ attemptsMade: 1, failedReason: 'the source failed' });
    expect(job?.delay).toBeGreaterThanOrEqual(2500);
  });

  test('what somebody must mend is not tried again, and kept with its reason', async () => {
    const queue = await open();
    await queue.add(links);
    await work(queue, { result: 'fail', error: 'the token is not accepted' });
    await until('the job has failed', async () => (await counts(queue, 'failed')) === 1);
    const [job] = await queue.bull.getFailed();
    expect(job).toMatchObject({ attemptsMade: 1, failedReason: 'the token is not accepted' });
  });

  test('a walk that cannot start now is due again later, and that counts as no failure', async () => {
    const queue = await open();
    await queue.add(links);
    const walked = await work(queue, { result: 'delay', afterMs: 50 });
    await until('the job is completed', async () => (await counts(queue, 'completed')) === 1);
    expect(walked).toEqual([links, links]);
    expect((await queue.bull.getCompleted())[0]).toMatchObject({ attemptsMade: 1 });
  });

  test('a job carries its stream and mode, the progress and the outcome', async () => {
    const queue = await open();
    await queue.add(links);
    const progress = {
      stream: links.stream,
      account: links.account,
      mode: links.mode,
      pages: 3,
      expectedPages: 9,
      records: 300,
      phase: 'walk' as const,
    };
    const stop = await queue.work((_due, onProgress) => {
      onProgress(progress);
      return Promise.resolve({ result: 'done', value: { records: 900 } });
    }, 1);
    onTestFinished(stop);
    const completed = async () => (await queue.bull.getCompleted())[0];
    await until('the job is completed and has its progress', async () => Boolean((await completed())?.progress));
    expect(await completed()).toMatchObject({ data: links, progress, returnvalue: { records: 900 } });
  });

  test('an interval is due at once and then again and again', async () => {
    const queue = await open();
    await putSchedules(queue, [{ ...links, schedule: { everyMs: 300 } }]);
    const walked = await work(queue);
    await until('it was due three times', () => walked.length >= 3);
  });

  test('a schedule whose walk takes longer than its interval does not pile up', async () => {
    const queue = await open();
    let walks = 0;
    const { promise: gate, resolve: end } = Promise.withResolvers<void>();
    onTestFinished(
      await queue.work(async () => {
        walks += 1;
        if (walks === 1) await gate;
        return { result: 'done', value: {} };
      }, 4),
    );
    await putSchedules(queue, [{ ...links, schedule: { everyMs: 200 } }]);
    await until('it came due several times while the first walk went on', () => walks > 4);
    expect(await counts(queue, 'waiting')).toBeLessThanOrEqual(1);
    expect(await counts(queue, 'delayed')).toBeLessThanOrEqual(1);
    end();
  });

  test('schedules become those wanted: stale ones go, changed ones change', async () => {
    const queue = await open();
    await putSchedules(queue, [
      { ...links, schedule: hourly },
      { ...sessions, schedule: { everyMs: 60_000 } },
    ]);
    await putSchedules(queue, [{ ...links, schedule: { pattern: '30 * * * *' } }]);
    expect([...(await queue.schedules())]).toEqual([
      ['polar.checkout_links.full', expect.objectContaining({ schedule: { pattern: '30 * * * *' }, isOurs: true })],
    ]);
  });

  test('workers that change a schedule at the same moment end with one that is due', async () => {
    const queues = await openSeveral(4);
    for (let round = 0; round < 25; round += 1) {
      const pattern = `${round} * * * *`;
      await Promise.all(queues.map((queue) => putSchedules(queue, [{ ...links, schedule: { pattern } }])));
      const stored = await queues[0]?.schedules();
      expect([...(stored ?? [])]).toEqual([
        ['polar.checkout_links.full', { schedule: { pattern }, isOurs: true, nextInMs: expect.any(Number) as number }],
      ]);
    }
  });

  test('a cron pattern is in UTC', async () => {
    const queue = await open();
    await putSchedules(queue, [{ ...links, schedule: { pattern: '17 3 * * *' } }]);
    const [scheduler] = await queue.bull.getJobSchedulers();
    expect(new Date(scheduler?.next ?? 0).toISOString()).toMatch(/T03:17:00/);
  });

  test('lost schedules are restored; those of others are left alone', async () => {
    const queue = await open();
    await queue.putSchedule('fynn.price_plans.full', hourly, {
      account: 'default',
      stream: 'fynn.price_plans',
      mode: 'full',
    });
    const wanted = [{ ...links, schedule: hourly }];
    expect(await restoreSchedules(queue, wanted)).toEqual(['polar.checkout_links.full']);
    expect(await restoreSchedules(queue, wanted)).toEqual([]);
    expect([...(await queue.schedules()).keys()].toSorted()).toEqual([
      'fynn.price_plans.full',
      'polar.checkout_links.full',
    ]);
  });
});

const half = { pattern: '30 * * * *' };

describe.each(backends)('what else may be in the queue on %s', (backend) => {
  const wanted = [
    { ...links, schedule: { everyMs: 60_000 } },
    { ...sessions, schedule: half },
  ];
  const ids = wanted.map(({ stream, mode }) => `${stream}.${mode}`);

  /** Opens our queue, and what another application has made of the same Redis or database. */
  async function openBoth() {
    const [db, settings] = [await freshDatabase(), await queueSettings(backend)];
    const address = { redisUrl: settings.REDIS_URL, prefix: 'checkout-sync-test' };
    const queue = await openQueue(address, db, log, new AbortController().signal);
    onTestFinished(() => queue.close());
    const theirs = otherQueue(db, settings.REDIS_URL);
    onTestFinished(() => theirs.close());
    await theirs.waitUntilReady();
    return { db, queue, theirs, redisUrl: settings.REDIS_URL };
  }

  function otherQueue(db: Database, redisUrl: string | undefined) {
    if (redisUrl === undefined) {
      const connection = { connectionString: db.url, schema: 'bullmq' };
      return new Queue('sync', { connection }, createPostgresBackend);
    }
    return new Queue('sync', { connection: { url: redisUrl } });
  }

  /** Loses the jobs that wait for their time, as BullMQ itself does now and then. */
  async function loseDelayed({ db, redisUrl }: { db: Database; redisUrl: string | undefined }): Promise<void> {
    if (redisUrl === undefined) return void (await db.pool.query(`delete from bullmq.job where state = 'delayed'`));
    const redis = new Redis(redisUrl);
    await redis.del('checkout-sync-test:sync:delayed');
    redis.disconnect();
  }

  test('a schedule whose next job is gone is put again', async () => {
    const both = await openBoth();
    await putSchedules(both.queue, wanted);
    await work(both.queue);
    await until('both wait for their time', async () => ((await both.queue.counts()).delayed ?? 0) === 2);
    await loseDelayed(both);
    expect((await restoreSchedules(both.queue, wanted)).toSorted()).toEqual(ids.toSorted());
    expect(await restoreSchedules(both.queue, wanted)).toEqual([]);
  });

  test('a schedule that a clock a day ahead has put is put again, and what that clock made due keeps nobody away', async () => {
    const { queue } = await openBoth();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    onTestFinished(() => void vi.useRealTimers());
    await putSchedules(queue, wanted);
    const unscheduled: WalkJob = { account: 'default', stream: 'polar.checkouts', mode: 'full' };
    await queue.add(unscheduled);
    const walked = await work(queue);
    const times = () => walked.filter((due) => isDeepStrictEqual(due, unscheduled)).length;
    await until('it is walked', () => times() === 1);
    await until('both wait for their time', async () => ((await queue.counts()).delayed ?? 0) === 2);
    vi.useRealTimers();
    expect((await restoreSchedules(queue, wanted)).toSorted()).toEqual(ids.toSorted());
    for (const { nextInMs } of (await queue.schedules()).values()) expect(nextInMs).toBeLessThan(3_610_000);
    await queue.add(unscheduled);
    await until('it is walked again', () => times() === 2);
  });

  /** Shows this machine another time, without touching timers; the database's clock stays as it is. */
  function showTime(now: number): void {
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
  }

  test('a machine whose clock is off takes no schedule for stuck: the clock of the database decides', async () => {
    const { queue } = await openBoth();
    await putSchedules(queue, wanted);
    for (const offMs of [-180_000, 180_000, -86_400_000, 86_400_000]) {
      showTime(Date.now() + offMs);
      expect(await restoreSchedules(queue, wanted), `${offMs} ms`).toEqual([]);
      vi.useRealTimers();
    }
  });

  test('a walk that a clock ahead did before its time is due at its time again, and stops no other schedule', async () => {
    const { queue } = await openBoth();
    const yearly = { pattern: '0 0 1 1 *' };
    const schedules = [
      { ...sessions, schedule: yearly },
      { ...links, schedule: half },
    ];
    await putSchedules(queue, schedules.slice(0, 1));
    const slot = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1);
    showTime(slot + 5000);
    await work(queue);
    await until('it is done before its time', async () => ((await queue.counts()).completed ?? 0) === 1);
    vi.useRealTimers();
    expect((await restoreSchedules(queue, schedules)).toSorted()).toEqual(ids.toSorted());
    const next = (await queue.bull.getDelayed()).map(({ id }) => id);
    expect(next).toContain(`repeat:${sessions.stream}.${sessions.mode}:${slot}`);
  });

  test('what waits for a time far beyond any delay is due at once, what waits for its time is not', async () => {
    const { queue } = await openBoth();
    const later: WalkJob = { account: 'default', stream: 'polar.checkouts', mode: 'full' };
    await putSchedules(queue, [{ ...links, schedule: half }]);
    await queue.add(later, 600_000);
    showTime(Date.now() + 86_400_000);
    await queue.add(sessions, 600_000);
    vi.useRealTimers();
    expect(await queue.promoteStuck()).toBe(1);
    expect(await queue.promoteStuck()).toBe(0);
    expect((await queue.bull.getWaiting()).map(({ data }) => data)).toEqual([sessions]);
    expect((await queue.counts()).delayed).toBe(2);
  });

  test('a failure that is tried again by a clock a day ahead is tried again now', async () => {
    const { queue } = await openBoth();
    await queue.add(links);
    showTime(Date.now() + 86_400_000);
    const walked = await work(queue, { result: 'retry', error: 'the source failed' });
    await until('it failed once', async () => ((await queue.counts()).delayed ?? 0) === 1);
    vi.useRealTimers();
    expect(await queue.promoteStuck()).toBe(1);
    await until('it is walked again', () => walked.length === 2);
  });

  test("another application's queue named sync is not touched, and our old schedules in it are moved over", async () => {
    const { queue, theirs } = await openBoth();
    await theirs.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'mail', data: { to: 'all' } });
    await theirs.add('mail', { to: 'one' });
    await theirs.upsertJobScheduler('polar.checkouts.incremental', half, { name: 'polar.checkouts', data: sessions });
    await theirs.add('polar.checkouts', sessions);
    expect(await queue.takeOverOld([...ids, 'fynn.price_plans.full'])).toBe(1);
    await putSchedules(queue, wanted);
    await work(queue);
    await until('our walks wait for their time', async () => ((await queue.counts()).delayed ?? 0) === 2);
    expect((await theirs.getJobSchedulers()).map(({ key }) => key)).toEqual(['nightly']);
    expect(await theirs.getJobCounts('waiting', 'delayed', 'completed', 'failed')).toEqual({
      waiting: 1,
      delayed: 1,
      completed: 0,
      failed: 0,
    });
    expect((await theirs.getWaiting()).map(({ data }) => data)).toEqual([{ to: 'one' }]);
    expect(await countForeign(queue.bull)).toBe(0);
  });

  test('a job and a schedule of another application in our queue are neither done, failed nor removed, and counted', async () => {
    const { queue } = await openBoth();
    await queue.bull.add('mail', { to: 'all' });
    await queue.bull.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'mail', data: { to: 'all' } });
    await putSchedules(queue, wanted.slice(1));
    const walked = await work(queue);
    await queue.add(links);
    await until('our walk is done', async () => ((await queue.counts()).completed ?? 0) === 1);
    await until('the job is left to others', async () => ((await queue.counts()).delayed ?? 0) === 3);
    expect(walked).toEqual([links]);
    expect((await queue.counts()).failed).toBe(0);
    expect([...(await queue.schedules()).keys()].toSorted()).toEqual(['nightly', 'polar.checkouts.incremental']);
    expect(await countForeign(queue.bull)).toBe(3);
  });
});

test('a copy of a database is another one, to its queue too', async () => {
  const [one, other] = [await freshDatabase(), await freshDatabase()];
  expect(await databaseIdentity(one.pool)).toMatch(/^[0-9a-f]{12}$/);
  expect(await databaseIdentity(one.pool)).toBe(await databaseIdentity(one.pool));
  expect(await databaseIdentity(other.pool)).not.toBe(await databaseIdentity(one.pool));
});

describe('which walks are due when', () => {
  const { streams } = sourceOf({ POLAR_ACCESS_TOKEN: 'polar_oat_x', ...CORE_STREAMS });
  const known = streams.map(({ name }) => name);

  test('links every five minutes, sessions every minute and, in full, every night', () => {
    expect(scheduleWalks(streams, {}, known)).toEqual([
      { account: 'default', stream: 'polar.checkout_links', mode: 'full', schedule: { everyMs: 300_000 } },
      { account: 'default', stream: 'polar.checkouts', mode: 'full', schedule: { pattern: '17 3 * * *' } },
      { account: 'default', stream: 'polar.checkouts', mode: 'incremental', schedule: { everyMs: 60_000 } },
    ]);
  });

  test('a setting replaces a schedule or turns it off', () => {
    const settings = {
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: null,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: hourly,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: null,
    };
    expect(scheduleWalks(streams, settings, known)).toEqual([
      { account: 'default', stream: 'polar.checkouts', mode: 'full', schedule: hourly },
    ]);
  });

  test('a setting of a stream that is turned off is fine, one of a stream that there is not is an error', () => {
    expect(scheduleWalks([], { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: hourly }, known)).toEqual([]);
    expect(() => scheduleWalks(streams, { SYNC_SCHEDULE_POLAR_CHECKOUT_FULL: hourly }, known)).toThrow(
      new ConfigError(
        'CS1206',
        'SYNC_SCHEDULE_POLAR_CHECKOUT_FULL is not a setting: did you mean SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL?',
      ),
    );
  });

  test('a stream that is always walked in full has no incremental schedule', () => {
    expect(() => scheduleWalks(streams, { SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_INCREMENTAL: hourly }, known)).toThrow(
      /always walked in full/,
    );
  });
});

test('a database that goes away before the first walk fails the start instead of spinning on it', async () => {
  const { url } = await freshDatabase();
  const proxy = await startProxy(Number(new URL(url).port));
  onTestFinished(proxy.close);
  const queue = await openQueue(
    { redisUrl: undefined, prefix: 'checkout-sync-test' },
    { pooler: 'none', url: proxy.through(url) },
    log,
    new AbortController().signal,
  );
  onTestFinished(() => queue.close());
  proxy.cut();
  const walk = () => Promise.resolve<JobResult>({ result: 'done', value: {} });
  await expect(queue.work(walk, 1)).rejects.toThrow(/ECONNRESET|Connection terminated/);
});
