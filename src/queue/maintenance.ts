import { setTimeout as pause } from 'node:timers/promises';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Database } from '../database/database.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { lastWalkStart } from '../ledger/runs.ts';
import { abandonedStreams } from '../ledger/abandoned-walks.ts';
import { prune } from '../ledger/prune.ts';
import { dayRoller } from '../ledger/roll-up-days.ts';
import { missingScopes } from '../ledger/scopes.ts';
import type { ScheduledWalk } from '../model/schedule.ts';
import { labelOf, refOf } from '../model/stream.ts';
import type { Logger } from '../model/log.ts';
import { listOf } from '../ledger/list.ts';
import type { JobQueue } from './queue.ts';
import { restoreSchedules } from './schedules.ts';
import type { RunnableStream } from './handle-job.ts';

/** Context of maintenance: the queue, its schedules, and the streams that this process can walk. */
export interface Maintenance {
  db: Database;
  log: Logger;
  queue: JobQueue;
  scheduled: readonly ScheduledWalk[];
  runnable: readonly RunnableStream[];
  /** Days for which the change feed is kept. */
  keepChangesDays: number;
  /** Empties columns that the settings now exclude. */
  restrain: (signal: AbortSignal) => Promise<void>;
}

const MAINTENANCE_EVERY_MS = 5000;
/** A twentieth of the time, also after a backfill of years. */
const ROLL_UP_A_ROUND_MS = 250;
/** About an hour. */
const ROUNDS_PER_TRIM = 720;
const ROUNDS_PER_DAY = 24 * ROUNDS_PER_TRIM;

/** Returns the streams that are not left out. */
async function walkable({ db, runnable }: Maintenance): Promise<readonly RunnableStream[]> {
  const missing = await missingScopes(db.pool, [...new Set(runnable.map(({ context }) => context.source))]);
  return runnable.filter(({ stream }) => !missing.get(labelOf(refOf(stream)))?.isLeftOut);
}

/** Makes streams that were never walked completely due immediately. */
export async function startBackfills(maintenance: Maintenance): Promise<void> {
  const { db, log, queue } = maintenance;
  for (const { context, stream } of await walkable(maintenance)) {
    if ((await lastWalkStart(db.pool, refOf(stream), listOf(context.source, stream))) !== undefined) continue;
    log.info({ ...refOf(stream) }, 'never walked completely, starting a full walk');
    await queue.add({ ...refOf(stream), mode: 'full', since: await databaseTime(db.pool) });
  }
}

/**
 * Maintains the queue until the signal: restores missing schedules, as after Redis lost its data, and makes abandoned walks due. A
 * step that fails is retried in the next round. Beside it rolls up days for reports, which may wait for a table that is locked.
 */
export async function maintain(maintenance: Maintenance, signal: AbortSignal): Promise<void> {
  const rollUp = dayRoller(maintenance.db.pool, maintenance.log);
  await Promise.all([
    inRounds(queueMaintenance(maintenance, signal), signal),
    inRounds(async (round) => (round > 0 ? rollUp(ROLL_UP_A_ROUND_MS, signal) : undefined), signal), // first come the walks that are due
  ]);
}

async function inRounds(work: (round: number) => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    await work(round);
    await pause(MAINTENANCE_EVERY_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

/** Returns the maintenance of the queue in one round, which logs failures. */
function queueMaintenance(maintenance: Maintenance, signal: AbortSignal): (round: number) => Promise<void> {
  let wasPaused = false;
  return async (round) => {
    try {
      const isPaused = await maintenance.queue.isPaused();
      if (isPaused && !wasPaused) maintenance.log.warn(PAUSED_WARNING);
      wasPaused = isPaused;
      if (!isPaused) await rescueAbandonedWalks(maintenance);
      await restore(maintenance);
      if (round % ROUNDS_PER_DAY === 0) await maintenance.restrain(signal);
      if (round % ROUNDS_PER_TRIM === 0) await prune(maintenance.db.pool, maintenance.keepChangesDays);
    } catch (error) {
      const facts = { errorCode: errorCodeOf(error, 'CS3101') };
      if (!signal.aborted) maintenance.log.warn(facts, `queue maintenance failed, retrying: ${formatError(error)}`);
    }
  };
}

const PAUSED_WARNING = 'the queue is paused: no walk starts until somebody resumes it, for example on the page /queues';

async function restore({ log, queue, scheduled }: Maintenance): Promise<void> {
  const restored = await restoreSchedules(queue, scheduled);
  if (restored.length > 0)
    log.warn({ schedules: restored }, 'schedules were missing, or had no next job in time, restored them');
  const promoted = await queue.promoteStuck();
  if (promoted > 0)
    log.warn({ jobs: promoted }, 'jobs were delayed too far, as after a wrong clock, making them due now');
}

async function rescueAbandonedWalks(maintenance: Maintenance): Promise<void> {
  const { db, log, queue } = maintenance;
  if (((await queue.counts()).waiting ?? 0) > 0) return; // waiting jobs come first
  const abandoned = await abandonedStreams(db.pool);
  if (abandoned.length === 0) return;
  for (const { stream } of await walkable(maintenance)) {
    if (!abandoned.some(({ account, stream: name }) => account === stream.account && name === stream.name)) continue;
    log.info({ ...refOf(stream) }, 'resuming interrupted walk');
    await queue.add({ ...refOf(stream), mode: 'full', since: await databaseTime(db.pool) });
  }
}
