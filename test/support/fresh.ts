import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../src/database/database.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from './database.ts';
import { syncing } from './polar.ts';
import { rows } from './records.ts';

const STREAMS = ['polar.checkout_links', 'polar.checkouts'] as const;

/** The column that a table's rows belong together by: the parent's of a set, else the id. */
async function groupings(db: Database): Promise<Map<string, string>> {
  const tables = await rows(
    db,
    `select table_name as name, (array_agg(column_name::text order by ordinal_position))[1] as first
     from information_schema.columns where table_schema = 'polar' group by 1 order by 1`,
  );
  return new Map(tables.map(({ name, first }) => [String(name), String(first)]));
}

async function grouped(db: Database, table: string, by: string): Promise<Map<string, string[]>> {
  const found = await rows(
    db,
    `select ${by}::text as key, (to_jsonb(t) - 'observed_at')::text as row from polar.${table} t order by 2`,
  );
  const groups = new Map<string, string[]>();
  for (const { key, row } of found) groups.set(String(key), [...(groups.get(String(key)) ?? []), String(row)]);
  return groups;
}

/** True for equal rows; of one that only copies without dates show now, the older database may know more. */
function isAlike(found: string, expected = '{}'): boolean {
  const [mine, fresh] = [JSON.parse(found), JSON.parse(expected)] as Record<string, unknown>[];
  if (fresh?.created_at !== null) return found === expected;
  return Object.entries(fresh).every(([name, value]) => value === null || isDeepStrictEqual(mine?.[name], value));
}

/**
 * Compares a database with a new one that was filled from the source just now, when nothing changes any more: what the
 * source shows must be in both alike, sets as a whole. What the source no longer shows may still be in the older one.
 */
export async function unlikeFresh(polar: Simulator, db: Database): Promise<string[]> {
  const fresh = await freshDatabase();
  for (const stream of STREAMS) {
    const run = await syncing(polar, fresh).sync(stream);
    if (run.outcome !== 'complete') throw new Error(`the comparison failed: ${run.error}`);
  }
  const unlike: string[] = [];
  for (const [table, by] of await groupings(db)) {
    const [stored, shown] = [await grouped(db, table, by), await grouped(fresh, table, by)];
    for (const [key, expected] of shown) {
      const found = stored.get(key) ?? [];
      if (!found.every((row, at) => isAlike(row, expected[at])) || found.length !== expected.length)
        unlike.push(`${table} ${key}: ${found.join()} is not ${expected.join()}`);
    }
  }
  return unlike;
}
