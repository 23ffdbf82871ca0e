import { readAhead } from '../extract/read-ahead.ts';
import { getRecord } from '../extract/record.ts';
import { settledIds } from '../load/settled.ts';
import type { ActiveRun } from './active-run.ts';
import { concurrencyOf, type SyncContext } from './context.ts';
import { countCommit } from './stats.ts';
import { storeRecord } from './store-record.ts';

/** Most records that one walk requests by id; the next one requests more. */
const MOST = 100;

/**
 * Requests by id the records that are stored as unsettled and that a whole look-back did not see: they have settled since, and
 * so left the lists that the walk reads. A record that the source does not have is left to full walks.
 */
export async function storeSettled(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const { checkpoint, stream, walk, stats } = run;
  const unsettled = stream.incremental?.unsettled;
  if (!unsettled || !walk.lookback?.isWhole || stream.recordPath === null) return;
  const since = walk.lookback.horizon - unsettled.lingeringMs * 1000;
  const ids = await settledIds(context.db.pool, stream, { ...checkpoint, filter: unsettled.all, since, most: MOST });
  const read = (at: number, within: AbortSignal) => getRecord(context, stream, ids[at] ?? '', within);
  const range = { first: 0, last: ids.length - 1, concurrency: concurrencyOf(context) };
  for await (const { record, observedAt } of readAhead(range, read, signal))
    if (record)
      countCommit(context, stats, await storeRecord(context, { ...run, run }, { record, observedAt }, signal));
}
