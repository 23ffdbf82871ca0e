import { walkId, type WalkJob, type StoredSchedule, type JobHandler } from './job.ts';
import {
  createPostgresBackend,
  createRedisBackend,
  Queue,
  withBackend,
  type BackendFactory,
  type IQueueBackend,
  type Job,
  type JobsOptions,
} from 'bullmq';
import { formatError } from '../model/errors.ts';
import type { Address } from '../database/pool.ts';
import type { Logger } from '../model/log.ts';
import type { Schedule } from '../model/schedule.ts';
import { labelOf, type Mode } from '../model/stream.ts';
import { openPostgres } from './postgres.ts';
import { processJob } from './process-job.ts';
import { openRedis } from './redis.ts';
import type { QueueServer } from './queue-server.ts';
import { earlyJob, emptyOld, isFromFuture, promoteStuck, removeScheduler, storedSchedule } from './stored-schedules.ts';

/** Where the queue lives: a Redis, or without one the database; `prefix` names it among those of others. */
export interface QueueAddress {
  redisUrl: string | undefined;
  prefix: string;
}

/** The queue of due walks. */
export interface JobQueue {
  backend: 'redis' | 'postgres';
  /** Schedules by id. */
  schedules(): Promise<Map<string, StoredSchedule>>;
  putSchedule(id: string, schedule: Schedule, job: WalkJob): Promise<void>;
  removeSchedule(id: string): Promise<void>;
  /** Makes jobs due that wait for a time far beyond any delay of ours. Returns how many. */
  promoteStuck(): Promise<number>;
  /**
   * Makes a walk due, now or after a while; asked for again meanwhile, or within a second, as by several workers that start
   * together, it is due once.
   */
  add(job: WalkJob, afterMs?: number): Promise<void>;
  /** Jobs by state, such as `waiting`, `active`, `delayed` and `failed`. Fails when the queue does not answer. */
  counts(): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
  /** Tries a write that leaves nothing. Fails with what is wrong when the queue would take none. */
  probe(): Promise<void>;
  /**
   * Starts to walk what is due, so many walks side by side, once the queue answers. The result ends that, after the walks
   * in hand.
   */
  work(walk: JobHandler, concurrency: number): Promise<() => Promise<void>>;
  /**
   * Takes schedules with these ids, and their jobs, out of the queue that older versions shared with whoever has one of
   * the same name. Returns how many schedules.
   */
  takeOverOld(ids: readonly string[]): Promise<number>;
  /** BullMQ's own queue, for its dashboard. */
  bull: Queue;
  close(): Promise<void>;
}

/** The queue's name on Redis, where the prefix tells it from others. */
const QUEUE = 'sync';

/** The names by which BullMQ finds the queue: on Postgres there is no prefix, and a name takes no colon. */
export const queueNames = ({ redisUrl, prefix }: QueueAddress): { name: string; prefix?: string } =>
  redisUrl === undefined ? { name: prefix.replaceAll(/[{}]/g, '').replaceAll(':', '-') } : { name: QUEUE, prefix };

/** The job of a worker that is gone goes to another after a minute at most, however often that happens. */
const LOCK = { lockDuration: 30_000, stalledInterval: 15_000, maxStalledCount: 1000 };

/** Enough of the past to see what happened; failures stay for two weeks. */
const KEEP = { removeOnComplete: { count: 200 }, removeOnFail: { age: 14 * 86_400, count: 1000 } };

/** A walk that is due every minute needs no long patience: the next one comes soon. One that is due once a day does. */
const retries = (mode: Mode): JobsOptions => ({
  ...KEEP,
  attempts: mode === 'full' ? 8 : 3,
  backoff: { type: 'exponential', delay: 5000, jitter: 0.5 },
});

/**
 * Opens the queue, on Redis when there is a URL, else in schema `bullmq` of the database. Waits until it answers, or throws
 * when the signal comes before that.
 */
export async function openQueue(
  address: QueueAddress,
  db: Address,
  log: Logger,
  signal: AbortSignal,
): Promise<JobQueue> {
  const { redisUrl } = address;
  const onError = throttledWarn(log, redisUrl === undefined ? 'postgres' : 'redis');
  const names = queueNames(address);
  return redisUrl === undefined
    ? open(createPostgresBackend, { ...(await openPostgres(db, onError)), names }, log, signal)
    : open(createRedisBackend, { ...openRedis(redisUrl, onError), names }, log, signal);
}

