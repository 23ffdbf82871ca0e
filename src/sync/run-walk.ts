import { unreadableRecords } from '../extract/holes.ts';
import type { Span } from '../extract/span.ts';
import { recordGranted, recordMissing } from '../ledger/scopes.ts';
import { requirePages } from '../ledger/checkpoint.ts';
import type { Lease } from '../ledger/lease.ts';
import { listOf } from '../ledger/list.ts';
import {
  beginRun,
  completeRun,
  countRecords,
  dropWalk,
  failRun,
  noteUnreadable,
  recordRefusal,
  reportRun,
  restartRun,
  type OpenRun,
} from '../ledger/runs.ts';
import { sightingsOf } from '../ledger/sightings.ts';
import { setSkewedRight, warnOfSkewed } from '../load/skewed-rows.ts';
import { errorCodeOf, failureOf } from '../model/error-code-of.ts';
import {
  FatalError,
  ForeignIdentityError,
  formatError,
  MissingScopeError,
  NothingShownError,
  UnreadableListError,
  UnreadableRecordsError,
} from '../model/errors.ts';
import { accountRef } from '../model/source.ts';
import { refOf, type Mode, type Stream } from '../model/stream.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';
import { confirmDeletions } from './deletions.ts';
import { openIdentity } from './identity.ts';
import { planWalk, totalOf } from './plan-walk.ts';
import { storeSettled } from './settled.ts';
import { reportDrift, type RunStats } from './stats.ts';
import { storePages } from './store-pages.ts';

const REPORT_MS = 1000;

/** The walk that a run makes, and its counts. */
export interface RunPlan {
  stream: Stream;
  mode: Mode;
  stats: RunStats;
}

/**
 * Walks a stream under its lease, from the checkpoint to the end, and records the run. Throws any error that keeps it from
 * completing.
 */
export async function runWalk(
  context: SyncContext,
  lease: Lease,
  { stream, mode, stats }: RunPlan,
  signal: AbortSignal,
): Promise<void> {
  const { db, http, log } = context;
  const list = listOf(context.source, stream);
  const identity = await openIdentity(context, stream).catch(async (error: unknown) => {
    await recordRefusal(db.pool, lease, { mode, list, ...failureOf(error) });
    throw error;
  });
  const open = await beginRun<Span>(db.pool, lease, mode, list);
  const activate = async (run: OpenRun<Span>) => prepare(context, run, { stream, lease, identity, stats });
  let run = await activate(open);
  const sentBefore = http.sent();
  const countRequests = () => (stats.counters.requests = http.sent() - sentBefore);
  const stopReporting = startReporting(context, () => run);
  try {
    if (run.walk.isRestOnly) {
      await storeRest(context, run, signal);
      run = await activate(await restartRun(db.pool, lease, open));
    }
    await walkToEnd(context, run, signal);
    countRequests();
    await recordGranted(db.pool, accountRef(context.source), stream.permission);
    await completeRun(db.pool, lease, run, totalsOf(run));
  } catch (error) {
    countRequests();
    await giveUp(context, run, error, signal).catch((failure: unknown) =>
      log.warn(
        { ...refOf(stream), errorCode: errorCodeOf(failure) },
        `the failed run could not be recorded: ${formatError(failure)}`,
      ),
    );
    throw error;
  } finally {
    stopReporting();
  }
}

async function prepare(
  context: SyncContext,
  open: OpenRun<Span>,
  rest: Pick<ActiveRun, 'stream' | 'lease' | 'identity' | 'stats'>,
): Promise<ActiveRun> {
  const walk = await planWalk(context, rest.stream, open);
  const sightings = sightingsOf(context.db.pool, context.source);
  return { ...open, ...rest, walk, isFresh: open.checkpoint.spans.length === 0, sightings };
}

/** Returns the counts of a run, and the source's total of records. */
const totalsOf = ({ stats: { counters }, walk }: ActiveRun) => ({
  counters,
  total: totalOf(walk),
  lookbackMs: walk.lookback?.ms,
});

/**
 * Reads the rest of a walk that began long ago. Records on its earlier pages may have changed since, so another walk has to
 * follow; but a long walk that is interrupted again and again comes to its end.
 */
async function storeRest(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const { checkpoint, stream, walk } = run;
  context.log.info(
    { ...refOf(stream), startedAt: checkpoint.startedAt },
    'the walk began long ago: reading the rest of its pages, then all pages again',
  );
  // A list without an order is always read from its start.
  if (walk.spans.some(({ leg }) => leg === 'head' || leg === 'detail')) await storePages(context, run, signal);
}

async function walkToEnd(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const { db, source, log } = context;
  const { checkpoint, runId, lease, stream, stats, walk } = run;
  const { counters } = stats;
  await storePages(context, run, signal);
  await requirePages(db.pool, { walkId: checkpoint.walkId, pages: walk.spans.length });
  counters.records = await countRecords(db.pool, runId);
  const unreadable = unreadableRecords(stream, walk.spans);
  if (unreadable) throw unreadable;
  if (walk.mode === 'full') {
    await confirmDeletions(context, run, signal);
    counters.skewed += await setSkewedRight(db.pool, source, stream.entity, { lease, runId, ...checkpoint });
  } else await storeSettled(context, run, signal);
  await reportDrift(context, stream, stats);
  warnOfSkewed(log, refOf(stream), counters.skewed);
  counters.unchanged = Math.max(0, counters.records - counters.inserted - counters.updated);
}

/** Records the progress of the run every second, for `status`. The returned function stops that. */
function startReporting({ db, log }: SyncContext, current: () => ActiveRun): () => void {
  let pages = 0;
  const timer = setInterval(() => {
    const run = current();
    if (run.stats.counters.pages === pages) return;
    pages = run.stats.counters.pages;
    reportRun(db.brief, run.runId, totalsOf(run)).catch((error: unknown) =>
      log.debug(`the progress could not be recorded: ${formatError(error)}`),
    );
  }, REPORT_MS);
  return () => clearInterval(timer);
}

/** Errors after which a walk cannot be continued. */
const GIVEN_UP = [UnreadableListError, UnreadableRecordsError, NothingShownError, ForeignIdentityError];

/** Records the reason why the run failed; discards a walk that cannot be continued. */
async function giveUp({ db, source }: SyncContext, run: ActiveRun, error: unknown, signal: AbortSignal): Promise<void> {
  const { runId, lease, checkpoint } = run;
  // A stopped service resumes its walk by itself; a stopped command reports that it failed.
  const outcome = signal.aborted && !(signal.reason instanceof FatalError) ? 'interrupted' : 'failed';
  if (error instanceof UnreadableRecordsError) await noteUnreadable(db.pool, runId, error.count);
  await failRun(db.pool, runId, totalsOf(run), { outcome, ...failureOf(error) });
  if (error instanceof MissingScopeError && error.scope !== undefined)
    await recordMissing(db.pool, accountRef(source), error.scope);
  if (GIVEN_UP.some((kind) => error instanceof kind)) await dropWalk(db.pool, lease, checkpoint.walkId);
}
