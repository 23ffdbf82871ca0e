import {
  createPostgresBackend,
  createRedisBackend,
  DelayedError,
  Queue,
  UnrecoverableError,
  withBackend,
  type BackendFactory,
  type IQueueBackend,
  type Job,
  type JobsOptions,
} from 'bullmq';
import { explain } from '../errors.ts';
import type { Address } from '../load/pool.ts';
import type { Logger } from '../log.ts';
import type { Schedule } from '../schedule.ts';
import type { Mode } from '../stream.ts';
import type { Progress } from '../engine.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import type { QueueServer } from './server.ts';

/** What a job says: which walk is due. Never records. */
export interface Due {
  stream: string;
  mode: Mode;
}

/** A due walk with the moment it came due, in milliseconds since 1970. */
export interface DueSince extends Due {
  since: number;
}

/** What became of a due walk: `done` for good, failed and worth another try, failed until somebody acts, or not yet. */
export type Ending =
  | { ending: 'done'; result: object }
  | { ending: 'retry' | 'act'; error: string }
  | { ending: 'later'; afterMs: number };

/** Walks what is due; tells how far it has come. */
export type Walker = (due: DueSince, onProgress: (progress: Progress) => void) => Promise<Ending>;

/** The queue of due walks. */
export interface DueQueue {
  backend: 'redis' | 'postgres';
  /** Schedules by id. */
  schedules(): Promise<Map<string, Schedule>>;
  putSchedule(id: string, schedule: Schedule, due: Due): Promise<void>;
  removeSchedule(id: string): Promise<void>;
  /**
   * Makes a walk due, now or after a while; asked for again meanwhile, or within a second, as by several workers that start
   * together, it is due once.
   */
  add(due: Due, afterMs?: number): Promise<void>;
  /** Jobs by state, such as `waiting`, `active`, `delayed` and `failed`. Fails when the queue does not answer. */
  counts(): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
  /** Tries a write that leaves nothing. Fails with what is wrong when the queue would take none. */
  probe(): Promise<void>;
  /**
   * Starts to walk what is due, so many walks side by side, once the queue answers. The result ends that, after the walks
   * in hand.
   */
  work(walk: Walker, concurrency: number): Promise<() => Promise<void>>;
  /** BullMQ's own queue, for its dashboard. */
  bull: Queue;
  close(): Promise<void>;
}

/** The name of the queue. */
export const QUEUE = 'sync';
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
  redisUrl: string | undefined,
  db: Address,
  log: Logger,
  signal: AbortSignal,
): Promise<DueQueue> {
  const complain = complainer(log, redisUrl === undefined ? 'postgres' : 'redis');
  return redisUrl === undefined
    ? open(createPostgresBackend, await openPostgres(db, complain), log, signal)
    : open(createRedisBackend, openRedis(redisUrl, complain), log, signal);
}

async function open<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  server: QueueServer<C>,
  log: Logger,
  stopping: AbortSignal,
): Promise<DueQueue> {
  const bullmq = withBackend(factory);
  const { backend, connection, complain } = server;
  const signal = AbortSignal.any([stopping, server.refused]);
  const queue = new bullmq.Queue<Due, object>(QUEUE, { connection });
  queue.on('error', complain);
  const close = async () => {
    await queue.close();
    await server.close();
  };
  const probe = once(() => server.probe(queue.toKey));
  await orAborted(queue.waitUntilReady().then(probe), signal).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const bull: unknown = queue;
  if (!(bull instanceof Queue)) throw new Error('the dashboard cannot show this queue');
  return {
    backend,
    async schedules() {
      const known = await queue.getJobSchedulers(0, -1);
      return new Map(known.map(({ key, pattern, every }) => [key, pattern ? { pattern } : { everyMs: Number(every) }]));
    },
    async putSchedule(id, schedule, due) {
      const repeat = 'pattern' in schedule ? { pattern: schedule.pattern, tz: 'UTC' } : { every: schedule.everyMs };
      await queue.upsertJobScheduler(id, repeat, { name: due.stream, data: due, opts: retries(due.mode) });
    },
    async removeSchedule(id) {
      await queue.removeJobScheduler(id);
    },
    async add(due, afterMs = 0) {
      const deduplication = { id: `${due.stream}.${due.mode}.${afterMs}`, ttl: Math.max(1000, afterMs) };
      await queue.add(due.stream, due, { ...retries(due.mode), delay: afterMs, deduplication });
    },
    counts: () => orAborted(queue.getJobCounts(), AbortSignal.timeout(ANSWER_MS)),
    isPaused: () => orAborted(queue.isPaused(), AbortSignal.timeout(ANSWER_MS)),
    async probe() {
      const late = AbortSignal.timeout(ANSWER_MS);
      await orAborted(probe(), late).catch((error: unknown) => {
        throw (late.aborted && server.staleness()) || error;
      });
    },
    async work(walk, concurrency) {
      const process = (job: Job<Due>, token?: string) => processJob(job, token, walk, log);
      const settings = { connection, concurrency, autorun: false, ...LOCK };
      const worker = new bullmq.Worker<Due, object>(QUEUE, process, settings);
      worker.on('error', complain);
      // BullMQ on Postgres keeps a first connection that failed for good, and its worker then spins on that without a pause.
      await orAborted(worker.waitUntilReady(), signal).catch(async (error: unknown) => {
        const closed = server.close();
        await worker.close();
        await closed;
        throw error;
      });
      const running = worker.run().catch(complain);
      return async () => {
        await worker.close();
        await running;
      };
    },
    bull,
    close,
  };
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

const PROGRESS_MS = 1000;

/** Runs one job, and says in BullMQ's words how it ended. */
async function processJob(job: Job<Due>, token: string | undefined, walk: Walker, log: Logger): Promise<object> {
  let reported = 0;
  const started = performance.now();
  const since = job.timestamp + (job.opts.delay ?? 0);
  const outcome = await walk({ ...job.data, since }, (progress) => {
    if (performance.now() - reported < PROGRESS_MS) return;
    reported = performance.now();
    job
      .updateProgress({ ...progress, etaMs: etaOf(progress, performance.now() - started) })
      .catch((error: unknown) => log.debug(`no progress on the job: ${explain(error)}`));
  });
  switch (outcome.ending) {
    case 'done':
      return outcome.result;
    case 'later':
      await job.moveToDelayed(Date.now() + outcome.afterMs, token);
      throw new DelayedError();
    case 'act':
      throw new UnrecoverableError(outcome.error);
    case 'retry':
    default:
      throw new Error(outcome.error);
  }
}

/** How long the rest of the pages takes at the pace so far; null while nothing tells. */
function etaOf({ pages, expectedPages }: Progress, elapsedMs: number): number | null {
  return expectedPages === undefined || pages === 0
    ? null
    : Math.round((elapsedMs / pages) * Math.max(0, expectedPages - pages));
}

const QUIET_MS = 30_000;

/** Says what is wrong with the queue, the same thing once in a while only: a lost connection fails many times a second. */
function complainer(log: Logger, backend: DueQueue['backend']): (error: Error) => void {
  const said = new Map<string, number>();
  return (error) => {
    const text = explain(error);
    if (Date.now() - (said.get(text) ?? 0) < QUIET_MS) return;
    said.set(text, Date.now());
    log.warn(`the queue (${backend}) is in trouble, trying on: ${text}`);
  };
}
