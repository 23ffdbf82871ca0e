import { refOf } from '../model/stream.ts';
import type { ActiveRun } from './active-run.ts';
import { concurrencyOf, type SyncContext } from './context.ts';
import { readAhead } from '../extract/read-ahead.ts';
import { forgetPending, heldDeletions, holdDeletions } from '../ledger/pending-deletions.ts';
import type { Reach } from '../ledger/sightings.ts';
import { commitDeletion, countStored } from '../load/tombstones.ts';
import { unseenIds } from '../load/unseen-ids.ts';
import { getRecord } from '../extract/record.ts';
import { walkProgress } from './progress.ts';
import { reachOf } from './reach.ts';
import { countCommit } from './stats.ts';
import { storeRecord } from './store-record.ts';

/**
 * Requests each record that the walk did not see by its id, if the source has a request for that. A record gets a tombstone
 * only if the source says that it does not exist, and would show it if it did. Many at a time wait for a second walk. Throws a
 * NothingShownError if the settings name an owner of whom the source shows nothing.
 */
export async function confirmDeletions(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const { db } = context;
  const { checkpoint, lease, sightings, identity, stream, stats } = run;
  const reach = await reachOf(context, stream, sightings.owners, signal);
  if ('owners' in reach && reach.owners.length === 0) await identity.requireShown(signal);
  if (stream.recordPath === null) return;
  const missing = await unseenIds(db.pool, stream, reach, { ...checkpoint, pages: run.walk.spans.length });
  const { asked, held } = await divide(context, run, { missing, reach });
  await confirmEach(context, run, { asked, reach }, signal);
  if (held.length > 0) await holdDeletions(db.pool, lease, checkpoint, held);
  else await forgetPending(db.pool, checkpoint);
  stats.pendingDeletions = held.length;
}

/** Mass deletion: more missing records than this, and more than this share of the stored ones, get no tombstones after one walk. */
const [MOST_AT_ONCE, LARGEST_SHARE] = [50, 0.1];

/**
 * Divides the missing records into those to request and those to hold. A credential that may see less than before looks like a
 * mass deletion, even in responses to requests by id. A second walk, begun after the first had ended, must therefore miss the
 * same records. Records that only the second misses wait in turn if they are many.
 */
async function divide(
  { db, log, confirmsDeletions }: SyncContext,
  { stream, checkpoint, isFresh }: ActiveRun,
  { missing, reach }: { missing: readonly string[]; reach: Reach },
): Promise<{ asked: readonly string[]; held: readonly string[] }> {
  const all = { asked: missing, held: [] };
  if (confirmsDeletions || missing.length <= MOST_AT_ONCE) return all;
  const { inReach: stored } = await countStored(db.pool, stream, reach);
  const isMass = (count: number) => count > MOST_AT_ONCE && count > stored * LARGEST_SHARE;
  if (!isMass(missing.length)) return all;
  const pending = await heldDeletions(db.pool, checkpoint);
  const isSecond = isFresh && pending !== undefined && pending.walkId !== checkpoint.walkId;
  const said = new Set(pending?.ids);
  const others = missing.filter((id) => !said.has(id));
  if (isSecond && !isMass(others.length)) return all;
  const held = isSecond ? others : (pending?.ids ?? missing);
  log.warn(
    { ...refOf(stream), missing: missing.length, stored },
    `${held.length} of ${stored} records are missing at the source: they get no tombstones until a second full walk says the same, or sync --confirm-deletions`,
  );
  return { asked: isSecond ? missing.filter((id) => said.has(id)) : [], held };
}

async function confirmEach(
  context: SyncContext,
  run: ActiveRun,
  { asked, reach }: { asked: readonly string[]; reach: Reach },
  signal: AbortSignal,
): Promise<void> {
  const { db, source, onProgress } = context;
  const { stream, walk, stats } = run;
  const { counters } = stats;
  const read = (at: number, within: AbortSignal) => getRecord(context, stream, asked[at] ?? '', within);
  const range = { first: 0, last: asked.length - 1, concurrency: concurrencyOf(context) };
  for await (const { id, record, observedAt } of readAhead(range, read, signal)) {
    if (record === undefined)
      counters.tombstoned += await commitDeletion(db.pool, source, stream, { id, observedAt, reach, run });
    else countCommit(context, stats, await storeRecord(context, { ...run, run }, { record, observedAt }, signal));
    const { pages, records } = counters;
    onProgress?.({ ...walkProgress(walk, { pages, records }), expectedPages: pages, phase: 'tombstones' });
  }
}
