import type { Pool, PoolClient } from 'pg';
import { isAhead } from '../database/clock.ts';
import { steadyTransaction } from '../database/database.ts';
import { planOf } from '../database/table-plan.ts';
import { requirePages } from '../ledger/checkpoint.ts';
import type { Condition, Reach } from '../ledger/sightings.ts';
import type { Stream } from '../model/stream.ts';
import { blockRanges, countBlocks } from './block-ranges.ts';
import { listed, provable } from './tombstones.ts';

/** A full walk whose pages are stored. */
export interface SeenWalk {
  walkId: string;
  startedAt: string;
  /** Number of pages. */
  pages: number;
  sizes?: Sizes;
}

interface Sizes {
  /** Pages, and blocks of the table, that one statement divides. */
  pages: number;
  blocks: number;
  /** Number of such parts that one statement compares. */
  compared: number;
}

/** About 500,000 ids are divided at a time, and 1,000,000 compared. */
const SIZES: Sizes = { pages: 5000, blocks: 40_960, compared: 2 };

/**
 * Returns ids within reach that are stored as existing but were on no page of a complete full walk, in key order. This
 * proves nothing yet: each must still be requested by id. Rows observed since the walk started are left out. However
 * large the stream is, no statement takes longer than one over some 1,000,000 ids: if there are more, stored and seen ids
 * are first divided by their hash. Throws an UnreadableListError if a crash of Postgres has lost pages.
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
    const slices = Math.ceil(Math.max(walk.pages / sizes.pages, blocks / sizes.blocks) / sizes.compared);
    if (slices <= 1) return difference(client, sqlName, stored);
    const ranges = blockRanges(blocks, sizes.blocks);
    await divideStored(client, { sqlName, stored, ranges, slices });
    await divideSeen(client, walk, { slices, pages: sizes.pages });
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

/** Returns SQL of the slice that an id, given as SQL, belongs to. */
const sliceOf = (id: string, slices: number) => `(hashtextextended(${id}, 0) & ${2 ** 31 - 1})::int % ${slices}`;

interface StoredIds {
  sqlName: string;
  stored: Condition;
  ranges: readonly string[];
  slices: number;
}

async function divideStored(client: PoolClient, { sqlName, stored, ranges, slices }: StoredIds): Promise<void> {
  for (const [part, range] of ranges.entries())
    await client.query(
      `insert into sync.id_slices (walk_id, slice, is_stored, part, ids)
       select $1::uuid, ${sliceOf('id', slices)}, true, ${part}, array_agg(id) from (
         select t.id::text as id from ${sqlName} t where ${range} and ${stored.sql}) as stored group by 2`,
      [...stored.values],
    );
}

async function divideSeen(
  client: PoolClient,
  walk: SeenWalk,
  { slices, pages }: { slices: number; pages: number },
): Promise<void> {
  for (let first = 0; first <= walk.pages; first += pages)
    await client.query(
      `insert into sync.id_slices (walk_id, slice, is_stored, part, ids)
       select $1::uuid, ${sliceOf('id', slices)}, false, $2::int, array_agg(id) from (
         select unnest(ids) as id from sync.seen_pages where walk_id = $1 and number >= $2 and number < $3) as seen group by 2`,
      [walk.walkId, first, first + pages],
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
