import { RefusedError } from '../model/errors.ts';
import type { Entity } from '../model/entity.ts';
import type { Json } from '../model/json.ts';
import { savePage, type SeenPage } from '../ledger/checkpoint.ts';
import { lockSource, pipelined, transaction, type Database } from '../database/database.ts';
import { requireLease, type Lease } from '../ledger/lease.ts';
import { withRetry } from '../database/retry.ts';
import { countByStream } from '../ledger/rejections.ts';
import { batchOf, type Batch, type SourceRef } from '../normalize/batch.ts';
import { store, type Stored } from './store.ts';
import { planOf } from '../database/table-plan.ts';
import { noWrites, type WriteCounts } from './write.ts';

/** Records of one response, with the moment its first byte arrived. */
export interface SourceResponse {
  records: readonly Json[];
  observedAt: string;
}

/** The walk that read the records: they are stored under its lease, with its checkpoint when they are a page. */
export interface Walked {
  lease: Lease;
  page?: Omit<SeenPage, 'ids'> & { walkId: string };
}

/** What storing records came to. */
export interface Committed {
  /** Rows by `schema.table`. */
  tables: ReadonlyMap<string, WriteCounts>;
  ids: string[];
  rejected: number;
  /** Rows that had been observed in the future, and were set right. */
  skewed: number;
  /** Of those, how many of each stream, or of the source's webhooks. */
  rejections: ReadonlyMap<string, number>;
  drift: ReadonlyMap<string, number>;
}

/** The same, with the effect on the records themselves, as opposed to what nests in them. */
export interface CommittedRecords extends Committed {
  effect: WriteCounts;
}

const ATTEMPTS = 6;

/**
 * Stores a batch of an entity's records and all that nests in them in one transaction, together with the walk's checkpoint
 * where there is one. A passing failure of the database is tried again; a record that cannot be a row is rejected alone.
 * Throws a LeaseLostError when another process walks the stream by now, a RefusedError when it is not the fault of a
 * record that nothing can be stored.
 */
export async function commitBatch(
  db: Database,
  source: SourceRef,
  entity: Entity,
  batch: Batch,
  walked?: Walked,
): Promise<CommittedRecords> {
  const { ids } = batch;
  const stored = await withRetry(ATTEMPTS, () =>
    transaction(db.pool, async (client) => {
      const rights = [lockSource(client, source), ...(walked ? [requireLease(client, walked.lease)] : [])];
      const saved = walked?.page ? [savePage(client, walked.page.walkId, { ...walked.page, ids })] : [];
      const stores = store(client, source, batch);
      await pipelined([...rights, ...saved, stores]);
      const stored = await stores;
      requireSome(batch, stored);
      return stored;
    }),
  );
  return {
    ...committedOf(source, batch, stored),
    effect: stored.effects.get(entity.table) ?? noWrites,
  };
}

/** Where none of several records can be stored, something else than a record is broken: the answer, its reading, or the table. */
function requireSome({ incoming }: Batch, { rejected }: Stored): void {
  if (incoming.length < 2 || rejected.size < incoming.length) return;
  const reasons = new Set([...rejected.values()].map(({ reason }) => reason));
  throw new RefusedError(
    `none of the ${incoming.length} records of an answer can be stored (${[...reasons].slice(0, 3).join('; ')}): see what the source sends, and whether a newer checkout-sync reads it`,
  );
}

/** Stores the records of one response, as {@link commitBatch} does. */
export const commitRecords = async (
  db: Database,
  source: SourceRef,
  entity: Entity,
  observed: SourceResponse,
  walked?: Walked,
): Promise<CommittedRecords> => commitBatch(db, source, entity, rowsOf(source, entity, observed), walked);

/** Brings the records of one response into rows, before any transaction. */
export const rowsOf = (source: SourceRef, entity: Entity, { records, observedAt }: SourceResponse): Batch =>
  batchOf(
    source,
    records.map((record) => ({ entity, record, observedAt, isDeleted: false })),
  );

/** What a stored batch came to, table by table. */
export function committedOf(source: SourceRef, { ids, drift }: Batch, { effects, rejected }: Stored): Committed {
  const tables = new Map([...effects].map(([table, effect]) => [planOf(table).name, effect]));
  const skewed = [...effects.values()].reduce((sum, effect) => sum + effect.skewed, 0);
  return { tables, ids, rejected: rejected.size, rejections: countByStream(source, rejected), skewed, drift };
}
