import type { Pool } from 'pg';
import { isAhead } from '../database/clock.ts';
import { deleteSliced } from './delete-sliced.ts';
import { trimChanges } from './trim-changes.ts';
import { pruneDeliveries } from './hook-deliveries.ts';

const KEPT = '90 days';

/** A walk every minute makes more than ten thousand runs a week, of which only the last one matters. */
const KEPT_INCREMENTAL = '7 days';

/** Last complete run of each list, mode and look-back: the next walks read back to it. */
const LAST_COMPLETE = `(select max(id) from sync.runs where outcome = 'complete' group by account, stream, list, mode, lookback_ms)`;

const OLD_RUNS = `r.id not in ${LAST_COMPLETE} and (r.finished_at < now() - interval '${KEPT}'
  or (r.mode = 'incremental' and r.outcome = 'complete' and r.finished_at < now() - interval '${KEPT_INCREMENTAL}'))`;

/** Sets dates in the future, from a clock that was ahead, to now: such rows must not be kept longer than others. */
const CORRECT_DATES = [
  ['webhook_events', 'received_at'],
  ['rejected_records', 'resolved_at'],
  ['runs', 'finished_at'],
]
  .map(([table, column]) => `update sync.${table} set ${column} = now() where ${isAhead(String(column))}`)
  .join('; ');

/** Results of days that are no longer rolled up; most days have been rolled up again before this runs. */
const UNROLLED = 'r.day not in (select day from sync.rolled_up_days)';

/** Number of bookkeeping rows deleted, by kind. */
interface PrunedCounts {
  webhooks: number;
  rejections: number;
  runs: number;
  changes: number;
}

/**
 * Deletes bookkeeping that is no longer needed: webhooks that no source redelivers, resolved rejected records, runs
 * except the last complete ones of each list, changes older than `keepChangesDays`, and the results of days that are no
 * longer rolled up. Returns the number of each, except the last.
 */
export async function prune(pool: Pool, keepChangesDays: number): Promise<PrunedCounts> {
  await pool.query(CORRECT_DATES);
  const webhooks = await deleteSliced(pool, 'sync.webhook_events', `r.received_at < now() - interval '${KEPT}'`);
  const rejections = await deleteSliced(pool, 'sync.rejected_records', `r.resolved_at < now() - interval '${KEPT}'`);
  const runs = await deleteSliced(pool, 'sync.runs', OLD_RUNS);
  await pruneDeliveries(pool);
  for (const table of ['rolled_up_checkouts', 'rolled_up_sales']) await deleteSliced(pool, `sync.${table}`, UNROLLED);
  return { webhooks, rejections, runs, changes: await trimChanges(pool, keepChangesDays) };
}
