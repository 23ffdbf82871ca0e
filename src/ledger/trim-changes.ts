import type { Pool } from 'pg';
import { isAhead } from '../database/clock.ts';

/** Changes deleted per transaction, which keeps each of them short. */
const MOST_TRIMMED = 10_000;

// A feed is trimmed from its beginning only. A change dated by a clock that was ahead is as old as the one that follows
// it.
const LAST_OLD = `
select source, (
  select max(seq) from sync.changes c where c.source = f.source and c.observed_at < f.oldest and c.seq < coalesce(f.first_kept, c.seq + 1)
) as "upTo" from (
  select source, o.oldest, (
    select min(seq) from sync.changes c where c.source = s.source and c.observed_at >= o.oldest and not ${isAhead('c.observed_at')}
  ) as first_kept
  from sync.feeds s, (select now() - make_interval(days => $1) as oldest) o
) f`;

const TRIM = `
with trimmed as (
  delete from sync.changes where source = $1 and seq in (select seq from sync.changes where source = $1 and seq <= $2 order by seq limit ${MOST_TRIMMED})
  returning seq
), noted as (
  insert into sync.trimmed_changes as t (source, seq) select $1, max(seq) from trimmed having count(*) > 0
  on conflict (source) do update set seq = greatest(t.seq, excluded.seq)
)
select count(*)::int as trimmed from trimmed`;

/** Deletes changes older than a number of days from the feeds, and records up to where. Returns their number. */
export async function trimChanges(pool: Pool, keepDays: number): Promise<number> {
  const { rows: feeds } = await pool.query<{ source: string; upTo: string | null }>(LAST_OLD, [keepDays]);
  let count = 0;
  for (const { source, upTo } of feeds) {
    let trimmed = upTo === null ? 0 : MOST_TRIMMED;
    while (trimmed === MOST_TRIMMED) {
      const { rows } = await pool.query<{ trimmed: number }>(TRIM, [source, upTo]);
      trimmed = rows[0]?.trimmed ?? 0;
      count += trimmed;
    }
  }
  return count;
}
