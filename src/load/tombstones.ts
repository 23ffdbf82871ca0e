import type { Pool, QueryResult } from 'pg';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import { isAhead } from '../database/clock.ts';
import { lockSource, transaction } from '../database/database.ts';
import { requireLease } from '../ledger/lease.ts';
import type { LeasedRun } from '../ledger/runs.ts';
import type { Provenance } from './changes.ts';
import { blockRanges, countBlocks } from './block-ranges.ts';
import { markDeleted } from './mark-deleted.ts';
import { withinReach, worthAsking, type Condition, type Reach } from '../ledger/sightings.ts';
import { planOf } from '../database/table-plan.ts';

/** Returns the condition on rows `t` of a stream's account and scope; parameters are numbered from `first`. */
function withinScope({ account, scope }: Stream, first: number): Condition {
  const wanted = { account, ...scope };
  const sql = Object.keys(wanted).map((column, index) => ` and t."${column}"::text = $${first + index}`);
  return { sql: sql.join(''), values: Object.values(wanted) };
}

/** Returns the condition on rows `t` that a 404 can prove deleted: within the stream's scope and the source's reach. */
export function provable(stream: Stream, reach: Reach, first: number): Condition {
  const scope = withinScope(stream, first);
  const shown = withinReach(stream, reach, first + scope.values.length);
  return { sql: scope.sql + shown.sql, values: [...scope.values, ...shown.values] };
}

/**
 * Returns the condition on rows `t` that the list can show: they have the date it is sorted by, and no reference hides
 * them.
 */
export function listed({ discovery, unlisted }: Stream): string {
  const dated = discovery.by === 'date' && discovery.date !== undefined;
  const shown = dated ? ` and t."${discovery.date}" is not null` : '';
  if (!unlisted) return shown;
  const { column, names, date } = unlisted;
  const hiding = `select from ${planOf(names.table).sqlName} n where n.id = t."${column}" and n."${date}" is not null`;
  return `${shown} and not exists (${hiding})`;
}

/**
 * Returns the ids that a walk by ids requests besides those it finds: of records that the source was seen to have, or
 * whose origin is unknown, and that it is not known to have deleted.
 */
export async function knownIds(pool: Pool, { account, entity }: Stream, reach: Reach): Promise<string[]> {
  const asked = worthAsking(reach, 2);
  const { rows } = await pool.query<{ id: string }>(
    `select t.id::text as id from ${planOf(entity.table).sqlName} t where t.account = $1 and t.deleted_at is null${asked.sql}`,
    [account, ...asked.values],
  );
  return rows.map((row) => row.id);
}

const IDS_A_PAGE = 10_000;

/** Yields the ids of all records within scope and reach that the source's list should show, page by page. */
export async function* storedIdPages(pool: Pool, stream: Stream, reach: Reach): AsyncGenerator<string[]> {
  const { sqlName, columns } = planOf(stream.entity.table);
  const mine = provable(stream, reach, 3);
  let last: string | undefined;
  do {
    // The page is cut before anything else is read: this uses the key's index, whatever the planner knows of the rest.
    const { rows }: QueryResult<{ id: string; counts: boolean }> = await pool.query(
      `select t.id::text as id, t.deleted_at is null${mine.sql}${listed(stream)} as counts from (
         select * from ${sqlName} where $1::text is null or id > $1::${columns[0]?.sqlType} order by id limit $2) t
       order by t.id`,
      [last ?? null, IDS_A_PAGE, ...mine.values],
    );
    yield rows.filter(({ counts }) => counts).map(({ id }) => id);
    last = rows.at(-1)?.id;
  } while (last !== undefined);
}

/** Returns `count` random ids of records within scope and reach that the source is not known to have deleted. */
export async function randomIds(pool: Pool, stream: Stream, reach: Reach, count: number): Promise<string[]> {
  const { sqlName } = planOf(stream.entity.table);
  const mine = provable(stream, reach, 2);
  let picked: { id: string; place: number }[] = [];
  for (const range of blockRanges(await countBlocks(pool, sqlName))) {
    const { rows } = await pool.query<{ id: string; place: number }>(
      `select t.id::text as id, random() as place from ${sqlName} t
       where ${range} and t.deleted_at is null${mine.sql} order by place limit $1`,
      [count, ...mine.values],
    );
    picked = [...picked, ...rows].toSorted((one, other) => one.place - other.place).slice(0, count);
  }
  return picked.map(({ id }) => id);
}

/** Returns true if a record is stored as existing; with a reach, also only if a 404 would prove that it is deleted. */
export async function isStored(pool: Pool, stream: Stream, id: string, reach?: Reach): Promise<boolean> {
  const mine = reach ? provable(stream, reach, 2) : { sql: ' and t.account = $2', values: [stream.account] };
  const { rowCount } = await pool.query(
    `select from ${planOf(stream.entity.table).sqlName} t where t.id = $1 and t.deleted_at is null${mine.sql}`,
    [id, ...mine.values],
  );
  return rowCount === 1;
}

/**
 * Returns the number of records within a stream's scope that are stored as existing, and how many of them lie within
 * reach.
 */
export async function countStored(
  pool: Pool,
  stream: Stream,
  reach: Reach,
): Promise<{ stored: number; inReach: number }> {
  const { sqlName } = planOf(stream.entity.table);
  const [scope, mine] = [withinScope(stream, 1), provable(stream, reach, 1)];
  const sum = { stored: 0, inReach: 0 };
  for (const range of blockRanges(await countBlocks(pool, sqlName))) {
    const { rows } = await pool.query<{ stored: number; inReach: number }>(
      `select count(*)::int as stored, count(*) filter (where true${mine.sql})::int as "inReach"
       from ${sqlName} t where ${range} and t.deleted_at is null${scope.sql}`,
      [...mine.values],
    );
    sum.stored += rows[0]?.stored ?? 0;
    sum.inReach += rows[0]?.inReach ?? 0;
  }
  return sum;
}

/** Returns the owners that have records of a stream stored as existing. */
export async function ownersStored(
  pool: Pool,
  { account, entity, ownerColumn }: Stream,
  owners: readonly string[],
): Promise<string[]> {
  if (owners.length === 0) return [];
  const { rows } = await pool.query<{ owner: string }>(
    `select o.owner from unnest($1::text[]) as o(owner) where exists (
       select from ${planOf(entity.table).sqlName} t where t.account = $2 and t."${ownerColumn}"::text = o.owner and t.deleted_at is null)`,
    [owners, account],
  );
  return rows.map(({ owner }) => owner);
}

/** A record that the source does not have. */
export interface Deletion {
  id: string;
  observedAt: string;
  /** Records that the source would show; outside of it, a 404 proves nothing. */
  reach: Reach;
}

/**
 * Stores a deletion in a transaction of its own, under the lease of the walk's run that found it, if any. A state
 * observed later stays, and so does a record out of reach. Returns the number of rows marked.
 */
export async function commitDeletion(
  pool: Pool,
  source: Source,
  stream: Stream,
  { reach, run, ...deletion }: Deletion & { run?: LeasedRun },
): Promise<number> {
  const mine = provable(stream, reach, 3);
  const provenance: Provenance = {
    account: source.account,
    via: run ? 'tombstone' : 'pull',
    runId: run?.runId ?? null,
  };
  const notLater = ` and (t.observed_at <= o.at or ${isAhead('t.observed_at')})`;
  return transaction(pool, async (client) => {
    await lockSource(client, source);
    if (run) await requireLease(client, run.lease);
    const rule = { sql: notLater + mine.sql, values: mine.values };
    return markDeleted(client, stream.entity, { ...deletion, provenance }, rule);
  });
}
