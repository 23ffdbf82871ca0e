import type { Pool } from 'pg';
import type { Database } from '../database/database.ts';
import { databaseTime, notBegun, notCompleted, type Expected } from '../ledger/overdue.ts';
import { missingScopes } from '../ledger/scopes.ts';
import { dueBefore, intervalOf, type ScheduledWalk } from '../model/schedule.ts';
import type { Source } from '../model/source.ts';
import { labelOf, type StreamRef } from '../model/stream.ts';

/** Number of intervals by which a walk may begin late, within bounds: others come first, and machines are slow. */
const [LATE_INTERVALS, LEAST_LATE_MS, MOST_LATE_MS] = [2, 30_000, 3_600_000];

/** Returns the walks that came due after `watchedSince` and must have begun by now; both in ms since 1970. */
export function expectedBy(now: number, watchedSince: number, scheduled: readonly ScheduledWalk[]): Expected[] {
  const expected = scheduled.map(({ account, stream, mode, schedule }) => {
    const late = Math.min(Math.max(LATE_INTERVALS * intervalOf(schedule), LEAST_LATE_MS), MOST_LATE_MS);
    return { account, stream, mode, since: dueBefore(schedule, now - late) };
  });
  return expected.filter(({ since }) => since > watchedSince);
}

/** The scheduled walks, and the sources of their streams. */
export interface ScheduledSources {
  scheduled: readonly ScheduledWalk[];
  sources: readonly Source[];
}

/** Returns the walks that must have begun by now, as {@link expectedBy} does, without those of streams that are left out. */
export async function expectedNow(pool: Pool, watchedSince: number, { scheduled, sources }: ScheduledSources) {
  const now = await databaseTime(pool);
  if (now - watchedSince < LEAST_LATE_MS) return []; // as when a service starts
  const missing = await missingScopes(pool, sources);
  const walked = scheduled.filter((walk) => !missing.get(labelOf(walk))?.isLeftOut);
  return expectedBy(now, watchedSince, walked);
}

/** A queue that may be paused: then nothing is overdue. */
type Pausable = { isPaused: () => Promise<boolean> };

/**
 * Finds those walks of {@link expectedNow} that came due since this call and that `missing` returns; none while the queue is
 * paused.
 */
async function watchWalks<W>(
  { pool }: Pick<Database, 'pool'>,
  queue: Pausable,
  watched: ScheduledSources,
  missing: (executor: Pool, expected: readonly Expected[]) => Promise<W[]>,
): Promise<(executor: Pool) => Promise<W[]>> {
  const watchedSince = await databaseTime(pool);
  return async (executor) => {
    const expected = await expectedNow(executor, watchedSince, watched);
    const found = expected.length === 0 ? [] : await missing(executor, expected);
    return found.length === 0 || (await queue.isPaused()) ? [] : found;
  };
}

/**
 * Finds the scheduled walks that came due since this call and have not begun for a while, by the database's clock; none while
 * the queue is paused, and none of streams that are left out. A name is such as `polar.checkouts (full)`.
 */
export async function watchOverdue(
  db: Pick<Database, 'pool'>,
  queue: Pausable,
  watched: ScheduledSources,
): Promise<(executor: Pool) => Promise<string[]>> {
  const findOverdue = await watchWalks(db, queue, watched, notBegun);
  return async (executor) => (await findOverdue(executor)).map(({ mode, ...ref }) => `${labelOf(ref)} (${mode})`);
}

/**
 * Finds the streams with a walk that came due since this call, was not completed for a while, and is not running, by the
 * database's clock; none while the queue is paused, and none that is left out.
 */
export const watchStale = (
  db: Pick<Database, 'pool'>,
  queue: Pausable,
  watched: ScheduledSources,
): Promise<(executor: Pool) => Promise<StreamRef[]>> => watchWalks(db, queue, watched, notCompleted);
