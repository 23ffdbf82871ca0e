import { getTableConfig } from 'drizzle-orm/pg-core';
import type { PoolClient, Pool } from 'pg';
import { lockSource, pipelined, transaction } from '../database/database.ts';
import { list } from '../database/identifiers.ts';
import { rolledUpCheckouts, rolledUpSales } from '../database/rollup-tables.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';

const DUE_DAYS = 'select day::text as day from reporting.days where is_due order by day desc limit 100';
const IS_DUE = 'select from reporting.days where day = $1 and is_due';

const REMOVE = ['days', 'checkouts', 'sales'].map((table) => `delete from sync.rolled_up_${table} where day = $1`);

const numbered = (table: typeof rolledUpCheckouts | typeof rolledUpSales, computed: string) => {
  const { name, columns } = getTableConfig(table);
  const names = columns.map((column) => column.name).filter((column) => column !== 'number');
  return `insert into sync.${name} (${list(names)}, number) select ${list(names)}, row_number() over () from ${computed} where day = $1`;
};

const BUILD = [
  numbered(rolledUpCheckouts, 'reporting.computed_checkouts'),
  numbered(rolledUpSales, 'reporting.computed_sales'),
  `insert into sync.rolled_up_days (day, timezone, built_at, holds_until)
   select day, timezone, now(), coalesce((select min(holds_until) from sync.rolled_up_checkouts where day = $1), 'infinity')
   from reporting.days where day = $1`,
];

/**
 * Rolls up days of Polar's checkout sessions that are over, the newest first, until none is due or the time is up: the views for
 * reports read the result instead of the sessions. Each day is a transaction of milliseconds under the source's write lock, so
 * that no write falls between its rows and its entry. Returns how many days it rolled up.
 */
export async function rollUpDays(pool: Pool, longestMs: number, signal: AbortSignal): Promise<number> {
  const end = performance.now() + longestMs;
  const { rows } = await pool.query<{ day: string }>(DUE_DAYS);
  let count = 0;
  for (const { day } of rows) {
    if (signal.aborted || performance.now() > end) return count;
    if (await transaction(pool, (client) => rollUpDay(client, day))) count += 1;
  }
  return rows.length === 0 ? count : count + (await rollUpDays(pool, end - performance.now(), signal));
}

/** Returns false for a day that another process has rolled up meanwhile. */
async function rollUpDay(client: PoolClient, day: string): Promise<boolean> {
  const send = (text: string, name: string) => client.query({ name: `checkout_sync_day_${name}`, text, values: [day] });
  const [, due] = await pipelined([lockSource(client, { name: 'polar' }), send(IS_DUE, 'due')]);
  if (due.rowCount === 0) return false;
  await pipelined([...REMOVE, ...BUILD].map((text, at) => send(text, String(at))));
  return true;
}

/**
 * Returns a function that rolls up days for so many milliseconds. A failure is logged when it first occurs: the views show the same,
 * from the sessions.
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
          `days cannot be rolled up for reports, which take longer: ${reason}`,
        );
      failure = reason;
    }
  };
}
