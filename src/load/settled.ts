import type { Pool } from 'pg';
import { planOf } from '../database/table-plan.ts';
import type { List, Stream } from '../model/stream.ts';

/** Query for the unsettled records of a stream that a walk did not see. */
interface SettledQuery {
  /** Values of columns that unsettled records have. */
  filter: List['filter'];
  /** The oldest date of a record, in microseconds since 1970. */
  since: number;
  walkId: string;
  startedAt: string;
  /** Maximum number of ids. */
  most: number;
}

/**
 * Returns ids of records that are stored as unsettled and that the walk did not see; those seen longest ago come first.
 */
export async function settledIds(
  pool: Pool,
  { account, entity, scope, discovery }: Stream,
  { filter, since, walkId, startedAt, most }: SettledQuery,
): Promise<string[]> {
  const wanted = Object.entries({ account, ...scope, ...filter });
  const conditions = wanted.map(([column], at) => ` and t."${column}"::text = any($${at + 5})`);
  const date = (discovery.by === 'date' && discovery.date) || 'created_at';
  const { rows } = await pool.query<{ id: string }>(
    `select t.id::text as id from ${planOf(entity.table).sqlName} t
     where t.deleted_at is null and t.observed_at < $2 and t."${date}" > to_timestamp($3::float8 / 1000000)${conditions.join('')}
       and not exists (select from sync.seen_pages p where p.walk_id = $1 and t.id::text = any(p.ids))
     order by t.observed_at limit $4`,
    [walkId, startedAt, since, most, ...wanted.map(([, value]) => [value].flat())],
  );
  return rows.map(({ id }) => id);
}
