import type { Pool } from 'pg';
import { isAhead } from '../database/clock.ts';
import { trimChanges } from './trim-changes.ts';
import { pruneDeliveries } from './hook-deliveries.ts';

const KEPT = '90 days';

/** What was dated in the future, by a clock that was ahead, must not be kept for longer than the rest. */
const CORRECT_DATES = [
  ['webhook_events', 'received_at'],
  ['rejected_records', 'resolved_at'],
  ['runs', 'finished_at'],
]
  .map(([table, column]) => `update sync.${table} set ${column} = now() where ${isAhead(String(column))}`)
  .join('; ');

/** How many rows of the bookkeeping were deleted. */
interface PrunedCounts {
  webhooks: number;
  rejections: number;
  runs: number;
  changes: number;
}

/**
 * Forgets what nobody asks for any more: webhooks that no source delivers again, rejected records that were resolved,
 * runs, but for the last complete one of each list, and changes after these days. Returns how many of each.
 */
export async function prune(pool: Pool, keepChangesDays: number): Promise<PrunedCounts> {
  await pool.query(CORRECT_DATES);
  const webhooks = await pool.query(`delete from sync.webhook_events where received_at < now() - interval '${KEPT}'`);
  const rejections = await pool.query(
    `delete from sync.rejected_records where resolved_at < now() - interval '${KEPT}'`,
  );
  const runs = await pool.query(
    `delete from sync.runs r where r.finished_at < now() - interval '${KEPT}' and r.id not in (
       select max(id) from sync.runs where outcome = 'complete' group by account, stream, list)`,
  );
  await pruneDeliveries(pool);
  const counts = { webhooks: webhooks.rowCount ?? 0, rejections: rejections.rowCount ?? 0, runs: runs.rowCount ?? 0 };
  return { ...counts, changes: await trimChanges(pool, keepChangesDays) };
}
