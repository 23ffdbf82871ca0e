import { once } from 'node:events';
import pRetry from 'p-retry';
import type { Config } from './config/config.ts';
import { budgetKey, openContext, type SyncContext } from './sync/context.ts';
import { deliver } from './hooks/deliver.ts';
import { openHook } from './hooks/send.ts';
import { turnHookOff, turnHookOn } from './ledger/hook-deliveries.ts';
import type { HookConfig } from './model/hook.ts';
import { startHookJobs, type HookJobs } from './queue/hook-jobs.ts';
import { errorCodeOf } from './model/error-code-of.ts';
import { ClosedError, ConfigError, formatError } from './model/errors.ts';
import { slicesOf } from './extract/budget.ts';
import type { CommitResult } from './load/commit.ts';
import type { Database } from './database/database.ts';
import { databaseIdentity } from './database/identity.ts';
import { databaseTime } from './ledger/overdue.ts';
import { requestsCounted } from './ledger/limiter.ts';
import { openPool } from './database/pool.ts';
import { freshness } from './ledger/status.ts';
import type { Logger } from './model/log.ts';
import { createMetrics, type Gauges, type Metrics } from './admin/metrics.ts';
import { openCheckSession, openReadiness } from './admin/readiness.ts';
import { openAdminServer } from './admin/server.ts';
import { reportPages } from './admin/report-pages.ts';
import { statusReader } from './admin/status.ts';
import { webhookReceivers, WEBHOOK_SESSIONS } from './admin/receive-webhook.ts';
import { webhookRoutes } from './admin/webhooks.ts';
import { dashboard } from './queue/dashboard.ts';
import { openQueue, type JobQueue } from './queue/queue.ts';
import type { JobHandler } from './queue/job.ts';
import { putSchedules, scheduleIds } from './queue/schedules.ts';
import { startBackfills, maintain, type Maintenance } from './queue/maintenance.ts';
import { watchScopes } from './queue/watch-scopes.ts';
import { handleJob, type RunnableStream } from './queue/handle-job.ts';
import { sourceEntities, streamEntities } from './sources/index.ts';
import { restrain } from './sync/restrain.ts';
import { accountRef, type Source } from './model/source.ts';
import { refOf, type StreamRef } from './model/stream.ts';
import type { WorkPlan } from './work-plan.ts';

/** The running service. */
export interface Worker {
  /** Address of the admin server. */
  url: string;
  backend: JobQueue['backend'];
  /** Resolves once walks are running. Rejects if they cannot be started: then the worker is of no use. */
  walking: Promise<void>;
  /** Finishes the current pages, then closes everything in reverse order. */
  close(): Promise<void>;
}

/** Waits until the signal. Throws if the worker's walks cannot be started. */
export async function serveUntil(worker: Worker, signal: AbortSignal): Promise<void> {
  const stopped = signal.aborted ? Promise.resolve([]) : once(signal, 'abort');
  await Promise.race([stopped, worker.walking.then(() => stopped)]);
}

/** Delay between a webhook and the walk it brings forward, so that a burst of webhooks causes one walk. */
const SETTLE_MS = 5000;

/** Pauses in ms between attempts to start the jobs of walks. */
const START_PAUSES = { minTimeout: 200, maxTimeout: 5000 };

