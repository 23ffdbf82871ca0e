import { listOf } from '../ledger/list.ts';
import { confirmDeletions } from './deletions.ts';
import {
  ConfigError,
  formatError,
  FatalError,
  ForeignIdentityError,
  LeaseHeldError,
  LeaseLostError,
  NothingShownError,
  UnreadableListError,
  UnreadableRecordsError,
} from '../model/errors.ts';
import type { SyncContext } from './context.ts';
import { unreadableRecords } from '../extract/holes.ts';
import type { Span } from '../extract/span.ts';
import type { Walk } from '../extract/walk.ts';
import { countPages } from '../ledger/checkpoint.ts';
import { acquireLease, type Lease } from '../ledger/lease.ts';
import { asRefusal } from '../database/refusals.ts';
import {
  beginAgain,
  beginRun,
  completeRun,
  countRecords,
  dropWalk,
  failRun,
  lastWalkStart,
  noteUnreadable,
  recordRefusal,
  reportRun,
  type Begun,
  type Counters,
} from '../ledger/runs.ts';
import { sightingsOf } from '../ledger/sightings.ts';
import { setSkewedRight, warnOfSkewed } from '../load/skewed-rows.ts';
import { refOf, type Mode, type Stream, type StreamRef } from '../model/stream.ts';
import { openIdentity } from './identity.ts';
import { planWalk, totalOf } from './plan-walk.ts';
import { storePages, type UnderLease } from './store-pages.ts';
import { emptyStats, warnOfDrift, type RunStats } from './stats.ts';

/** The outcome of a run, as `sync --json` prints it. */
export interface Run extends StreamRef, Omit<Counters, 'skewed'> {
  mode: Mode;
  outcome: 'complete' | 'failed';
  /** Records that are missing at the source, so many that a second full walk has to say the same; absent where none are. */
  pendingDeletions?: number;
  /** Rows that had been observed in the future, by a clock that was ahead, and were set right; absent where none were. */
  skewed?: number;
  durationMs: number;
  error?: string;
  next?: Next;
}

/**
 * What a run that is not complete asks for: another try, somebody's action, to wait until another walk of the stream has
 * ended, or nothing, because another process does the work or this one is stopping.
 */
export type Next = 'retry' | 'fail' | 'delay' | 'skip';

const REPORT_MS = 1000;

/**
 * One run of a stream: takes the lease, goes on from the checkpoint, stores page after page, finds what was deleted.
 * Never throws for a failure of the run itself: that is its outcome. Aborting stops it after the page in hand.
 */
export async function sync(context: SyncContext, stream: Stream, wanted: Mode, signal: AbortSignal): Promise<Run> {
  const started = performance.now();
  const stats: RunStats = { counters: { ...emptyStats }, drift: new Map(), pendingDeletions: 0 };
  const { counters } = stats;
  let mode: Mode = wanted;
  let failed: Pick<Run, 'error' | 'next'> = {};
  try {
    mode = await effectiveMode(context, stream, wanted);
    await underLease(context, stream, mode, (lease) => runWalk(context, stream, mode, lease, stats, signal));
    context.log.info({ ...refOf(stream), mode, ...counters }, 'run complete');
  } catch (error) {
    const failure = asRefusal(error);
    failed = { error: formatError(failure), next: nextOf(failure, mode, signal) };
    context.log[levelOf(failure, failed.next)](
      { ...refOf(stream), mode, ...counters },
      `run not complete: ${failed.error}`,
    );
    context.log.debug({ ...refOf(stream), err: failure }, 'where it failed');
  }
  const outcome = failed.error === undefined ? 'complete' : 'failed';
  const durationMs = Math.round(performance.now() - started);
  return { ...refOf(stream), mode, outcome, ...reported(stats), durationMs, ...failed };
}

/** What a run counted; what hardly ever happens only where it did. */
const reported = ({ pendingDeletions, counters: { skewed, ...counters } }: RunStats) => ({
  ...counters,
  ...(pendingDeletions > 0 && { pendingDeletions }),
  ...(skewed > 0 && { skewed }),
});

/** Two walks of a stream that come due together are nothing to speak of. */
function levelOf(failure: unknown, next: Next | undefined): 'error' | 'info' | 'debug' {
  if (failure instanceof LeaseHeldError) return 'debug';
  return next === 'skip' ? 'info' : 'error';
}

function nextOf(failure: unknown, mode: Mode, signal: AbortSignal): Next {
  if (signal.aborted || failure instanceof LeaseLostError) return 'skip';
  // A full walk is not due again soon: one that is due during an incremental walk takes its turn after it.
  if (failure instanceof LeaseHeldError) return mode === 'full' && failure.mode === 'incremental' ? 'delay' : 'skip';
  return failure instanceof FatalError || failure instanceof ConfigError ? 'fail' : 'retry';
}

/** An incremental walk needs a complete one before it, and a stream that can be walked so. */
async function effectiveMode({ db, source }: SyncContext, stream: Stream, wanted: Mode): Promise<Mode> {
  const list = listOf(source, stream);
  const before =
    wanted === 'incremental' && stream.incremental ? await lastWalkStart(db.pool, refOf(stream), list) : undefined;
  return before === undefined ? 'full' : 'incremental';
}

async function underLease(
  context: SyncContext,
  stream: Stream,
  mode: Mode,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  const lease = await acquireLease(context.db, refOf(stream), mode);
  try {
    await work(lease);
  } finally {
    await lease.release();
  }
}

