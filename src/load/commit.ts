import { RefusedError } from '../model/errors.ts';
import type { Entity } from '../model/entity.ts';
import { savePage, type SeenPage } from '../ledger/checkpoint.ts';
import { lockSource, pipelined, transaction, type Database } from '../database/database.ts';
import { requireLease } from '../ledger/lease.ts';
import type { LeasedRun } from '../ledger/runs.ts';
import { withRetry } from '../database/retry.ts';
import { countByStream } from '../ledger/rejections.ts';
import type { Batch, IncomingRecord, SourceRef } from '../normalize/batch.ts';
import { normalizeResponse, type BatchPart, type SourceResponse } from '../normalize/normalize.ts';
import { withMasks, type VersionedMasks } from './masks.ts';
import { store, type StoreResult } from './store.ts';
import { planOf } from '../database/table-plan.ts';
import { noWrites, type WriteCounts } from './write.ts';

/** How a batch is committed. */
export interface CommitOptions {
  /** Whose records the batch holds, as opposed to what nests in them. */
  entity: Entity;
  /** The run that read the records; absent for records that were pulled. */
  run?: LeasedRun;
  /** The pages of a walk that the records are. */
  pages?: readonly StoredPage[];
}

/** A page of a walk, and its part of the batch. */
export type StoredPage = SeenPage & BatchPart & { walkId: string };

/** What storing records came to. */
export interface CommitResult {
  /** Rows by `schema.table`. */
  tables: ReadonlyMap<string, WriteCounts>;
  ids: string[];
  rejected: number;
  /** Rows that had been observed in the future, and were corrected. */
  skewed: number;
  /** Of those, how many of each stream, or of the source's webhooks. */
  rejections: ReadonlyMap<string, number>;
  drift: ReadonlyMap<string, number>;
}

/** The same, with the effect on the records themselves, as opposed to what nests in them. */
export interface StreamCommitResult extends CommitResult {
  effect: WriteCounts;
}

const COMMIT_ATTEMPTS = 6;

/**
 * Stores a batch of an entity's records and all that nests in them in one transaction, together with the pages of the walk
 * that they are, where there is one. A transient failure of the database is tried again; a record that cannot be a row is rejected alone.
 * Throws a LeaseLostError when another process walks the stream by now, a RefusedError when it is not the fault of a
 * record that nothing can be stored.
 */
export async function commitBatch(
  db: Database,
  source: SourceRef,
  batch: Batch,
  { entity, run, pages = [] }: CommitOptions,
): Promise<StreamCommitResult> {
  const by = { ...source, via: run ? ('walk' as const) : ('pull' as const), runId: run?.runId ?? null };
  const commitOnce = (masks: VersionedMasks) =>
    transaction(db.pool, async (client) => {
      const rights = [lockSource(client, source), ...(run ? [requireLease(client, run.lease)] : [])];
      const saved = pages.map((page) => savePage(client, page.walkId, page));
      const stores = store(client, { ...by, masks }, batch);
      await pipelined([...rights, ...saved, stores]);
      const stored = await stores;
      for (const { incoming } of pages.length > 0 ? pages : [batch]) requireSome(incoming, stored);
      return stored;
    });
  const stored = await withRetry(COMMIT_ATTEMPTS, () => withMasks(db.pool, source, commitOnce));
  return { ...commitResult(source, batch, stored), effect: stored.effects.get(entity.table) ?? noWrites };
}

/** Where none of several records can be stored, something else than a record is broken: the answer, its reading, or the table. */
function requireSome(incoming: readonly IncomingRecord[], { rejected }: StoreResult): void {
  const rejections = incoming.flatMap((one) => rejected.get(one) ?? []);
  if (incoming.length < 2 || rejections.length < incoming.length) return;
  const reasons = new Set(rejections.map(({ reason }) => reason));
  throw new RefusedError(
    `none of the ${incoming.length} records of an answer can be stored (${[...reasons].slice(0, 3).join('; ')}): see what the source sends, and whether a newer checkout-sync reads it`,
  );
}

/** Normalizes and stores the records of one response, as {@link commitBatch} does. */
export const commitRecords = async (
  db: Database,
  source: SourceRef,
  entity: Entity,
  response: SourceResponse,
): Promise<StreamCommitResult> => commitBatch(db, source, normalizeResponse(source, entity, response), { entity });

/** What a stored batch came to, table by table. */
export function commitResult(
  source: SourceRef,
  { ids, drift }: Batch,
  { effects, rejected }: StoreResult,
): CommitResult {
  const tables = new Map([...effects].map(([table, effect]) => [planOf(table).name, effect]));
  const skewed = [...effects.values()].reduce((sum, effect) => sum + effect.skewed, 0);
  return { tables, ids, rejected: rejected.size, rejections: countByStream(source, rejected), skewed, drift };
}
