import type { Pool } from 'pg';
import { isAhead } from '../database/clock.ts';
import { deleteSliced } from './delete-sliced.ts';
import { trimChanges } from './trim-changes.ts';
import { pruneDeliveries } from './hook-deliveries.ts';

const KEPT = '90 days';

/** A walk each minute makes more than ten thousand runs a week, which nobody reads but for the last one. */
const KEPT_INCREMENTAL = '7 days';

/** The last complete run of each list, mode and look-back: the next walks read back to it. */
const LAST_COMPLETE = `(select max(id) from sync.runs where outcome = 'complete' group by account, stream, list, mode, lookback_ms)`;

const OLD_RUNS = `r.id not in ${LAST_COMPLETE} and (r.finished_at < now() - interval '${KEPT}'
  or (r.mode = 'incremental' and r.outcome = 'complete' and r.finished_at < now() - interval '${KEPT_INCREMENTAL}'))`;

/** What was dated in the future, by a clock that was ahead, must not be kept for longer than the rest. */
const CORRECT_DATES = [
  ['webhook_events', 'received_at'],
  ['rejected_records', 'resolved_at'],
  ['runs', 'finished_at'],
]
  .map(([table, column]) => `update sync.${table} set ${column} = now() where ${isAhead(String(column))}`)
  .join('; ');

/** What was rolled up of days that are no longer rolled up: most of them are again before this is called. */
const UNROLLED = 'r.day not in (select day from sync.rolled_up_days)';

/** How many rows of the bookkeeping were deleted. */
interface PrunedCounts {
  webhooks: number;
  rejections: number;
  runs: number;
  changes: number;
}

/**
 * Forgets what nobody asks for any more: webhooks that no source delivers again, rejected records that were resolved,
 * runs, but for the last complete ones of each list, and changes after these days. Returns how many of each. Forgets what was
 * rolled up of days that are not rolled up any more as well.
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
