import { setTimeout as pause } from 'node:timers/promises';
import { formatError } from '../model/errors.ts';
import type { Database } from '../database/database.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { lastWalkStart } from '../ledger/runs.ts';
import { abandonedStreams } from '../ledger/abandoned-walks.ts';
import { prune } from '../ledger/prune.ts';
import type { ScheduledWalk } from '../model/schedule.ts';
import { refOf } from '../model/stream.ts';
import type { Logger } from '../model/log.ts';
import { listOf } from '../ledger/list.ts';
import type { JobQueue } from './queue.ts';
import { restoreSchedules } from './schedules.ts';
import type { RunnableStream } from './handle-job.ts';

/** What is looked after: the queue and its schedules, and the streams that this process can walk. */
export interface Maintenance {
  db: Database;
  log: Logger;
  queue: JobQueue;
  scheduled: readonly ScheduledWalk[];
  runnable: readonly RunnableStream[];
}

const EVERY_MS = 5000;
/** About an hour. */
const ROUNDS_PER_TRIM = 720;

/** Makes the streams that were never walked completely due at once. */
export async function startBackfills({ db, log, queue, runnable }: Maintenance): Promise<void> {
  for (const { context, stream } of runnable) {
    if ((await lastWalkStart(db.pool, refOf(stream), listOf(context.source, stream))) !== undefined) continue;
    log.info({ ...refOf(stream) }, 'never walked completely: a full walk is due at once');
    await queue.add({ ...refOf(stream), mode: 'full', since: await databaseTime(db.pool) });
  }
}

/**
 * Looks after the queue until the signal: puts schedules back that are missing, as after a Redis that came up empty, and
 * makes walks due whose process is gone. What cannot be done now is done the next time.
 */
export async function maintain(maintenance: Maintenance, signal: AbortSignal): Promise<void> {
  let wasPaused = false;
  for (let round = 0; !signal.aborted; round++) {
    try {
      const isPaused = await maintenance.queue.isPaused();
      if (isPaused && !wasPaused) maintenance.log.warn(PAUSED);
      wasPaused = isPaused;
      if (!isPaused) await rescueAbandonedWalks(maintenance);
      await restore(maintenance);
      if (round % ROUNDS_PER_TRIM === 0) await prune(maintenance.db.pool);
    } catch (error) {
      maintenance.log.warn(`the queue cannot be looked after now, trying on: ${formatError(error)}`);
    }
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

const PAUSED = 'the queue is paused: nothing is walked until somebody resumes it, as on the page /queues';

async function restore({ log, queue, scheduled }: Maintenance): Promise<void> {
  const restored = await restoreSchedules(queue, scheduled);
  if (restored.length > 0)
    log.warn({ schedules: restored }, 'schedules were gone, had no next job, or a next job too far away: put back');
  const promoted = await queue.promoteStuck();
  if (promoted > 0)
    log.warn({ jobs: promoted }, 'jobs waited for a time too far away, as after a wrong clock: due now');
}

async function rescueAbandonedWalks({ db, log, queue, runnable }: Maintenance): Promise<void> {
  if (((await queue.counts()).waiting ?? 0) > 0) return; // what waits comes first
  const abandoned = await abandonedStreams(db.pool);
  for (const { stream } of runnable) {
    if (!abandoned.some(({ account, stream: name }) => account === stream.account && name === stream.name)) continue;
    log.info({ ...refOf(stream) }, 'an interrupted walk goes on');
    await queue.add({ ...refOf(stream), mode: 'full', since: await databaseTime(db.pool) });
  }
}
