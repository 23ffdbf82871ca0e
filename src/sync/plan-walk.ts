import { concurrencyOf, type SyncContext } from './context.ts';
import type { Phase, Span } from '../extract/span.ts';
import type { WalkState } from '../extract/walk.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { countDeaths, type OpenRun } from '../ledger/runs.ts';
import { dueLookback } from './look-back.ts';
import { knownIds } from '../load/tombstones.ts';
import { shownReach } from './reach.ts';
import { refOf, type Stream } from '../model/stream.ts';

/** Returns the walk of a run, from its start or from where an earlier run left it. */
export async function planWalk(
  context: SyncContext,
  stream: Stream,
  { checkpoint, runId }: OpenRun<Span>,
): Promise<WalkState> {
  const { db, log } = context;
  const { mode, list, spans } = checkpoint;
  const deaths = await countDeaths(db.pool, checkpoint, runId);
  const { pageSize, concurrency } = cautious(stream, concurrencyOf(context), deaths);
  if (pageSize < stream.pageSize) log.warn({ ...refOf(stream), deaths, pageSize }, TOO_LARGE);
  const lookback = mode === 'incremental' ? await dueLookback(db.pool, stream, list) : undefined;
  const known = stream.discovery.by === 'id' ? await knownIds(db.pool, stream, await shownReach(context, stream)) : [];
  return {
    stream: { ...stream, pageSize },
    mode,
    spans,
    lookback,
    known,
    concurrency,
    isRestOnly: isOld(context, checkpoint),
  };
}

const TOO_LARGE =
  'the process ended again and again before a page was stored: smaller pages are read, one after the other';

/**
 * Reduces page size and concurrency after repeated deaths: one may be chance; from the second on, memory may be too small for
 * the pages.
 */
function cautious(
  { pageSize }: Stream,
  concurrency: number,
  deaths: number,
): Pick<Stream, 'pageSize'> & Pick<WalkState, 'concurrency'> {
  return deaths < 2
    ? { pageSize, concurrency }
    : { pageSize: Math.max(1, Math.floor(pageSize / 2 ** (deaths - 1))), concurrency: 1 };
}

/** Returns the last total of the stream's records that the source gave. */
export const totalOf = ({ spans }: WalkState) => spans.findLast(({ leg }) => OF_ALL.has(leg))?.total;

const OF_ALL: ReadonlySet<Phase> = new Set(['head', 'ascent', 'recent', 'pass', 'detail']);

/** A day; half an hour more lets a daily walk take up what the last one left. */
const OLDEST_WALK_MS = 24.5 * 3_600_000;

/** Furthest that our own dates lie ahead, unless the clock did. */
const MOST_AHEAD_MS = 5000;

/** True for pages that were read long ago, or while the clock was ahead: they do not prove the present state. */
const isOld = ({ oldestWalkMs = OLDEST_WALK_MS }: SyncContext, { ageMs }: Checkpoint<Span>) =>
  ageMs > oldestWalkMs || ageMs < -MOST_AHEAD_MS;
