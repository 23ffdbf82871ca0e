import type { PgTable } from 'drizzle-orm/pg-core';
import type { PoolClient } from 'pg';
import { ForeignRowError, formatError } from '../model/errors.ts';
import { isAhead, isImplausible, notAhead } from '../database/clock.ts';
import { pipelined } from '../database/database.ts';
import { batchOf, type IncomingRecord, type Batch, type SourceRef } from '../normalize/batch.ts';
import { rejection, type Rejected } from '../normalize/normalize.ts';
import { liesInRecord, mayLieInRecord } from '../database/refusals.ts';
import { resolveRejections, saveRejection } from '../ledger/rejections.ts';
import type { Rows } from '../normalize/rows.ts';
import { comparisonOf } from './statement.ts';
import { planOf } from '../database/table-plan.ts';
import { noWrites, parametersOf, writeRows, type WriteCounts } from './write.ts';

/** What storing a batch came to. */
export interface Stored {
  /** By table: rows inserted and updated. */
  effects: ReadonlyMap<PgTable, WriteCounts>;
  /** Records that cannot be rows, or that Postgres refuses. */
  rejected: ReadonlyMap<IncomingRecord, Rejected>;
}

/**
 * Writes a batch inside the caller's transaction, which holds the source's write lock: rows, tombstones, and the records
 * that are rejected. A record whose own data Postgres refuses is rejected alone; any other refusal is thrown.
 */
export async function store(client: PoolClient, origin: SourceRef, batch: Batch): Promise<Stored> {
  const rejected = new Map(batch.unusable);
  const written = pipelined([client.query('savepoint rows'), writeRows(client, batch.rows, origin.account)]);
  const effects = await written.then(
    ([, done]) => done,
    async (error: unknown) => {
      if (!mayConcernOne(error)) throw error;
      await client.query('rollback to savepoint rows');
      return storeOneByOne(client, origin, batch, rejected);
    },
  );
  for (const one of batch.incoming) if (one.isDeleted && !rejected.has(one)) await markDeleted(client, origin, one);
  await resolveRejections(client, origin, batch.incoming, rejected);
  for (const [one, record] of rejected) await saveRejection(client, origin, one, record);
  return { effects, rejected };
}

/** The net under the conversion rules: finds the records that Postgres refuses, and stores the others. */
async function storeOneByOne(
  client: PoolClient,
  origin: SourceRef,
  { incoming }: Batch,
  rejected: Map<IncomingRecord, Rejected>,
): Promise<Map<PgTable, WriteCounts>> {
  const total = new Map<PgTable, WriteCounts>();
  for (const one of incoming) {
    if (rejected.has(one)) continue;
    await client.query('savepoint record');
    const { rows } = batchOf(origin, [one]);
    try {
      add(total, await writeRows(client, rows, origin.account));
    } catch (error) {
      await client.query('rollback to savepoint record');
      const reason = await reasonOf(error, () => cannotBeRead(client, rows, origin.account));
      await client.query('rollback to savepoint record');
      rejected.set(one, rejection(one.record, reason, origin.secretKeys));
    }
  }
  return total;
}

/** True for an error that one of several records may be the cause of. */
const mayConcernOne = (error: unknown) =>
  error instanceof ForeignRowError || (mayLieInRecord(error) && liesInRecord(error) !== false);

/** Why a record alone cannot be stored; any error that is not the record's own is thrown. */
async function reasonOf(error: unknown, cannotBeRead: () => Promise<boolean>): Promise<string> {
  if (error instanceof ForeignRowError) return error.message;
  if (!mayLieInRecord(error) || !(liesInRecord(error) ?? (await cannotBeRead()))) throw error;
  return `Postgres refuses it: ${formatError(error)}`;
}

/**
 * Whether the data is why Postgres refuses these rows: it cannot be brought into the types of our columns. Comparing rows
 * with what is stored needs nothing else, no trigger, check or expression of the user's.
 */
async function cannotBeRead(client: PoolClient, rows: Rows, account: string): Promise<boolean> {
  try {
    for (const batch of rows.values())
      for (const [key, columnSet] of batch.columnSets)
        await client.query(comparisonOf(batch, key, columnSet).text, parametersOf(batch, columnSet, account));
    return false;
  } catch (error) {
    if (mayLieInRecord(error)) return true;
    throw error;
  }
}

function add(total: Map<PgTable, WriteCounts>, effects: ReadonlyMap<PgTable, WriteCounts>): void {
  for (const [table, { inserted, updated, skewed }] of effects) {
    const sum = total.get(table) ?? noWrites;
    total.set(table, {
      inserted: sum.inserted + inserted,
      updated: sum.updated + updated,
      skewed: sum.skewed + skewed,
    });
  }
}

/** Marks what the source calls deleted, unless a newer version is stored. Being nested somewhere later does not undo it. */
async function markDeleted(
  client: PoolClient,
  { account }: SourceRef,
  { entity, record, observedAt }: IncomingRecord,
): Promise<void> {
  const { rows } = batchOf({ secretKeys: new Set() }, [{ entity, record, observedAt, isDeleted: true }]);
  const row = rows.get(entity.table)?.first.values().next().value;
  const { sqlName, index } = planOf(entity.table);
  const cell = (name: string) => row?.cells[index.get(name) ?? -1];
  await client.query(
    `update ${sqlName} t set deleted_at = o.at, observed_at = case when ${isAhead('t.observed_at')} then o.at else greatest(t.observed_at, o.at) end
     from (select ${notAhead('$2::timestamptz')} as at) o
     where id = $1 and account = $4 and deleted_at is null and ((version_at <= $3::timestamptz) is not false or ${isImplausible('version_at')})`,
    [row?.id, observedAt, cell('modified_at') ?? cell('created_at'), account],
  );
}
