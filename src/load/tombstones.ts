import type { Pool, QueryResult } from 'pg';
import type { Source, Stream } from '../stream.ts';
import { lockSource, transaction } from './database.ts';
import { requireLease, type Lease } from './lease.ts';
import { planOf } from './table-plan.ts';

/** Keeps to the rows `t` within a stream's scope, whose values are the parameters from a number on. */
const within = (scope: Stream['scope'], first: number) =>
  Object.keys(scope)
    .map((column, index) => ` and t."${column}"::text = $${first + index}`)
    .join('');

/**
 * Ids that are stored as existing but were on no page of a complete full walk. That proves nothing yet: each must still
 * be asked for by id. Left out are rows observed since the walk started, and those of owners that the walk saw nothing of:
 * to another owner's token they do not exist. An empty walk counts only when any run read records in this very list
 * before, and nobody else's are stored.
 */
export async function unseenIds(
  pool: Pool,
  { name, entity, scope, owner }: Stream,
  walk: { walkId: string; startedAt: string; list: string },
): Promise<string[]> {
  const { sqlName } = planOf(entity.table);
  const mine = `t."${owner}"`;
  const oneOwner = `(select count(distinct ${mine}) <= 1 from ${sqlName} t)`;
  const owned =
    owner === null
      ? ''
      : ` and case when e.empty then ${oneOwner} else exists (select from owners o where o.owner is not distinct from ${mine}) end`;
  const { rows } = await pool.query<{ id: string }>(
    `with seen as materialized (select unnest(ids) as id from sync.seen_pages where walk_id = $1),
     owners as materialized (select distinct ${owner === null ? 'null' : mine} as owner from ${sqlName} t join seen s on s.id = t.id::text),
     e as materialized (
       select not exists (select from seen) as empty,
         exists (select from sync.runs r where r.stream = $3 and r.list = $4 and r.records > 0) as known)
     select t.id::text as id from ${sqlName} t, e
     where t.deleted_at is null and t.observed_at < $2 and (e.known or not e.empty)${within(scope, 5)}${owned}
       and not exists (select from seen s where s.id = t.id::text)
     order by t.id`,
    [walk.walkId, walk.startedAt, name, walk.list, ...Object.values(scope)],
  );
  return rows.map((row) => row.id);
}

/** The ids that a walk by ids asks for beside those it finds: of all records that the source is not known to have deleted. */
export async function knownIds(pool: Pool, { entity, finding }: Stream): Promise<string[]> {
  if (finding.by !== 'id') return [];
  const { rows } = await pool.query<{ id: string }>(
    `select id::text from ${planOf(entity.table).sqlName} where deleted_at is null`,
  );
  return rows.map((row) => row.id);
}

const IDS_A_PAGE = 10_000;

/**
 * Ids of all records that the source is not known to have deleted, page by page: within the stream's scope, and where
 * owners are given, theirs alone.
 */
export async function* storedIdPages(
  pool: Pool,
  { entity, scope, owner }: Stream,
  owners: readonly string[] | undefined,
): AsyncGenerator<string[]> {
  const { sqlName, columns } = planOf(entity.table);
  let last: string | undefined;
  do {
    const { rows }: QueryResult<{ id: string }> = await pool.query(
      `select t.id::text as id from ${sqlName} t where t.deleted_at is null and ($1::text is null or t.id > $1::${columns[0]?.sqlType})
         and ($2::text[] is null or t."${owner ?? 'id'}"::text = any($2))${within(scope, 4)} order by t.id limit $3`,
      [last ?? null, owners ?? null, IDS_A_PAGE, ...Object.values(scope)],
    );
    yield rows.map(({ id }) => id);
    last = rows.at(-1)?.id;
  } while (last !== undefined);
}

/** Ids of so many records at random, of those that the source is not known to have deleted. */
export async function randomIds(pool: Pool, { entity }: Stream, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id::text from ${planOf(entity.table).sqlName} where deleted_at is null order by random() limit $1`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Whether a record is stored as existing. */
export async function isStored(pool: Pool, { entity }: Stream, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from ${planOf(entity.table).sqlName} where id = $1 and deleted_at is null`,
    [id],
  );
  return rowCount === 1;
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
