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
import { ownCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Address } from '../database/pool.ts';
import type { Logger } from '../model/log.ts';
import type { Schedule } from '../model/schedule.ts';
import { oneAtATime } from '../model/one-at-a-time.ts';
import { labelOf, type Mode } from '../model/stream.ts';
import { openPostgres } from './postgres.ts';
import { processJob } from './process-job.ts';
import { openHookQueue, type DeliveryJob, type HookQueue } from './delivery-queue.ts';
import { anyBackend, JOB_LOCK, orAborted, runQueueWorker } from './queue-worker.ts';
import type { QueueServer } from './queue-server.ts';
import { earlyJob, emptyOld, isFromFuture, promoteStuck, removeScheduler } from './stored-schedules.ts';

/** The location of the queue: Redis, or without one the database. `prefix` distinguishes it from other queues there. */
export interface QueueAddress {
  redisUrl: string | undefined;
  prefix: string;
}

/** The queue of walks. */
export interface JobQueue {
  backend: 'redis' | 'postgres';
  /** Returns the schedules by id. */
  schedules(): Promise<Map<string, StoredSchedule>>;
  putSchedule(id: string, schedule: Schedule, job: WalkJob): Promise<void>;
  removeSchedule(id: string): Promise<void>;
  /** Makes jobs due that are delayed far beyond any delay of ours. Returns their number. */
  promoteStuck(): Promise<number>;
  /**
   * Makes a walk due, now or after a delay. Repeated requests until then, or within a second, as by several workers that start
   * together, make one job.
   */
  add(job: WalkJob, afterMs?: number): Promise<void>;
  /** Returns the number of jobs by state: `waiting`, `active`, `delayed`, `failed`, …. Rejects when the queue does not respond. */
  counts(): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
  /** Tries a write that leaves nothing behind. Rejects with the reason when the queue takes no writes. */
  probe(): Promise<void>;
  /**
   * Starts a worker for due walks once the queue responds, with `concurrency` walks at a time. The returned function stops it after
   * the running walks.
   */
  work(walk: JobHandler, concurrency: number): Promise<() => Promise<void>>;
  /**
   * Removes schedules with these ids, and their jobs, from the queue that older versions shared with any other queue of the same
   * name. Returns the number of schedules.
   */
  takeOverOld(ids: readonly string[]): Promise<number>;
  /** Opens the queue of hooks' deliveries, and a worker that makes attempts with `deliver`, by the id of an event. */
  openDeliveries(deliver: (id: string) => Promise<unknown>, concurrency: number): Promise<HookQueue>;
  /** BullMQ's own queue, for its dashboard. */
  bull: Queue;
  close(): Promise<void>;
}

/** The queue's name on Redis, where the prefix distinguishes it. */
const QUEUE = 'sync';

/** Returns the names by which BullMQ finds the queue. On Postgres there is no prefix, and a name takes no colon. */
export const queueNames = ({ redisUrl, prefix }: QueueAddress): { name: string; prefix?: string } =>
  redisUrl === undefined ? { name: prefix.replaceAll(/[{}]/g, '').replaceAll(':', '-') } : { name: QUEUE, prefix };

/** Keeps enough jobs to see what happened; failures stay for two weeks. */
const KEEP = { removeOnComplete: { count: 200 }, removeOnFail: { age: 14 * 86_400, count: 1000 } };

/** Retries of a failed walk: few for a walk that is due every minute, more for one that is due once a day. */
const retries = (mode: Mode): JobsOptions => ({
  ...KEEP,
  attempts: mode === 'full' ? 8 : 3,
  backoff: { type: 'exponential', delay: 5000, jitter: 0.5 },
});