/** A walk under way: what it is about to read, and the right to it. */
interface Underway {
  plan: Walk;
  under: UnderLease;
}

async function runWalk(
  context: SyncContext,
  stream: Stream,
  mode: Mode,
  lease: Lease,
  stats: RunStats,
  signal: AbortSignal,
): Promise<void> {
  const { db, http, log } = context;
  const { counters } = stats;
  const list = listOf(context.source, stream);
  const identity = await openIdentity(context, stream).catch(async (error: unknown) => {
    await recordRefusal(db.pool, lease, { mode, list, error: formatError(error) });
    throw error;
  });
  const begun = await beginRun<Span>(db.pool, lease, mode, list);
  let underway = await prepare(context, stream, begun, { lease, identity });
  const sentBefore = http.sent();
  const stopReporting = startReporting(context, begun.runId, counters, () => underway.plan);
  try {
    if (underway.plan.isRestOnly) {
      await storeRest(context, underway, stats, signal);
      underway = await prepare(context, stream, await beginAgain(db.pool, lease, begun), { lease, identity });
    }
    await walkToEnd(context, stream, underway, stats, signal);
    counters.requests = http.sent() - sentBefore;
    const { plan, under } = underway;
    await completeRun(db.pool, lease, under.runId, under.checkpoint, counters, totalOf(plan));
  } catch (error) {
    counters.requests = http.sent() - sentBefore;
    // A service that is stopped resumes its walk by itself; a command that is stopped says that it failed.
    const outcome = signal.aborted && !(signal.reason instanceof FatalError) ? 'interrupted' : 'failed';
    await giveUp(context, underway, outcome, error, counters).catch((failure: unknown) =>
      log.warn(refOf(stream), `the failed run could not be recorded: ${formatError(failure)}`),
    );
    throw error;
  } finally {
    stopReporting();
  }
}

async function prepare(
  context: SyncContext,
  stream: Stream,
  begun: Begun<Span>,
  rights: Pick<UnderLease, 'lease' | 'identity'>,
): Promise<Underway> {
  const plan = await planWalk(context, stream, begun);
  const sightings = sightingsOf(context.db.pool, context.source);
  return { plan, under: { ...begun, isFresh: begun.checkpoint.spans.length === 0, ...rights, sightings } };
}

/**
 * Reads what is missing of a walk that was begun long ago. What its pages showed is stored, and may have changed since, so
 * that another walk has to follow; but a long one that is interrupted again and again comes to its end.
 */
async function storeRest(
  context: SyncContext,
  { plan, under }: Underway,
  stats: RunStats,
  signal: AbortSignal,
): Promise<void> {
  const { startedAt } = under.checkpoint;
  context.log.info(
    { stream: plan.stream.name, startedAt },
    'the walk was begun long ago: the rest of its pages is read, and then all of them again',
  );
  // A list without an order is always read from its start.
  if (plan.spans.some(({ leg }) => leg === 'head' || leg === 'detail'))
    await storePages(context, plan, under, stats, signal);
}

async function walkToEnd(
  context: SyncContext,
  stream: Stream,
  { plan, under }: Underway,
  stats: RunStats,
  signal: AbortSignal,
): Promise<void> {
  const { db, source, log } = context;
  const { counters } = stats;
  const { checkpoint, runId, lease } = under;
  await storePages(context, plan, under, stats, signal);
  if ((await countPages(db.pool, checkpoint.walkId)) !== plan.spans.length)
    throw new UnreadableListError(
      'a crash of Postgres lost track of the pages that were stored: the next run starts anew',
    );
  counters.records = await countRecords(db.pool, runId);
  const unreadable = unreadableRecords(stream, plan.spans);
  if (unreadable) throw unreadable;
  if (plan.mode === 'full') {
    await confirmDeletions(context, stream, under, stats, signal);
    counters.skewed += await setSkewedRight(db.pool, source, stream.entity, { lease, ...checkpoint });
  }
  warnOfDrift(context, stream, stats);
  warnOfSkewed(log, stream.name, counters.skewed);
  counters.unchanged = Math.max(0, counters.records - counters.inserted - counters.updated);
}

/** Records every second how far the run has come, for `status`. The result ends that. */
function startReporting({ db, log }: SyncContext, runId: number, counters: Counters, plan: () => Walk): () => void {
  let pages = 0;
  const timer = setInterval(() => {
    if (counters.pages === pages) return;
    pages = counters.pages;
    reportRun(db.pool, runId, counters, totalOf(plan())).catch((error: unknown) =>
      log.debug(`the progress could not be recorded: ${formatError(error)}`),
    );
  }, REPORT_MS);
  return () => clearInterval(timer);
}

/** A walk that failed so cannot be completed from where it stands. */
const GIVEN_UP = [UnreadableListError, UnreadableRecordsError, NothingShownError, ForeignIdentityError];

/** Records why the run failed; a walk that cannot be completed from where it stands is forgotten, too. */
async function giveUp(
  { db }: SyncContext,
  { plan, under: { checkpoint, runId, lease } }: Underway,
  outcome: 'failed' | 'interrupted',
  error: unknown,
  counters: Counters,
): Promise<void> {
  if (error instanceof UnreadableRecordsError) await noteUnreadable(db.pool, runId, error.count);
  await failRun(db.pool, runId, outcome, formatError(error), counters, totalOf(plan));
  if (GIVEN_UP.some((kind) => error instanceof kind)) await dropWalk(db.pool, lease, checkpoint.walkId);
}
