import type { ClientBase, Pool } from 'pg';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Logger } from '../model/log.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import { isAhead } from '../database/clock.ts';
import { lockSource, transaction } from '../database/database.ts';
import { requireLease, type Lease } from '../ledger/lease.ts';
import { planOf } from '../database/table-plan.ts';

/** The tables of an entity and of all that nests in it. */
export function tablesOf(entity: Entity, found = new Set<PgTable>()): Set<PgTable> {
  if (found.has(entity.table)) return found;
  found.add(entity.table);
  for (const { entity: nested } of Object.values(entity.relations)) if (nested) tablesOf(nested, found);
  return found;
}

const IS_SKEWED = `(${isAhead('observed_at')} or ${isAhead('deleted_at')})`;

/** How many rows of the tables were observed in the future, or deleted there, by table; those without any are missing. */
export async function countSkewed(
  client: Pick<ClientBase, 'query'>,
  tables: Iterable<PgTable>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, sqlName } of [...tables].map(planOf)) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from ${sqlName} where ${IS_SKEWED}`,
    );
    if (rows[0]?.count) counts.set(name, rows[0].count);
  }
  return counts;
}

/**
 * Sets right what a complete full walk did not meet of the rows that were observed in the future: nobody knows when they
 * were, but not after the walk began. Returns how many these were.
 */
export async function setSkewedRight(
  pool: Pool,
  source: Source,
  entity: Entity,
  { lease, startedAt }: { lease: Lease; startedAt: string },
): Promise<number> {
  return transaction(pool, async (client) => {
    await lockSource(client, source);
    await requireLease(client, lease);
    let count = 0;
    for (const { sqlName } of [...tablesOf(entity)].map(planOf)) {
      const { rowCount } = await client.query(
        `update ${sqlName} set observed_at = least(observed_at, $1),
           deleted_at = case when ${isAhead('deleted_at')} then $1 else deleted_at end where account = $2 and ${IS_SKEWED}`,
        [startedAt, source.account],
      );
      count += rowCount ?? 0;
    }
    return count;
  });
}

/** Says that rows had been observed in the future. */
export function warnOfSkewed(log: Logger, stream: string, skewed: number): void {
  if (skewed > 0)
    log.warn(
      { stream, skewed },
      `${skewed} rows were dated in the future, by a clock that was ahead: they are corrected`,
    );
}
