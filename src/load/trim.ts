import type { Pool } from 'pg';

const KEPT = '90 days';

/**
 * Forgets what nobody asks for any more: webhooks that no source delivers again, rejected records that were resolved, and
 * runs, but for the last complete one of each list. Answers how many of each.
 */
export async function trim(pool: Pool): Promise<{ webhooks: number; rejections: number; runs: number }> {
  const webhooks = await pool.query(`delete from sync.webhook_events where received_at < now() - interval '${KEPT}'`);
  const rejections = await pool.query(
    `delete from sync.rejected_records where resolved_at < now() - interval '${KEPT}'`,
  );
  const runs = await pool.query(
    `delete from sync.runs r where r.finished_at < now() - interval '${KEPT}' and r.id not in (
       select max(id) from sync.runs where outcome = 'complete' group by stream, list)`,
  );
  return { webhooks: webhooks.rowCount ?? 0, rejections: rejections.rowCount ?? 0, runs: runs.rowCount ?? 0 };
}
