import type { Pool } from 'pg';
import { transaction } from '../../database/database.ts';
import type { MeasuredDays, ReportDays } from '../../model/source-metrics.ts';
import { compareMetrics, type MetricComparison } from './compare-metrics.ts';
import { dailyFigures } from './daily-figures.ts';

/** The last whole day of a time zone by the database's clock, as YYYY-MM-DD. */
export async function yesterday(pool: Pool, timezone: string): Promise<string> {
  const { rows } = await pool.query<{ day: string }>(`select ((now() at time zone $1)::date - 1)::text as day`, [
    timezone,
  ]);
  return rows[0]?.day ?? '';
}

/** Compares the figures of an account with those that its source shows. */
export function compareWithSource(
  pool: Pool,
  asked: ReportDays & { account: string },
  theirs: MeasuredDays,
): Promise<MetricComparison[]> {
  return transaction(pool, async (client) => {
    // The day before that of complete_until is over, and all of it was read.
    const { rows } = await client.query<{ stream: string; day: string | null }>(
      `select stream, ((complete_until at time zone $2)::date - 1)::text as day from analytics.freshness where account = $1`,
      [asked.account, asked.timezone],
    );
    const completeDays = new Map(rows.map(({ stream, day }) => [stream, day]));
    return compareMetrics({ ours: await dailyFigures(client, asked), theirs, completeDays });
  });
}
