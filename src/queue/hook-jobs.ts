import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { recordStale } from '../ledger/events.ts';
import { claimDeliveries } from '../ledger/hook-deliveries.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import { watchStale, type ScheduledSources } from '../sync/overdue.ts';
import type { JobQueue } from './queue.ts';

/** Context of the jobs that deliver events to hooks. */
export interface HookJobs extends ScheduledSources {
  db: Database;
  queue: JobQueue;
  log: Logger;
  /** Makes one attempt to deliver the event with this id, and records it. */
  deliver: (id: string) => Promise<unknown>;
}

const [ROUND_MS, STALE_ROUNDS, CLAIMED, CONCURRENCY] = [1000, 10, 50, 4];

/**
 * Delivers events to the receiver of hooks until the signal is aborted. Each attempt is a job in a queue of its own, because a
 * slow receiver must not delay walks. Postgres knows which events are due, so a job lost with the queue is added again. The
 * returned function stops after the running attempts.
 */
export async function startHookJobs(jobs: HookJobs, signal: AbortSignal): Promise<() => Promise<void>> {
  const { db, queue, log, deliver } = jobs;
  const deliveries = await queue.openDeliveries(deliver, CONCURRENCY);
  const findStale = await watchStale(db, queue, jobs);
  const round = async (number: number) => {
    if (number % STALE_ROUNDS === 0) await recordStale(db.pool, await findStale(db.pool));
    for (const id of await claimDeliveries(db.pool, CLAIMED)) await deliveries.add(id);
  };
  const running = repeat(round, log, signal);
  return async () => {
    await running;
    await deliveries.close();
  };
}

async function repeat(round: (number: number) => Promise<void>, log: Logger, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    await round(number).catch((error: unknown) =>
      log.warn(
        { errorCode: errorCodeOf(error) },
        `events for SYNC_HOOK_URL could not be queued, retrying: ${formatError(error)}`,
      ),
    );
    await pause(ROUND_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}
