import { afterEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/errors.ts';
import type { Database } from '../../src/load/database.ts';
import { createLogger } from '../../src/log.ts';
import { openQueue, type Due, type DueQueue, type Ending } from '../../src/queue/queue.ts';
import { putMissing, putSchedules, scheduleWalks } from '../../src/queue/schedules.ts';
import { polarSource } from '../../src/sources/polar/index.ts';
import { freshDatabase } from '../database.ts';
import { startProxy } from '../proxy.ts';
import { backends, queueSettings, until } from '../service.ts';

const log = createLogger('silent');
const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

const links: Due = { stream: 'polar.checkout_links', mode: 'full' };
const sessions: Due = { stream: 'polar.checkouts', mode: 'incremental' };
const hourly = { pattern: '0 * * * *' };

describe.each(backends)('the queue on %s', (backend) => {
  async function open(db?: Database): Promise<DueQueue> {
    const settings = db ? {} : await queueSettings(backend);
    const queue = await openQueue(settings.REDIS_URL, db ?? (await freshDatabase()), log, new AbortController().signal);
    opened.push(() => queue.close());
    return queue;
  }

  /** Walks by answering these endings one after the other; tells what was due. */
  async function work(queue: DueQueue, ...endings: Ending[]): Promise<Due[]> {
    const walked: Due[] = [];
    const stop = await queue.work(({ since: _since, ...due }) => {
      walked.push(due);
      return Promise.resolve(endings[walked.length - 1] ?? { ending: 'done', result: {} });
    }, 4);
    opened.push(stop);
    return walked;
  }

  const counts = async (queue: DueQueue, state: string) => (await queue.counts())[state] ?? 0;

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
    await work(queue, { ending: 'retry', error: 'the source failed' });
    await until('the job waits', async () => (await counts(queue, 'delayed')) === 1);
    const [job] = await queue.bull.getDelayed();
    expect(job).toMatchObject({ attemptsMade: 1, failedReason: 'the source failed' });
    expect(job?.delay).toBeGreaterThanOrEqual(2500);
  });

  test('what somebody must mend is not tried again, and kept with its reason', async () => {
    const queue = await open();
    await queue.add(links);
    await work(queue, { ending: 'act', error: 'the token is not accepted' });
    await until('the job has failed', async () => (await counts(queue, 'failed')) === 1);
    const [job] = await queue.bull.getFailed();
    expect(job).toMatchObject({ attemptsMade: 1, failedReason: 'the token is not accepted' });
  });

  test('a walk that cannot start now is due again later, and that counts as no failure', async () => {
    const queue = await open();
    await queue.add(links);
    const walked = await work(queue, { ending: 'later', afterMs: 50 });
    await until('the job is completed', async () => (await counts(queue, 'completed')) === 1);
    expect(walked).toEqual([links, links]);
    expect((await queue.bull.getCompleted())[0]).toMatchObject({ attemptsMade: 1 });
  });

  test('a job carries its stream and mode, the progress and the outcome', async () => {
    const queue = await open();
    await queue.add(links);
    const progress = {
      stream: links.stream,
      mode: links.mode,
      pages: 3,
      expectedPages: 9,
      records: 300,
      phase: 'walk' as const,
    };
    const stop = await queue.work((_due, onProgress) => {
      onProgress(progress);
      return Promise.resolve({ ending: 'done', result: { records: 900 } });
    }, 1);
    opened.push(stop);
    await until('the job is completed', async () => (await counts(queue, 'completed')) === 1);
    const [job] = await queue.bull.getCompleted();
    expect(job).toMatchObject({ data: links, progress, returnvalue: { records: 900 } });
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
    opened.push(
      await queue.work(async () => {
        walks += 1;
        if (walks === 1) await gate;
        return { ending: 'done', result: {} };
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
    expect([...(await queue.schedules())]).toEqual([['polar.checkout_links.full', { pattern: '30 * * * *' }]]);
  });

  test('a cron pattern is in UTC', async () => {
    const queue = await open();
    await putSchedules(queue, [{ ...links, schedule: { pattern: '17 3 * * *' } }]);
    const [scheduler] = await queue.bull.getJobSchedulers();
    expect(new Date(scheduler?.next ?? 0).toISOString()).toMatch(/T03:17:00/);
  });

  test('lost schedules are put back; those of others are left alone', async () => {
    const queue = await open();
    await queue.putSchedule('fynn.price_plans.full', hourly, { stream: 'fynn.price_plans', mode: 'full' });
    const wanted = [{ ...links, schedule: hourly }];
    expect(await putMissing(queue, wanted)).toBe(1);
    expect(await putMissing(queue, wanted)).toBe(0);
    expect([...(await queue.schedules()).keys()].toSorted()).toEqual([
      'fynn.price_plans.full',
      'polar.checkout_links.full',
    ]);
  });
});

describe('which walks are due when', () => {
  const { polar } = parseConfig({ POLAR_ACCESS_TOKEN: 'polar_oat_x' });
  const { streams } = polarSource(polar!);
  const known = streams.map(({ name }) => name);

  test('links every five minutes, sessions every minute and, in full, every night', () => {
    expect(scheduleWalks(streams, {}, known)).toEqual([
      { stream: 'polar.checkout_links', mode: 'full', schedule: { everyMs: 300_000 } },
      { stream: 'polar.checkouts', mode: 'full', schedule: { pattern: '17 3 * * *' } },
      { stream: 'polar.checkouts', mode: 'incremental', schedule: { everyMs: 60_000 } },
    ]);
  });

  test('a setting replaces a schedule or turns it off', () => {
    const settings = {
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: null,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: hourly,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: null,
    };
    expect(scheduleWalks(streams, settings, known)).toEqual([
      { stream: 'polar.checkouts', mode: 'full', schedule: hourly },
    ]);
  });

  test('a setting of a stream that is turned off is fine, one of a stream that there is not is an error', () => {
    expect(scheduleWalks([], { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: hourly }, known)).toEqual([]);
    expect(() => scheduleWalks(streams, { SYNC_SCHEDULE_POLAR_CHECKOUT_FULL: hourly }, known)).toThrow(
      new ConfigError(
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
  opened.push(proxy.close);
  const queue = await openQueue(
    undefined,
    { pooler: 'none', url: proxy.through(url) },
    log,
    new AbortController().signal,
  );
  opened.push(() => queue.close());
  proxy.cut();
  const walk = () => Promise.resolve<Ending>({ ending: 'done', result: {} });
  await expect(queue.work(walk, 1)).rejects.toThrow(/ECONNRESET|Connection terminated/);
});
