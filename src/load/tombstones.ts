import type { Pool } from 'pg';
import type { Source, Stream } from '../stream.ts';
import { lockSource, transaction } from './database.ts';
import { requireLease, type Lease } from './lease.ts';
import { planOf } from './table-plan.ts';

/**
 * Ids that are stored as existing but were on no page of a complete full walk. That proves nothing yet: each must still
 * be asked for by id. Rows that were observed since the walk started are left out.
 */
export async function unseenIds(
  pool: Pool,
  { entity, scope }: Stream,
  walkId: string,
  startedAt: string,
): Promise<string[]> {
  const { sqlName } = planOf(entity.table);
  const within = Object.keys(scope).map((column, index) => ` and t."${column}"::text = $${index + 3}`);
  const { rows } = await pool.query<{ id: string }>(
    `select t.id::text as id from ${sqlName} t
     where t.deleted_at is null and t.observed_at < $2${within.join('')}
       and not exists (select from (select unnest(ids) as id from sync.seen_pages where walk_id = $1) s where s.id = t.id::text)
     order by t.id`,
    [walkId, startedAt, ...Object.values(scope)],
  );
  return rows.map((row) => row.id);
}

/** Marks a record as deleted at the source, as observed; a state observed later stays. Answers how many rows were marked. */
export async function bury(
  pool: Pool,
  { name }: Source,
  { entity }: Stream,
  id: string,
  observedAt: string,
  lease?: Lease,
): Promise<number> {
  return transaction(pool, async (client) => {
    await lockSource(client, name);
    if (lease) await requireLease(client, lease);
    const { rowCount } = await client.query(
      `update ${planOf(entity.table).sqlName} set deleted_at = $2, observed_at = $2
       where id = $1 and deleted_at is null and observed_at <= $2`,
      [id, observedAt],
    );
    return rowCount ?? 0;
  });
}