async function open<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  server: QueueServer<C> & { names: ReturnType<typeof queueNames> },
  log: Logger,
  stopping: AbortSignal,
): Promise<JobQueue> {
  const { Queue: BackendQueue, Worker: BackendWorker } = withBackend(factory);
  const { backend, connection, onError } = server;
  const signal = AbortSignal.any([stopping, server.refused]);
  const { name, ...prefix } = server.names;
  const queue = new BackendQueue<WalkJob, object>(name, { connection, ...prefix });
  queue.on('error', onError);
  const probe = once(() => server.probe(queue.toKey));
  await orAborted(queue.waitUntilReady().then(probe), signal).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const bull = anyBackend(queue);
  return {
    backend,
    bull,
    schedules: () => storedSchedules(bull),
    putSchedule: (id, schedule, job) => putSchedule(bull, server, { id, schedule, job }),
    removeSchedule: (id) => removeScheduler(bull, id),
    promoteStuck: () => promoteStuck(bull),
    add: (job, afterMs = 0) => addJob(bull, job, afterMs),
    counts: () => orAborted(queue.getJobCounts(), AbortSignal.timeout(ANSWER_MS)),
    isPaused: () => orAborted(queue.isPaused(), AbortSignal.timeout(ANSWER_MS)),
    probe: () => probeInTime(probe, server),
    work(handle, concurrency) {
      const process = (job: Job<WalkJob>, token?: string) => processJob(job, token, handle, log);
      const settings = { connection, ...prefix, concurrency, autorun: false, ...LOCK };
      return runWorker(new BackendWorker<WalkJob, object>(name, process, settings), server, signal);
    },
    async takeOverOld(ids) {
      const old = anyBackend(new BackendQueue<WalkJob, object>(QUEUE, { connection, skipMetasUpdate: true }));
      old.on('error', onError);
      return takeOverOld(old, ids, old.qualifiedName === queue.qualifiedName);
    },
    async close() {
      await queue.close();
      await server.close();
    },
  };
}

/** Fails with what is wrong when the queue would take no write, or does not answer in time. */
async function probeInTime(
  probe: () => Promise<unknown>,
  { staleness }: Pick<QueueServer<unknown>, 'staleness'>,
): Promise<void> {
  const late = AbortSignal.timeout(ANSWER_MS);
  await orAborted(probe(), late).catch((error: unknown) => {
    throw (late.aborted && staleness()) || error;
  });
}

/** BullMQ's queue, whichever its backend: its type is that of one on Redis. */
function anyBackend(queue: unknown): Queue {
  if (!(queue instanceof Queue)) throw new Error('BullMQ made a queue that is none');
  return queue;
}

async function storedSchedules(queue: Queue): Promise<Map<string, StoredSchedule>> {
  const known = await queue.getJobSchedulers(0, -1);
  return new Map(await Promise.all(known.map(async (one) => [one.key, await storedSchedule(queue, one)] as const)));
}

async function putSchedule(
  queue: Queue,
  { removeFinished }: Pick<QueueServer<unknown>, 'removeFinished'>,
  { id, schedule, job }: { id: string; schedule: Schedule; job: WalkJob },
): Promise<void> {
  const repeat = 'pattern' in schedule ? { pattern: schedule.pattern, tz: 'UTC' } : { every: schedule.everyMs };
  await removeScheduler(queue, id); // its next run would be counted from a last one that may lie in the future
  const early = await earlyJob(queue, id, schedule);
  if (early !== undefined) await removeFinished(queue, early);
  await queue.upsertJobScheduler(id, repeat, { name: labelOf(job), data: job, opts: retries(job.mode) });
}

async function addJob(queue: Queue, job: WalkJob, afterMs: number): Promise<void> {
  const id = `${walkId(job)}.${afterMs}`;
  const ttl = Math.max(1000, afterMs);
  const options = { ...retries(job.mode), delay: afterMs, deduplication: { id, ttl } };
  const put = () => queue.add(labelOf(job), job, options);
  if (!(await isFromFuture(queue, await put(), ttl))) return;
  await queue.removeDeduplicationKey(id);
  await put();
}

/** What of BullMQ's worker is used; its type depends on the backend. */
interface BackendWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts a worker once the queue answers. The result closes it after the jobs in hand. */
async function runWorker(
  worker: BackendWorker,
  { onError, close }: Pick<QueueServer<unknown>, 'onError' | 'close'>,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  worker.on('error', onError);
  // BullMQ on Postgres keeps a first connection that failed for good, and its worker then spins on that without a pause.
  await orAborted(worker.waitUntilReady(), signal).catch(async (error: unknown) => {
    const closed = close();
    await worker.close();
    await closed;
    throw error;
  });
  const running = worker.run().catch(onError);
  return async () => {
    await worker.close();
    await running;
  };
}

/** Only reads, takes away what is ours, and closes the queue: whatever else is in there belongs to another application. */
async function takeOverOld(old: Queue, ids: readonly string[], isOurs: boolean): Promise<number> {
  try {
    return isOurs ? 0 : await emptyOld(old, ids);
  } catch (error) {
    if (/\bNOPERM\b/.test(formatError(error))) return 0; // what the user of Redis may not see, no older version put there
    throw error;
  } finally {
    await old.close();
  }
}

/** How long the queue may take to say how it is; while it is away, commands wait for ever. */
const ANSWER_MS = 2000;

/** Lets one piece of work go on at a time: whoever asks meanwhile gets its result. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  return () => (current ??= work().finally(() => (current = undefined)));
}

/** The result, or the signal's reason when that comes first. */
async function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const QUIET_MS = 30_000;

/** Says what is wrong with the queue, the same thing once in a while only: a lost connection fails many times a second. */
function throttledWarn(log: Logger, backend: JobQueue['backend']): (error: Error) => void {
  const said = new Map<string, number>();
  return (error) => {
    const text = formatError(error);
    if (performance.now() - (said.get(text) ?? -Infinity) < QUIET_MS) return;
    said.set(text, performance.now());
    log.warn(`queue connection failed (${backend}), retrying: ${text}`);
  };
}
