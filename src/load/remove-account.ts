import { getTableConfig } from 'drizzle-orm/pg-core';
import type { Pool, PoolClient } from 'pg';
import { entitiesWithin, type Entity } from '../model/entity.ts';
import { describedTables } from '../model/comments.ts';
import { lockSource, transaction } from '../database/database.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';
import type { AccountRef } from '../model/source.ts';
import { countBlocks } from './block-ranges.ts';
import { feedInsert, provenanceAt, provenanceValues } from './changes.ts';

/**
 * Blocks of a table per transaction, a few thousand rows: the source's write lock is held briefly, and a kill loses
 * little.
 */
const BLOCKS = 64;

/** Returns the tables of a source; those that refer to others come first. */
function sourceTables(source: string): TablePlan[] {
  const tables = describedTables().filter((table) => getTableConfig(table).schema === source);
  const ordered = new Set<TablePlan>();
  const visit = (table: (typeof tables)[number]) => {
    if (ordered.has(planOf(table))) return;
    for (const other of tables)
      if (planOf(other).columns.some(({ references }) => references === table && other !== table)) visit(other);
    ordered.add(planOf(table));
  };
  for (const table of tables) visit(table);
  return [...ordered];
}

/** Returns the number of rows that an account has in the tables of its source. */
export async function countAccountRows(pool: Pool, { source, account }: AccountRef): Promise<number> {
  let rows = 0;
  for (const { sqlName } of sourceTables(source)) {
    const counted = await pool.query<{ count: number }>(
      `select count(*)::int as count from ${sqlName} where account = $1`,
      [account],
    );
    rows += counted.rows[0]?.count ?? 0;
  }
  return rows;
}

/**
 * Deletes an account's rows, their history and all bookkeeping about the account, in transactions of a bounded size;
 * called again after a kill, it continues. Leases stay, because a fencing token must only grow. Returns the number of
 * rows deleted from the source's tables.
 */
export async function removeAccount(
  pool: Pool,
  name: AccountRef,
  entities: readonly Entity[],
  signal: AbortSignal,
): Promise<number> {
  let rows = 0;
  let deleted: number;
  do rows += deleted = await removeRows(pool, name, signal);
  while (deleted > 0); // a webhook may have added rows meanwhile
  for (const { history } of entities.flatMap((entity) => [...entitiesWithin(entity)]))
    if (history) await pool.query(`delete from ${planOf(history.table).sqlName} where account = $1`, [name.account]);
  for (const text of BOOKKEEPING) await pool.query(text, [name.account, name.source]);
  return rows;
}

/** Deletes an account's rows from each table once. Returns their number. */
async function removeRows(pool: Pool, name: AccountRef, signal: AbortSignal): Promise<number> {
  let rows = 0;
  for (const plan of sourceTables(name.source)) {
    const end = await countBlocks(pool, plan.sqlName);
    for (let first = 0; first < end; first += BLOCKS) {
      signal.throwIfAborted();
      rows += await transaction(pool, (client) => removeSome(client, plan, name, first));
    }
  }
  return rows;
}

/**
 * Deletes an account's rows in some blocks of a table, and enters those of entities into the change feed. Returns their
 * number.
 */
async function removeSome(
  client: PoolClient,
  plan: TablePlan,
  { source, account }: AccountRef,
  first: number,
): Promise<number> {
  const { sqlName, key } = plan;
  const isEntity = key.length === 1;
  const by = provenanceAt(1);
  const text = `delete from ${sqlName} where ctid >= '(${first},0)' and ctid < '(${first + BLOCKS},0)' and account = ${by.account}`;
  await lockSource(client, { name: source });
  if (!isEntity) return (await client.query(text, [account])).rowCount ?? 0;
  const { rows } = await client.query<{ removed: number }>(
    `with removed as (${text} returning id, version_at, now() as observed_at),
     feed as (${feedInsert([{ plan, from: 'removed', op: "'d'" }], by)})
     select count(*)::int as removed from removed`,
    provenanceValues({ account, via: 'command', runId: null }),
  );
  return rows[0]?.removed ?? 0;
}

const ofStream = (column: string) => `account = $1 and split_part(${column}, '.', 1) = $2`;

/** Bookkeeping tables; the account itself comes last, which keeps its identity known until then. */
const BOOKKEEPING = [
  `delete from sync.seen_pages where walk_id in (select walk_id from sync.checkpoints where ${ofStream('stream')})`,
  ...['checkpoints', 'pending_deletions', 'rejected_records', 'runs'].map(
    (table) => `delete from sync.${table} where ${ofStream('stream')}`,
  ),
  `delete from sync.sightings where ${ofStream('kind')}`,
  'delete from sync.webhook_events where account = $1 and source = $2',
  'delete from sync.accounts where account = $1 and source = $2',
];
