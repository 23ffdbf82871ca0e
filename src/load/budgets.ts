import type { Pool } from 'pg';

/** Requests counted in the present slice of each source's budget; several credentials of a source are added up. */
export async function requestsCounted(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ source: string; points: number }>(
    `select split_part(key, ':', 1) as source, sum(points)::int as points from sync.budgets
     where expire > extract(epoch from now()) * 1000 group by 1`,
  );
  return new Map(rows.map(({ source, points }) => [source, points]));
}
