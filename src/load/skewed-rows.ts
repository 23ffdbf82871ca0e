import type { ClientBase, Pool } from 'pg';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Logger } from '../model/log.ts';
import { entitiesWithin, type Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import type { StreamRef } from '../model/stream.ts';
import { isAhead } from '../database/clock.ts';
import { lockSource, transaction } from '../database/database.ts';
import { requireLease } from '../ledger/lease.ts';
import type { LeasedRun } from '../ledger/runs.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';
import { feedInsert, provenanceAt, provenanceValues } from './changes.ts';

/** Returns the tables of an entity and of everything nested in it. */
export const tablesOf = (entity: Entity): Set<PgTable> =>
  new Set([...entitiesWithin(entity)].map(({ table }) => table));

const IS_SKEWED = `(${isAhead('observed_at')} or ${isAhead('deleted_at')})`;

/**
 * Returns the number of rows that were observed, or deleted, in the future, by table; tables without any are missing.
 */
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
 * Corrects the rows observed in the future that a complete full walk did not meet: when they were observed is unknown,
 * but not after the walk began. Returns their number.
 */
export async function setSkewedRight(
  pool: Pool,
  source: Source,
  entity: Entity,
  { lease, runId, startedAt }: LeasedRun & { startedAt: string },
): Promise<number> {
  return transaction(pool, async (client) => {
    await lockSource(client, source);
    await requireLease(client, lease);
    let count = 0;
    const by = provenanceValues({ account: source.account, via: 'walk', runId });
    for (const plan of [...tablesOf(entity)].map(planOf)) {
      const { rows } = await client.query<{ corrected: number }>(setRight(plan), [startedAt, ...by]);
      count += rows[0]?.corrected ?? 0;
    }
    return count;
  });
}

function setRight(plan: TablePlan): string {
  const by = provenanceAt(2);
  return `with corrected as (
    update ${plan.sqlName} set observed_at = least(observed_at, $1::timestamptz),
      deleted_at = case when ${isAhead('deleted_at')} then $1::timestamptz else deleted_at end
    where account = ${by.account} and ${IS_SKEWED} returning id, version_at, observed_at
  ), feed as (${feedInsert([{ plan, from: 'corrected', op: "'u'" }], by)})
  select count(*)::int as corrected from corrected`;
}

/** Logs a warning that rows had been observed in the future. */
export function warnOfSkewed(log: Logger, ref: StreamRef, skewed: number): void {
  if (skewed > 0)
    log.warn({ ...ref, skewed }, `${skewed} rows were dated in the future, by a clock that was ahead: corrected them`);
}
