import type { PgTable } from 'drizzle-orm/pg-core';
import type { PoolClient } from 'pg';
import { entitiesWithin } from '../model/entity.ts';
import { ForeignRowError, formatError } from '../model/errors.ts';
import { isImplausible } from '../database/clock.ts';
import { pipelined } from '../database/database.ts';
import type { IncomingRecord, Batch, Rejection, SourceRef } from '../normalize/batch.ts';
import { maskRejection } from '../normalize/mask-rejection.ts';
import { normalize } from '../normalize/normalize.ts';
import { rejectionOf } from '../normalize/rejection.ts';
import { liesInRecord, mayLieInRecord } from '../database/refusals.ts';
import { hasRejections, resolveRejections, saveRejection } from '../ledger/rejections.ts';
import type { Condition } from '../ledger/sightings.ts';
import type { Row, Rows } from '../normalize/rows.ts';
import type { Provenance } from './changes.ts';
import { markDeleted } from './mark-deleted.ts';
import { maskBatch, requireCurrent, type VersionedMasks } from './masks.ts';
import { comparisonOf } from './statement.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';
import { addCounts, parametersOf, writeRows, type WriteCounts } from './write.ts';

/** A source whose records are stored, the occasion, and the masks. */
export type Writer = SourceRef & Provenance & { masks: VersionedMasks };

/** Result of storing a batch. */
export interface StoreResult {
  /** Rows inserted and updated, by table. */
  effects: ReadonlyMap<PgTable, WriteCounts>;
  /** Records that cannot be rows, or that Postgres refuses. */
  rejected: ReadonlyMap<IncomingRecord, Rejection>;
  /** True if nothing but rows had to be written. */
  isPlain: boolean;
}

/**
 * Masks a batch, and writes it inside the caller's transaction, which holds the source's write lock: rows, tombstones
 * and rejected records. A record whose own data Postgres refuses is rejected alone; any other refusal is thrown. Throws
 * a StaleMasksError if the masks are not current.
 */
export async function store(client: PoolClient, source: Writer, batch: Batch): Promise<StoreResult> {
  maskBatch(batch, source.masks);
  const rejected = new Map(batch.rejected);
  const written = pipelined([
    requireCurrent(client, source.masks),
    client.query('savepoint rows'),
    writeRows(client, batch.rows, source),
    hasRejections(client, source),
  ]);
  const [effects, mayResolve] = await written.then(
    ([, , done, found]) => [done, found] as const,
    async (error: unknown) => {
      if (!mayConcernOne(error)) throw error;
      await client.query('rollback to savepoint rows');
      return [await storeOneByOne(client, source, batch, rejected), true] as const;
    },
  );
  for (const [one, row] of batch.deleted) {
    const plan = planOf(one.entity.table);
    if (!rejected.has(one))
      await markDeleted(client, one.entity, { ...row, provenance: source }, notNewer(source, plan, row));
  }
  if (mayResolve) await resolveRejections(client, source, batch.incoming, rejected);
  for (const [one, record] of rejected) await saveRejection(client, source, one, record);
  const isPlain = !mayResolve && rejected.size === 0 && batch.deleted.size === 0;
  return { effects, rejected, isPlain };
}

/**
 * Does what {@link store} does for a batch of rows alone, and lets the function send what ends the transaction behind
 * the last statement. Throws an error if that was not enough.
 */
export async function storeAndCommit(
  client: PoolClient,
  source: Writer,
  batch: Batch,
  end: () => Promise<unknown>,
): Promise<StoreResult> {
  maskBatch(batch, source.masks);
  return { effects: await writeRows(client, batch.rows, source, end), rejected: batch.rejected, isPlain: true };
}

/**
 * Finds the records that Postgres refuses although the conversion rules accept them, and stores the others. The only
 * place that normalizes twice: a batch merges the rows of different records, and keeping them apart would cost every
 * page.
 */
async function storeOneByOne(
  client: PoolClient,
  source: Writer,
  { incoming }: Batch,
  rejected: Map<IncomingRecord, Rejection>,
): Promise<Map<PgTable, WriteCounts>> {
  const total = new Map<PgTable, WriteCounts>();
  for (const one of incoming) {
    if (rejected.has(one)) continue;
    const rowsOf = () => {
      const alone = normalize(source, [one]);
      maskBatch(alone, source.masks);
      return alone.rows;
    };
    const reason = await storeOne(client, source, rowsOf, total);
    if (reason === undefined) continue;
    const rejection = rejectionOf(one, reason, source.secretKeys);
    rejected.set(one, maskRejection(rejection, entitiesWithin(one.entity), source.masks));
  }
  return total;
}

/** Writes the rows of one record, and adds to the counts. Returns the reason if it cannot be stored. */
async function storeOne(
  client: PoolClient,
  by: Provenance,
  rowsOf: () => Rows,
  total: Map<PgTable, WriteCounts>,
): Promise<string | undefined> {
  await client.query('savepoint record');
  try {
    for (const [table, counts] of await writeRows(client, rowsOf(), by)) addCounts(total, table, counts);
    return undefined;
  } catch (error) {
    await client.query('rollback to savepoint record');
    const reason = await reasonOf(error, () => cannotBeRead(client, rowsOf(), by.account));
    await client.query('rollback to savepoint record');
    return reason;
  }
}

/** True for an error that one of several records may have caused. */
const mayConcernOne = (error: unknown) =>
  error instanceof ForeignRowError || (mayLieInRecord(error) && liesInRecord(error) !== false);

/** Returns the reason why a single record cannot be stored. Throws an error that is not the record's own. */
async function reasonOf(error: unknown, cannotBeRead: () => Promise<boolean>): Promise<string> {
  if (error instanceof ForeignRowError) return error.message;
  if (!mayLieInRecord(error) || !(liesInRecord(error) ?? (await cannotBeRead()))) throw error;
  return `Postgres refuses it: ${formatError(error)}`;
}

/**
 * Returns true if Postgres refuses these rows because their data cannot be converted to the types of our columns.
 * Comparing rows with stored ones needs nothing else: no trigger, check or expression of the user's.
 */
async function cannotBeRead(client: PoolClient, rows: Rows, account: string): Promise<boolean> {
  const columnSets = [...rows.values()].flatMap((batch) =>
    [...batch.columnSets].map(([key, columnSet]) => ({ batch, key, columnSet })),
  );
  try {
    for (const { batch, key, columnSet } of columnSets)
      await client.query(comparisonOf(batch, key, columnSet).text, parametersOf(batch, columnSet, account));
    return false;
  } catch (error) {
    if (mayLieInRecord(error)) return true;
    throw error;
  }
}

/**
 * Returns the condition for storing a deletion that the source reports: no newer version is stored. A record nested
 * later does not undo it.
 */
function notNewer({ account }: SourceRef, { index }: TablePlan, { cells }: Row): Condition {
  const cell = (name: string) => cells[index.get(name) ?? -1];
  return {
    sql: ` and ((t.version_at <= $3::timestamptz) is not false or ${isImplausible('t.version_at')}) and t.account = $4`,
    values: [cell('modified_at') ?? cell('created_at'), account],
  };
}