/**
 * Opens the queue, on Redis when there is a URL, otherwise in schema `bullmq` of the database. Waits until it responds. Throws
 * when the signal is aborted before that. Aborted later, it ends what waits for a Redis that is away.
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
  if (redisUrl === undefined)
    return open(createPostgresBackend, { ...(await openPostgres(db, onError)), names }, log, signal);
  const { openRedis } = await import('./redis.ts'); // its client is loaded only where it is needed
  return open(createRedisBackend, { ...openRedis(redisUrl, onError, signal), names }, log, signal);
}

async function open<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  server: QueueServer<C> & { names: ReturnType<typeof queueNames> },
  log: Logger,
  stopping: AbortSignal,
): Promise<JobQueue> {
  const { queueOf, workerOf } = bullOf(factory, server);
  const signal = AbortSignal.any([stopping, server.refused]);
  const { name, prefix } = server.names;
  const bull = queueOf(name, prefix);
  const probe = oneAtATime(() => server.probe((type) => bull.toKey(type)));
  await orAborted(bull.waitUntilReady().then(probe), signal).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    backend: server.backend,
    bull,
    schedules: () => server.schedules(bull),
    putSchedule: (id, schedule, job) => server.exclusively(() => putSchedule(bull, server, { id, schedule, job })),
    removeSchedule: (id) => server.exclusively(() => removeScheduler(bull, id)),
    promoteStuck: () => promoteStuck(bull),
    add: (job, afterMs = 0) => addJob(bull, job, afterMs),
    counts: () => orAborted(bull.getJobCounts(), AbortSignal.timeout(QUEUE_TIMEOUT_MS)),
    isPaused: () => orAborted(bull.isPaused(), AbortSignal.timeout(QUEUE_TIMEOUT_MS)),
    probe: () => probeInTime(probe, server),
    work: (handle, concurrency) =>
      runQueueWorker(
        workerOf<WalkJob>(name, (job, token) => processJob(job, token, handle, log), concurrency),
        server,
        signal,
      ),
    openDeliveries(deliver, concurrency) {
      const hooks = prefix === undefined ? `${name}-hooks` : 'hooks';
      const worker = workerOf<DeliveryJob>(hooks, ({ data }) => deliver(data.id).then(() => ({})), concurrency);
      return openHookQueue(queueOf(hooks, prefix), worker, server, signal);
    },
    takeOverOld(ids) {
      const old = queueOf(QUEUE, undefined, { skipMetasUpdate: true });
      return takeOverOld(old, ids, old.qualifiedName === bull.qualifiedName);
    },
    async close() {
      await bull.close();
      await server.close();
    },
  };
}

/** Returns functions that create BullMQ's queues and workers on a server. */
function bullOf<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  { connection, onError, names }: QueueServer<C> & { names: ReturnType<typeof queueNames> },
) {
  const { Queue: BackendQueue, Worker: BackendWorker } = withBackend(factory);
  const prefixed = (prefix: string | undefined) => (prefix === undefined ? {} : { prefix });
  return {
    queueOf: (name: string, prefix: string | undefined, options: { skipMetasUpdate?: boolean } = {}) => {
      const created = new BackendQueue<object, object>(name, { connection, ...prefixed(prefix), ...options });
      return anyBackend(created.on('error', onError));
    },
    workerOf: <T>(name: string, process: (job: Job<T>, token?: string) => Promise<object>, concurrency: number) => {
      const options = { connection, ...prefixed(names.prefix), concurrency, autorun: false, ...JOB_LOCK };
      return new BackendWorker<T, object>(name, process, options);
    },
  };
}

/** Rejects with the reason when the queue takes no writes, or does not respond in time. */
async function probeInTime(
  probe: () => Promise<unknown>,
  { staleness }: Pick<QueueServer<unknown>, 'staleness'>,
): Promise<void> {
  const late = AbortSignal.timeout(QUEUE_TIMEOUT_MS);
  await orAborted(probe(), late).catch((error: unknown) => {
    throw (late.aborted && staleness()) || error;
  });
}

async function putSchedule(
  queue: Queue,
  { removeFinished }: Pick<QueueServer<unknown>, 'removeFinished'>,
  { id, schedule, job }: { id: string; schedule: Schedule; job: WalkJob },
): Promise<void> {
  const repeat = 'pattern' in schedule ? { pattern: schedule.pattern, tz: 'UTC' } : { every: schedule.everyMs };
  await removeScheduler(queue, id); // otherwise its next run would be counted from a last one that may lie in the future
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

/** Removes only what is ours, and closes the queue: everything else in there belongs to another application. */
async function takeOverOld(old: Queue, ids: readonly string[], isOurs: boolean): Promise<number> {
  try {
    return isOurs ? 0 : await emptyOld(old, ids);
  } catch (error) {
    if (/\bNOPERM\b/.test(formatError(error))) return 0; // no older version can have used what this user of Redis may not access
    throw error;
  } finally {
    await old.close();
  }
}

/** Timeout for the state of the queue: commands wait for ever while it is down. */
const QUEUE_TIMEOUT_MS = 2000;

const QUIET_MS = 30_000;

/** Returns a function that logs errors of the queue, the same one only once in a while: a lost connection fails many times a second. */
function throttledWarn(log: Logger, backend: JobQueue['backend']): (error: Error) => void {
  const said = new Map<string, number>();
  return (error) => {
    const text = formatError(error);
    if (performance.now() - (said.get(text) ?? -Infinity) < QUIET_MS) return;
    said.set(text, performance.now());
    log.warn({ errorCode: ownCodeOf(error) ?? 'CS3101' }, `queue connection failed (${backend}), retrying: ${text}`);
  };
}
