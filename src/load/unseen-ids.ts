import type { Pool, PoolClient } from 'pg';
import { isAhead } from '../database/clock.ts';
import { steadyTransaction } from '../database/database.ts';
import { planOf } from '../database/table-plan.ts';
import { requirePages } from '../ledger/checkpoint.ts';
import type { Condition, Reach } from '../ledger/sightings.ts';
import type { Stream } from '../model/stream.ts';
import { countBlocks } from './block-ranges.ts';
import { pairPages, type PagePair, type SeenPages } from './page-pairs.ts';
import { listed, provable } from './tombstones.ts';

/** A full walk whose pages are stored. */
export interface SeenWalk extends SeenPages {
  startedAt: string;
  sizes?: Sizes;
}

/** Pages, and blocks of the table, that make up a part. */
interface Sizes {
  pages: number;
  blocks: number;
}

/** About 500,000 ids. */
const SIZES: Sizes = { pages: 5000, blocks: 40_960 };

/** Number of parts whose ids one statement may compare with each other. */
const PARTS_AT_ONCE = 2;

/**
 * Returns ids within reach that are stored as existing but were on no page of a complete full walk, in key order. This
 * proves nothing yet: each must still be requested by id. Rows observed since the walk started are left out. However
 * large the stream is, no statement takes longer than one over some 1,000,000 ids: if there are more, each part of the
 * table is compared with the pages that probably show its records, and the ids that remain of both are divided by their
 * hash. Throws an UnreadableListError if a crash of Postgres has lost pages.
 */
export async function unseenIds(pool: Pool, stream: Stream, reach: Reach, walk: SeenWalk): Promise<string[]> {
  const { sqlName } = planOf(stream.entity.table);
  const { sizes = SIZES } = walk;
  const rule = provable(stream, reach, 3);
  const stored: Condition = {
    sql: `t.deleted_at is null and (t.observed_at < $2 or ${isAhead('t.observed_at')})${rule.sql}${listed(stream)}`,
    values: [walk.walkId, walk.startedAt, ...rule.values],
  };
  return steadyTransaction(pool, async (client) => {
    await requirePages(client, walk);
    await client.query(ONLY_HASH_JOINS);
    const blocks = await countBlocks(client, sqlName);
    const parts = Math.ceil(Math.max(walk.pages / sizes.pages, blocks / sizes.blocks));
    if (parts <= PARTS_AT_ONCE) return difference(client, sqlName, stored);
    const pairs = await pairPages(client, stream.entity, walk, { blocks, parts });
    const slices = Math.ceil(parts / PARTS_AT_ONCE);
    for (const [part, pair] of pairs.entries()) await divideRest(client, { sqlName, stored, part, slices }, pair);
    return differenceOfSlices(client, walk.walkId, slices);
  });
}

// Without statistics, Postgres might compare each stored id with each seen one. A hash join needs no more memory than a session may
// use, which EXCEPT does not promise, and takes three quarters of its time.
const ONLY_HASH_JOINS = 'set local enable_nestloop = off; set local enable_mergejoin = off';

async function difference(client: PoolClient, sqlName: string, { sql, values }: Condition): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select t.id::text collate "C" as id from ${sqlName} t where ${sql} and not exists (
       select from (select unnest(ids) as id from sync.seen_pages where walk_id = $1) as seen where seen.id = t.id::text)
     order by 1`,
    [...values],
  );
  return rows.map(({ id }) => id);
}

/** A part of the comparison. */
interface DividedPart {
  sqlName: string;
  stored: Condition;
  part: number;
  slices: number;
}

/** Saves the stored ids of a pair that its pages do not show, and the seen ones that its range does not hold. */
async function divideRest(
  client: PoolClient,
  { sqlName, stored: { sql, values }, part, slices }: DividedPart,
  { range, pages }: PagePair,
): Promise<void> {
  await client.query(
    `insert into sync.id_slices (walk_id, slice, is_stored, part, ids)
     select $1::uuid, (hashtextextended(id, 0) & ${2 ** 31 - 1})::int % ${slices}, is_stored, ${part}, array_agg(id) from (
       select coalesce(seen.id, t.id::text) as id, seen.id is null as is_stored
       from (select * from ${sqlName} t where ${range}) t full join (
         select unnest(ids) as id from sync.seen_pages where walk_id = $1 and number = any($${values.length + 1}::int[])
       ) seen on seen.id = t.id::text
       where t.id is null or (seen.id is null and ${sql})
     ) as rest group by 2, 3`,
    [...values, pages],
  );
}

const COMPARE_SLICE = `
with slice as (delete from sync.id_slices where walk_id = $1 and slice = $2 returning is_stored, ids),
seen as (select unnest(ids) as id from slice where not is_stored)
select id from (select unnest(ids) as id from slice where is_stored) as stored
where not exists (select from seen where seen.id = stored.id)`;

async function differenceOfSlices(client: PoolClient, walkId: string, slices: number): Promise<string[]> {
  const unseen: string[] = [];
  for (let slice = 0; slice < slices; slice++)
    for (const { id } of (await client.query<{ id: string }>(COMPARE_SLICE, [walkId, slice])).rows) unseen.push(id);
  return unseen.toSorted((one, other) => (one < other ? -1 : 1));
}
