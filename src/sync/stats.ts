import type { SyncContext } from './context.ts';
import type { Page } from '../extract/page.ts';
import type { StreamCommitResult } from '../load/commit.ts';
import { countDrift } from '../normalize/drift.ts';
import type { Counters } from '../ledger/runs.ts';
import { refOf, type Stream } from '../model/stream.ts';
import { accountRef } from '../model/source.ts';
import { recordNewFields } from '../ledger/events.ts';

/** Counts of a run so far, including fields and values without a column. */
export interface RunStats {
  counters: Counters;
  drift: Map<string, number>;
  /** Missing records that wait for another walk to confirm that they are deleted. */
  pendingDeletions: number;
}

/** Counters of a run that has stored nothing. */
export const emptyStats: Counters = {
  requests: 0,
  pages: 0,
  records: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  tombstoned: 0,
  rejected: 0,
  skewed: 0,
};

/** Adds the result of a transaction, and passes it to the context's listener. */
export function countCommit(
  { onCommitted }: SyncContext,
  { counters, drift }: RunStats,
  committed: StreamCommitResult,
): void {
  onCommitted?.(committed);
  counters.records += committed.ids.length;
  counters.inserted += committed.effect.inserted;
  counters.updated += committed.effect.updated;
  counters.rejected += committed.rejected;
  counters.skewed += committed.skewed;
  for (const [field, times] of committed.drift) countDrift(drift, field, times);
}

/** Reports fields and values without a column: all of them in the log, and each new field as an event. */
export async function reportDrift({ db, log }: SyncContext, stream: Stream, { drift }: RunStats): Promise<void> {
  if (drift.size === 0) return;
  log.warn(
    { ...refOf(stream), fields: Object.fromEntries(drift) },
    'the API sent fields or values that have no column; they are in extra',
  );
  await recordNewFields(db.pool, refOf(stream), [...drift.keys()]);
}

/** Difference between the database's clock and the source's above which a warning is logged. */
const MOST_API_SKEW_MS = 60_000;

/** Warns if the source's clock differs from the database's, which decides. */
export function warnOfClock({ log, source }: SyncContext, { observedAt, sourceTime }: Page): void {
  if (sourceTime === undefined) return;
  const ms = Date.parse(observedAt) - Date.parse(sourceTime);
  if (Math.abs(ms) > MOST_API_SKEW_MS)
    log.warn(
      { ...accountRef(source), seconds: Math.round(ms / 1000) },
      `the database's clock is ${Math.round(Math.abs(ms) / 1000)} s ${ms < 0 ? 'behind' : 'ahead of'} that of ${source.name}: synchronize it with NTP`,
    );
}
