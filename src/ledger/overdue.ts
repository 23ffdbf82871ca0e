import type { Pool } from 'pg';
import type { Mode, StreamRef } from '../model/stream.ts';
import { isAhead } from '../database/clock.ts';
import { FREE } from './lease.ts';

/** A walk that must have begun at or after a moment, in milliseconds since 1970. */
export interface Expected extends StreamRef {
  mode: Mode;
  since: number;
}

/** SQL of the last moment at which a run `r` is known to have existed. */
const LAST_MOMENT = 'greatest(r.started_at, r.finished_at)';

// A full walk counts as an incremental one, but not the other way round; a running one keeps others from beginning. The
// limits keep the planner from joining all runs.
const missingRun = (outcome: string) => `
select w.account, w.stream, w.mode from unnest($1::text[], $2::text[], $3::float8[], $4::text[]) with ordinality as w(stream, mode, since, account, place)
where (
  select true from sync.runs r where r.account = w.account and r.stream = w.stream and w.mode in (r.mode, 'incremental')
    and ${LAST_MOMENT} >= to_timestamp(w.since / 1000) and not ${isAhead(LAST_MOMENT)}${outcome} limit 1) is null
and (
  select true from sync.runs r left join sync.walk_leases l on (l.account, l.stream) = (r.account, r.stream)
  where r.account = w.account and r.stream = w.stream and w.mode in (r.mode, 'incremental') and r.outcome is null and not ${FREE} limit 1) is null
order by w.place`;

const NOT_BEGUN = missingRun('');
const NOT_COMPLETED = missingRun(" and r.outcome = 'complete'");

type Walk = Omit<Expected, 'since'>;

/** Returns the expected walks that were not begun, and that no process holds. */
export const notBegun = async (pool: Pool, expected: readonly Expected[]): Promise<Walk[]> =>
  (await pool.query<Walk>(NOT_BEGUN, columnsOf(expected))).rows;

/** Returns the expected walks that were not completed, and that no process holds. */
export const notCompleted = async (pool: Pool, expected: readonly Expected[]): Promise<Walk[]> =>
  (await pool.query<Walk>(NOT_COMPLETED, columnsOf(expected))).rows;

const columnsOf = (expected: readonly Expected[]) => [
  expected.map(({ stream }) => stream),
  expected.map(({ mode }) => mode),
  expected.map(({ since }) => since),
  expected.map(({ account }) => account),
];

/** Returns the database's clock, in milliseconds since 1970. */
export async function databaseTime(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ now: number }>('select (extract(epoch from now()) * 1000)::float8 as now');
  if (!rows[0]) throw new Error('Postgres did not say what time it is');
  return rows[0].now;
}
