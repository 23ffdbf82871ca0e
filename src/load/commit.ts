import type { PoolClient } from 'pg';
import { RefusedError } from '../model/errors.ts';
import type { Entity } from '../model/entity.ts';
import { savePages, type SeenPage, type WalkRun } from '../ledger/checkpoint.ts';
import { lockSource, pipelined, sentTogether, transaction, type Database } from '../database/database.ts';
import { requireLease, type Lease } from '../ledger/lease.ts';
import type { LeasedRun } from '../ledger/runs.ts';
import { withRetry } from '../database/retry.ts';
import { countByStream } from '../ledger/rejections.ts';
import type { Batch, IncomingRecord, SourceRef } from '../normalize/batch.ts';
import { normalize, normalizeResponse, type BatchPart, type SourceResponse } from '../normalize/normalize.ts';
import { requireComplete } from './commit-along.ts';
import { withMasks } from './masks.ts';
import { store, storeAndCommit, type StoreResult, type Writer } from './store.ts';
import { planOf } from '../database/table-plan.ts';
import { noWrites, type WriteCounts } from './write.ts';

/** Options of committing a batch. */
export interface CommitOptions {
  /** Entity of the batch's own records, as opposed to nested ones. */
  entity: Entity;
  /** The run that read the records; absent for pulled records. */
  run?: LeasedRun;
  /** Pages of the walk that the records make up. */
  pages?: readonly StoredPage[];
}

/** A page of a walk, and its part of the batch. */
export type StoredPage = SeenPage & BatchPart & WalkRun;

/** The report that a transaction makes, and the way it ends. */
interface TransactionOptions {
  onLocked: () => void;
  /** Sends the `COMMIT` before it is known what the statements did. */
  sendCommit?: () => Promise<unknown>;
}

/** Result of storing records. */
export interface CommitResult {
  /** Rows written, by `schema.table`. */
  tables: ReadonlyMap<string, WriteCounts>;
  ids: string[];
  rejected: number;
  /** Number of rows that had been observed in the future and were corrected. */
  skewed: number;
  /** Number of rejected records by stream, or of the source's webhooks. */
  rejections: ReadonlyMap<string, number>;
  drift: ReadonlyMap<string, number>;
}

/** A commit result with the counts of the records themselves, as opposed to nested ones. */
export interface StreamCommitResult extends CommitResult {
  effect: WriteCounts;
}

const COMMIT_ATTEMPTS = 6;

/** Leases whose latest transaction wrote rows alone: the next one probably does too. */
const plainLeases = new WeakSet<Lease>();

/** Returns true if the `COMMIT` of a batch may be sent before it is known what its statements did. */
const mayCommitAlong = ({ run, pages = [] }: CommitOptions, { rejected, deleted }: Batch): boolean =>
  run !== undefined && pages.length > 0 && plainLeases.has(run.lease) && rejected.size === 0 && deleted.size === 0;

function noteResult({ run }: CommitOptions, { isPlain }: StoreResult): void {
  if (!run) return;
  if (isPlain) plainLeases.add(run.lease);
  else plainLeases.delete(run.lease);
}

/** A batch that is being stored. */
export interface SentBatch {
  /** Resolves when it is stored; rejects when it cannot be. */
  stored: Promise<StreamCommitResult>;
  /**
   * Resolves when its transaction holds the source's write lock; the next transaction to request the lock gets it next.
   */
  isLocked: Promise<void>;
  /** Resolves when it is committed; rejects when an attempt failed before. */
  isCommitted: Promise<void>;
}

/**
 * Stores a batch of an entity's records and everything nested in them in one transaction, together with the walk's
 * pages that they make up, if any. Retries after a transient database failure. A record that cannot be a row is
 * rejected alone. Throws a LeaseLostError if another process now walks the stream, and a RefusedError if nothing can be
 * stored and no single record is to blame.
 */
export const commitBatch = (
  db: Database,
  source: SourceRef,
  batch: Batch,
  options: CommitOptions,
): Promise<StreamCommitResult> => sendBatch(db, source, batch, options).stored;

/**
 * Does what {@link commitBatch} does. The transaction of a batch that follows another waits in Postgres for the
 * source's write lock, and commits only after the other. If an attempt of the other fails, it is rolled back, and
 * starts again once the other is stored. A transaction that probably writes rows alone sends its `COMMIT` along; if that
 * fails, it starts again without.
 */
