import type { Pool } from 'pg';
import { CLOCK, readClock } from '../database/clock.ts';

/** Number of requests per slice of time. */
export interface Slices {
  points: number;
  durationMs: number;
}

/** Counts requests in `sync.budgets`, for all processes on this database together, by the database's clock. */
export interface Limiter {
  /** Counts one request and returns 0, or returns the milliseconds to wait before the next try. */
  take(): Promise<number>;
  /** Keeps everyone from taking for this long; a longer pause stays. */
  pause(ms: number): Promise<void>;
}

// A slice or a pause that has not begun yet was written while the clock was ahead. It is void, so no wait is longer
// than the slice or the pause itself. The clock is read once the row is locked: concurrent writes are then not in its
// future.
const OPEN = `(clock_timestamp() >= b.began_at and clock_timestamp() < b.ends_at)`;
const PAUSED = `coalesce(clock_timestamp() >= b.paused_at and clock_timestamp() < b.paused_until, false)`;

// While there is work, each slice begins when the last one ends, however late the first request of it comes.
const TAKE = `
with taken as (
  insert into sync.budgets as b (key, points, began_at, ends_at)
  select $1, 1, now, now + $3::float8 * interval '1 ms' from clock_timestamp() as now
  on conflict (key) do update set (points, began_at, ends_at) = (
    select case when now >= b.began_at and now < b.ends_at then b.points + 1 else 1 end, began_at,
      case when began_at = b.began_at then b.ends_at else began_at + $3::float8 * interval '1 ms' end
    from clock_timestamp() as now, lateral (select case when now >= b.began_at and now < b.ends_at then b.began_at
      when now >= b.ends_at and now < b.ends_at + $3::float8 * interval '1 ms' then b.ends_at else now end as began_at) as slice
  )
  where not ${PAUSED} and not (${OPEN} and b.points >= $2)
  returning true
)
select ${CLOCK} as time, exists (select from taken) as taken, (
  select 1000 * extract(epoch from case when ${PAUSED} then b.paused_until else b.ends_at end - clock_timestamp())::float8
  from sync.budgets b where key = $1) as wait`;

const PAUSE = `
insert into sync.budgets as b (key, points, began_at, ends_at, paused_at, paused_until)
select $1, 0, now, now, now, now + $2::float8 * interval '1 ms' from clock_timestamp() as now
on conflict (key) do update set paused_at = excluded.paused_at, paused_until = excluded.paused_until
where not (${PAUSED} and b.paused_until > excluded.paused_until)`;

interface Answer {
  time: number;
  taken: boolean;
  wait: number | null;
}

/** Returns the limiter of one budget. */
export function limiterIn(pool: Pool, key: string, { points, durationMs }: Slices): Limiter {
  return {
    async take() {
      const query = { name: 'checkout_sync_take', text: TAKE, values: [key, points, durationMs] };
      const answer = await readClock(() => pool.query<Answer>(query));
      // The next try sees what others wrote while this one waited for the row.
      return answer?.taken ? 0 : Math.max(answer?.wait ?? 0, 1);
    },
    async pause(ms) {
      await pool.query(PAUSE, [key, ms]);
    },
  };
}

/** Returns the requests counted in the current slice of each budget, by its key. */
export async function requestsCounted(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; points: number }>(
    `select key, points from sync.budgets b where ${OPEN}`,
  );
  return new Map(rows.map(({ key, points }) => [key, points]));
}
