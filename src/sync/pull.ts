import type { SyncContext } from './context.ts';
import { getRecord, type RecordResponse } from '../extract/record.ts';
import type { JsonObject } from '../model/json.ts';
import type { StreamCommitResult } from '../load/commit.ts';
import { warnOfSkewed } from '../load/skewed-rows.ts';
import { sightingsOf, type Reach } from '../ledger/sightings.ts';
import { commitDeletion, isStored } from '../load/tombstones.ts';
import { openIdentity } from './identity.ts';
import { lazyReach } from './reach.ts';
import { storeRecord, type RecordStore } from './store-record.ts';
import { refOf, type Stream } from '../model/stream.ts';

/**
 * Outcome of pulling one id. Not visible: the source does not show the record. That proves nothing, because it never showed the
 * owner of the stored record, or no longer shows anything of that owner. Excluded: the settings name another owner.
 */
export interface Pulled {
  id: string;
  outcome: 'inserted' | 'updated' | 'unchanged' | 'rejected' | 'not found' | 'not visible' | 'excluded';
}

/**
 * Fetches single records by id, and stores them as a page would. A record that the source no longer has gets its tombstone if
 * its absence proves that it is deleted.
 */
export async function pull(
  context: SyncContext,
  stream: Stream,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Pulled[]> {
  const sightings = sightingsOf(context.db.pool, context.source);
  const target: RecordStore = { stream, sightings, identity: await openIdentity(context, stream) };
  const reachOnce = lazyReach(context, stream, undefined, signal);
  const pulled: Pulled[] = [];
  for (const id of ids) {
    const fetched = await getRecord(context, stream, id, signal);
    const { record, observedAt } = fetched;
    const outcome =
      record === undefined
        ? await storeAbsence(context, stream, fetched, reachOnce)
        : await storeFetched(context, target, { record, observedAt }, signal);
    pulled.push({ id, outcome });
  }
  return pulled;
}

async function storeAbsence(
  { db, source }: SyncContext,
  stream: Stream,
  { id, observedAt }: Pick<RecordResponse, 'id' | 'observedAt'>,
  reachOnce: () => Promise<Reach>,
): Promise<'not found' | 'not visible'> {
  if (!(await isStored(db.pool, stream, id))) return 'not found';
  const reach = await reachOnce();
  if (!(await isStored(db.pool, stream, id, reach))) return 'not visible';
  await commitDeletion(db.pool, source, stream, { id, observedAt, reach });
  return 'not found';
}

async function storeFetched(
  context: SyncContext,
  target: RecordStore,
  fetched: { record: JsonObject; observedAt: string },
  signal: AbortSignal,
): Promise<Pulled['outcome']> {
  if (!isInScope(target.stream, fetched.record)) return 'excluded';
  const committed = await storeRecord(context, target, fetched, signal);
  warnOfSkewed(context.log, refOf(target.stream), committed.skewed);
  return outcomeOf(committed);
}

/** True if a record belongs to the owner that the settings name. */
const isInScope = ({ scope }: Stream, record: JsonObject) =>
  Object.entries(scope).every(([key, wanted]) => {
    const { [key]: value } = record;
    return typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase();
  });

function outcomeOf({ effect, rejected }: StreamCommitResult): 'rejected' | 'inserted' | 'updated' | 'unchanged' {
  if (rejected > 0) return 'rejected';
  if (effect.inserted > 0) return 'inserted';
  return effect.updated > 0 ? 'updated' : 'unchanged';
}
