import { getTableConfig } from 'drizzle-orm/pg-core';
import type { PoolClient, Pool } from 'pg';
import { pipelined, sourceLock, transaction } from '../database/database.ts';
import { list } from '../database/identifiers.ts';
import { rolledUpCheckouts, rolledUpSales } from '../database/rollup-tables.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError, hasCode } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';

// Announces days that are due: a writer of their sessions that begins later removes the entry.
const ANNOUNCE_DAYS = `
insert into sync.rolled_up_days (day, timezone, built_at, holds_until)
select day, timezone, 'infinity', '-infinity' from reporting.days where is_due order by day desc limit 100
on conflict (day) do update set (timezone, built_at, holds_until) = (excluded.timezone, excluded.built_at, excluded.holds_until)
returning day::text as day`;

// Our own writers hold the source's lock, others a lock on one of the tables. Both statements are sent as one text,
// which is a transaction: no lock outlives a connection that is lost between them.
const REQUIRE_NO_EARLIER_WRITER = `select ${sourceLock("'polar'")};
lock table polar.checkouts, history.checkouts in share mode nowait`;

const TAKE_TURN = `select pg_try_advisory_xact_lock(hashtext('checkout-sync'), hashtext('days')) as is_mine,
  set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`;

const REMOVE = ['checkouts', 'sales'].map((table) => `delete from sync.rolled_up_${table} where day = $1`);

const numbered = (table: typeof rolledUpCheckouts | typeof rolledUpSales, computed: string) => {
  const { name, columns } = getTableConfig(table);
  const names = columns.map((column) => column.name).filter((column) => column !== 'number');
  return `insert into sync.${name} (${list(names)}, number) select ${list(names)}, row_number() over () from ${computed} where day = $1`;
};

const BUILD = [
  ...REMOVE,
  numbered(rolledUpCheckouts, 'reporting.computed_checkouts'),
  numbered(rolledUpSales, 'reporting.computed_sales'),
];

const COMPLETE = `update sync.rolled_up_days
set built_at = now(), holds_until = coalesce((select min(holds_until) from sync.rolled_up_checkouts where day = $1), 'infinity')
where day = $1 and built_at = 'infinity'`;

/**
 * Rolls up due days of Polar's checkout sessions that are over, the newest first, until none is due or the time is up:
 * the views for reports read the result instead of the sessions. No write waits for it: a day whose sessions are
 * written meanwhile stays due. Returns the number of days rolled up; 0 while another process does it.
 */
export async function rollUpDays(pool: Pool, longestMs: number, signal: AbortSignal): Promise<number> {
  const end = performance.now() + longestMs;
  const { rows } = await pool.query<{ day: string }>(ANNOUNCE_DAYS);
  let count = 0;
  if (rows.length === 0 || !(await haveEarlierWritersEnded(pool))) return count;
  for (const { day } of rows) {
    if (signal.aborted || performance.now() > end) return count;
    const built = await transaction(pool, (client) => rollUpDay(client, day));
    if (built === undefined) return count;
    count += built;
  }
  return count + (await rollUpDays(pool, end - performance.now(), signal));
}

/**
 * Returns false while another session writes sessions and may have begun before the days were announced, as in a long
 * transaction.
 */
async function haveEarlierWritersEnded(pool: Pool): Promise<boolean> {
  try {
    await pool.query(REQUIRE_NO_EARLIER_WRITER);
    return true;
  } catch (error) {
    if (hasCode(error, '55P03')) return false; // lock_not_available
    throw error;
  }
}

/** Returns 0 for a day that was written meanwhile, and undefined while another process rolls up. */
async function rollUpDay(client: PoolClient, day: string): Promise<number | undefined> {
  const { rows } = await client.query<{ is_mine: boolean }>(TAKE_TURN);
  if (!rows[0]?.is_mine) return undefined;
  const texts = [...BUILD, COMPLETE];
  const results = await pipelined(
    texts.map((text, at) => client.query({ name: `checkout_sync_day_${at}`, text, values: [day] })),
  );
  return results.at(-1)?.rowCount ?? 0;
}

/**
 * Returns a function that rolls up days for `longestMs`. A failure is logged when it first occurs; the views then show
 * the same, computed from the sessions.
 */
export function dayRoller(pool: Pool, log: Logger): (longestMs: number, signal: AbortSignal) => Promise<void> {
  let failure = '';
  return async (longestMs, signal) => {
    try {
      const days = await rollUpDays(pool, longestMs, signal);
      if (days > 0) log.debug({ days }, 'rolled up days for reports');
      failure = '';
    } catch (error) {
      const reason = formatError(error);
      if (reason !== failure && !signal.aborted)
        log.warn(
          { errorCode: errorCodeOf(error) },
          `days could not be rolled up for reports, which take longer until then, retrying: ${reason}`,
        );
      failure = reason;
    }
  };
}