/** Starts the service on a migrated database: queue, admin server, schedules, jobs. Throws if aborted meanwhile. */
export async function startWorker(plan: WorkPlan, db: Database, log: Logger, signal: AbortSignal): Promise<Worker> {
  const { config, sources, scheduled } = plan;
  const stopping = new AbortController();
  const releasers: (() => Promise<unknown>)[] = [];
  const close = () => {
    stopping.abort(new ClosedError('the service was stopped: the next run resumes after the last stored page'));
    return closeAll(releasers);
  };
  try {
    const metrics = createMetrics();
    const runnable = runnableStreams(sources, db, metrics, log);
    const askers = scopeAskers(sources, db, metrics, log);
    for (const { http } of [...runnable.map(({ context }) => context), ...askers]) releasers.push(() => http.close());
    const prefix = config.queuePrefix ?? `checkout-sync-${await databaseIdentity(db.pool)}`;
    const stop = AbortSignal.any([signal, stopping.signal]);
    const checkSession = openCheckSession(db); // meanwhile
    releasers.push(() => checkSession.close());
    const queue = await openQueue({ redisUrl: config.redisUrl, prefix }, db, log, stop);
    releasers.push(() => queue.close());
    metrics.watch(gaugesOf(sources, db, queue));

    const release = { releasers, signal: stopping.signal };
    const maintained = { db, log, queue, scheduled, runnable, sources, ...upkeepOf(config, { db, log }) };
    if (runnable.length > 0) await putSchedules(queue, scheduled);
    const ready = await openReadiness(db, checkSession.pool, queue, maintained);
    const walks = openWalks({ maintained, askers, metrics, isReady: ready.check }, stopping.signal);
    releasers.push(() => walks.close());
    await startHooks(maintained, config.hook, release);
    const webhookPool = openPool(db, WEBHOOK_SESSIONS);
    releasers.push(() => webhookPool.close());

    const requestWalk = bringForward(queue, db, log);
    const webhookServices = { db: () => Promise.resolve(webhookPool), metrics, requestWalk, log };

    const pages = {
      readiness: ready.check,
      status: statusReader(db, queue, { streams: streamEntities, sources, scheduled }),
      metrics,
      report: reportPages(db, config.report.timezone, stopping.signal),
      webhooks: webhookRoutes(webhookReceivers(sources, webhookServices)),
      dashboard: dashboard(queue, '/queues'),
    };
    const server = await openAdminServer(config.server, pages, log);
    releasers.push(() => server.close());
    return { url: server.url, backend: queue.backend, walking: walks.start(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Functions and signal that end together with the service. */
interface Release {
  releasers: (() => Promise<unknown>)[];
  signal: AbortSignal;
}

/** Dependencies of starting walks. */
interface Walks {
  maintained: Maintenance;
  /** A context of each source that has optional streams. */
  askers: readonly SyncContext[];
  metrics: Metrics;
  /** Checks that the service is ready. */
  isReady: () => Promise<unknown>;
}

/**
 * Walks start once everything else is ready, because they wait for the source: checking scopes takes a few requests, or
 * ten seconds if it hangs.
 */
function openWalks(walks: Walks, signal: AbortSignal) {
  const releasers: Release['releasers'] = [];
  let starting: Promise<void> = Promise.resolve();
  const hasEnded = () => starting.catch(() => undefined); // callers that wait for the start get its error
  return {
    start() {
      starting = startWalks(walks, { releasers, signal });
      void hasEnded();
      return starting;
    },
    async close() {
      await hasEnded();
      await closeAll(releasers);
    },
  };
}

/** Checks scopes, then starts the jobs of walks and their maintenance. */
async function startWalks(
  { maintained, askers, metrics, isReady }: Walks,
  { releasers, signal }: Release,
): Promise<void> {
  const { queue, runnable } = maintained;
  if (runnable.length === 0) return;
  await isReady(); // callers that wait for /readyz see it before the work begins
  signal.throwIfAborted();
  const watching = await watchScopes(askers, maintained, signal);
  releasers.push(() => watching.ended);
  signal.throwIfAborted();
  const handle: JobHandler = (job, onProgress) =>
    handleJob(runnable, job, { onProgress, onRun: metrics.onRun }, signal);
  const start = async () => {
    await leaveOldQueue(queue, maintained.log);
    await startBackfills(maintained);
    signal.throwIfAborted();
    releasers.push(await queue.work(handle, 2 * runnable.length + 1));
  };
  await untilStarted(start, maintained.log, signal);
  const maintenance = maintain(maintained, signal);
  releasers.push(() => maintenance);
}

/** Retries until success or the signal: a ready worker does not end because its database or queue fails just then. */
const untilStarted = (start: () => Promise<void>, log: Logger, signal: AbortSignal): Promise<void> =>
  pRetry(start, {
    ...START_PAUSES,
    retries: Infinity,
    signal,
    shouldRetry: ({ error }) => !(error instanceof ConfigError),
    onFailedAttempt: ({ error }) =>
      log.warn({ errorCode: errorCodeOf(error) }, `walks could not be started: ${formatError(error)}`),
  });

/** Starts delivering events if there is a receiver. */
async function startHooks(
  jobs: Omit<HookJobs, 'deliver'>,
  config: HookConfig | undefined,
  { releasers, signal }: Release,
): Promise<void> {
  const { pool } = jobs.db;
  if (!config) {
    const left = await turnHookOff(pool);
    if (left > 0)
      jobs.log.warn({ events: left }, 'SYNC_HOOK_URL is no longer set: gave up the events that were waiting for it');
    return;
  }
  const hook = openHook(config, signal);
  releasers.push(() => hook.close());
  await turnHookOn(pool);
  releasers.push(await startHookJobs({ ...jobs, deliver: (id) => deliver(pool, hook, id) }, signal));
}

/** Returns the maintenance besides that of the queue. */
const upkeepOf = ({ keepChangesDays, privacy }: Config, context: { db: Database; log: Logger }) => ({
  keepChangesDays,
  restrain: (signal: AbortSignal) => restrain(context, { sources: sourceEntities, privacy }, signal),
});

/** Runs the releasers, last in first out. Continues after a failure, and throws the first one. */
async function closeAll(releasers: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const release of releasers.splice(0).toReversed())
    await release().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Gives each stream a client of its own: a run counts its own requests. */
function runnableStreams(sources: readonly Source[], db: Database, metrics: Metrics, log: Logger): RunnableStream[] {
  return sources.flatMap((source) =>
    source.streams.map((stream) => {
      const onAnswer = (status: number | undefined) => metrics.onAnswer(accountRef(source), status);
      const onCommitted = (committed: CommitResult) => metrics.onCommitted(refOf(stream), committed);
      return { stream, context: { ...openContext(db, source, log, { onAnswer }), onCommitted } };
    }),
  );
}

/** Gives each source with optional streams a client of its own to check their scopes. */
function scopeAskers(sources: readonly Source[], db: Database, metrics: Metrics, log: Logger): SyncContext[] {
  return sources
    .filter(({ streams }) => streams.some(({ isOptional }) => isOptional))
    .map((source) =>
      openContext(db, source, log, { onAnswer: (status) => metrics.onAnswer(accountRef(source), status) }),
    );
}

/**
 * Returns a function that makes a walk due once per burst of webhooks. Callers do not wait for it: if the queue is
 * down, the walk runs by its schedule.
 */
function bringForward(queue: JobQueue, { pool }: Database, log: Logger): (ref: StreamRef) => void {
  return (ref) => {
    databaseTime(pool)
      .then((now) => queue.add({ ...ref, mode: 'full', since: now + SETTLE_MS }, SETTLE_MS))
      .catch((error: unknown) =>
        log.warn(
          { ...ref, errorCode: errorCodeOf(error) },
          `a walk could not be started early, it runs on its schedule: ${formatError(error)}`,
        ),
      );
  };
}

/** Removes our schedules from the older versions' queue, which any application with a queue of that name shared. */
async function leaveOldQueue(queue: JobQueue, log: Logger): Promise<void> {
  const moved = await queue.takeOverOld(scheduleIds(Object.keys(streamEntities)));
  if (moved > 0)
    log.info({ schedules: moved }, 'moved the schedules of an older version to the queue of this database');
}

function gaugesOf(sources: readonly Source[], { pool }: Database, queue: JobQueue): Gauges {
  return {
    freshness: async () =>
      (await freshness(pool)).map(({ age, account, stream }) => ({ labels: { account, stream }, value: age })),
    async budgetUsed() {
      const counted = await requestsCounted(pool);
      const used = (source: Source) =>
        Math.min(1, (counted.get(budgetKey(source)) ?? 0) / slicesOf(source.requestsPerMinute).points);
      return sources.map((source) => ({
        labels: { ...accountRef(source) },
        value: used(source),
      }));
    },
    queueDepth: () => queue.counts(),
  };
}