export function sendBatch(
  db: Database,
  source: SourceRef,
  batch: Batch,
  { after, ...options }: CommitOptions & { after?: SentBatch | undefined },
): SentBatch {
  const [lock, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  commit.promise.catch(() => undefined); // nothing need follow
  let latest: Batch | undefined;
  const attempt = (before?: Promise<void>, isAlong = false) =>
    withMasks(db.pool, source, (masks) => {
      const current = (latest = latest ? normalize(source, batch.incoming) : batch); // its rows may be gone
      const committed = transaction(db.pool, async (client, sendCommit) => {
        const further = { onLocked: lock.resolve, ...(isAlong && { sendCommit }) };
        const stored = await storeBatch(client, { ...source, masks }, current, { ...options, ...further });
        if (!isAlong) await before;
        return stored;
      });
      committed.then(() => commit.resolve(), commit.reject);
      return committed;
    });
  const storeInTurn = async () => {
    const isAlong = () => mayCommitAlong(options, batch);
    const first = after
      ? await sendEarly(after, (before) => attempt(before, isAlong()))
      : isAlong() && (await attempt(undefined, true).catch(() => undefined)); // the next attempt shows why
    const stored = first || (await withRetry(COMMIT_ATTEMPTS, () => attempt()));
    noteResult(options, stored);
    const effect = stored.effects.get(options.entity.table) ?? noWrites;
    return { ...commitResult(source, latest ?? batch, stored), effect };
  };
  return { stored: storeInTurn(), isLocked: lock.promise, isCommitted: commit.promise };
}

/**
 * Returns undefined if the attempt failed, whatever the reason, once the previous batch is stored: the next attempt
 * shows why.
 */
async function sendEarly(
  { stored, isLocked, isCommitted }: SentBatch,
  attempt: (before: Promise<void>) => Promise<StoreResult>,
): Promise<StoreResult | undefined> {
  const early = await Promise.race([isLocked, isCommitted]).then(
    () => attempt(isCommitted).catch(() => undefined),
    () => undefined,
  );
  await stored;
  return early;
}

/**
 * Stores a batch inside a transaction; calls `onLocked` once it may write. Sends the `COMMIT` along with the last
 * statement if it may.
 */
async function storeBatch(
  client: PoolClient,
  source: SourceRef & Pick<Writer, 'masks'>,
  batch: Batch,
  { run, pages = [], onLocked, sendCommit }: CommitOptions & TransactionOptions,
): Promise<StoreResult> {
  const by = { ...source, via: run ? ('walk' as const) : ('pull' as const), runId: run?.runId ?? null };
  const end =
    run && sendCommit && (() => Promise.all([requireComplete(client, source.masks, run.lease), sendCommit()]));
  const { stores, others } = sentTogether(client, () => {
    const rights = [lockSource(client, source).then(onLocked), ...(run ? [requireLease(client, run.lease)] : [])];
    const saved = pages[0] ? [savePages(client, pages[0], pages)] : [];
    return {
      others: [...rights, ...saved],
      stores: end ? storeAndCommit(client, by, batch, end) : store(client, by, batch),
    };
  });
  await pipelined([...others, stores]);
  const stored = await stores;
  for (const { incoming } of pages.length > 0 ? pages : [batch]) requireSome(incoming, stored);
  return stored;
}

/**
 * Throws a RefusedError if none of several records can be stored: then the fault lies with the response, its parsing or
 * the table, not with a record.
 */
function requireSome(incoming: readonly IncomingRecord[], { rejected }: StoreResult): void {
  const rejections = incoming.flatMap((one) => rejected.get(one) ?? []);
  if (incoming.length < 2 || rejections.length < incoming.length) return;
  const reasons = new Set(rejections.map(({ reason }) => reason));
  throw new RefusedError(
    'CS5104',
    `none of the ${incoming.length} records of a response can be stored (${[...reasons].slice(0, 3).join('; ')}): see what the source sends, and whether a newer checkout-sync reads it`,
  );
}

/** Normalizes and stores the records of one response, as {@link commitBatch} does. */
export const commitRecords = async (
  db: Database,
  source: SourceRef,
  entity: Entity,
  response: SourceResponse,
): Promise<StreamCommitResult> => commitBatch(db, source, normalizeResponse(source, entity, response), { entity });

/** Returns the result of storing a batch, by table. */
export function commitResult(
  source: SourceRef,
  { ids, drift }: Batch,
  { effects, rejected }: StoreResult,
): CommitResult {
  const tables = new Map([...effects].map(([table, effect]) => [planOf(table).name, effect]));
  const skewed = [...effects.values()].reduce((sum, effect) => sum + effect.skewed, 0);
  return { tables, ids, rejected: rejected.size, rejections: countByStream(source, rejected), skewed, drift };
}
