import { commitBatch, type StreamCommitResult } from '../load/commit.ts';
import type { LeasedRun } from '../ledger/runs.ts';
import type { JsonObject } from '../model/json.ts';
import { normalizeResponse } from '../normalize/normalize.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';

/** Context in which a record requested by its id is stored, with the run if a walk requested it. */
export type RecordStore = Pick<ActiveRun, 'stream' | 'identity' | 'sightings'> & { run?: LeasedRun };

/** Stores a record requested by its id, as a page would. Throws a ForeignIdentityError if it belongs to somebody else. */
export async function storeRecord(
  { db, source }: SyncContext,
  { stream: { entity }, identity, sightings, run }: RecordStore,
  { record, observedAt }: { record: JsonObject; observedAt: string },
  signal: AbortSignal,
): Promise<StreamCommitResult> {
  const batch = normalizeResponse(source, entity, { records: [record], observedAt });
  await identity.admit([record], signal);
  await sightings.note(batch.rows);
  return commitBatch(db, source, batch, { entity, ...(run && { run }) });
}
