import { getTableConfig } from 'drizzle-orm/pg-core';
import type { ClientBase, Pool } from 'pg';
import { lockSource, pipelined, transaction } from '../database/database.ts';
import { list } from '../database/identifiers.ts';
import { rolledUpCheckouts, rolledUpSales } from '../database/rollup-tables.ts';

/** The stream whose records are rolled up. */
export const ROLLED_UP = 'polar.checkouts';

/** Most days at a time, and the time after which no further one is begun: the next run continues. */
const DAYS_AT_A_TIME = 100;
const LONGEST_MS = 1000;

const DUE = `select day::text as day from reporting.days where is_due order by day desc limit ${DAYS_AT_A_TIME}`;

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

const rollUpDay = (client: ClientBase, day: string) =>
  [...REMOVE, ...BUILD].map((text, at) => client.query({ name: `checkout_sync_roll_up_${at}`, text, values: [day] }));

/**
 * Rolls up days of Polar's checkout sessions that are over, the newest first, for about a second: the views for reports read the
 * result instead of the sessions. Each day is a transaction of milliseconds under the source's write lock. Returns how many
 * days it rolled up.
 */
export async function rollUpDays(pool: Pool, signal: AbortSignal): Promise<number> {
  const { rows } = await pool.query<{ day: string }>(DUE);
  const end = performance.now() + LONGEST_MS;
  let count = 0;
  for (const { day } of rows) {
    if (signal.aborted || performance.now() > end) break;
    await transaction(pool, (client) => pipelined([lockSource(client, { name: 'polar' }), ...rollUpDay(client, day)]));
    count += 1;
  }
  return count;
}
