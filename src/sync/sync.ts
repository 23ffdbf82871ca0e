import { asRefusal } from '../database/refusals.ts';
import { acquireLease, type Lease } from '../ledger/lease.ts';
import { listOf } from '../ledger/list.ts';
import { lastWalkStart, type Counters } from '../ledger/runs.ts';
import { failureOf } from '../model/error-code-of.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { ConfigError, FatalError, LeaseHeldError, LeaseLostError } from '../model/errors.ts';
import { refOf, type Mode, type Stream, type StreamRef } from '../model/stream.ts';
import type { SyncContext } from './context.ts';
import { runWalk, type RunPlan } from './run-walk.ts';
import { emptyStats, type RunStats } from './stats.ts';

/** The outcome of a run, as `sync --json` prints it. */
export interface Run extends StreamRef, Omit<Counters, 'skewed'> {
  mode: Mode;
  outcome: 'complete' | 'failed';
  /** Number of records that are missing at the source and wait for a second full walk; absent if there are none. */
  pendingDeletions?: number;
  /**
   * Number of rows that were observed in the future, by a clock that was ahead, and were corrected; absent if there are none.
   */
  skewed?: number;
  durationMs: number;
  error?: string;
  /** The code of the error, such as CS4201; present with it. */
  errorCode?: ErrorCode;
  next?: NextAction;
}

/**
 * Action after a run that is not complete. Retry: another attempt may succeed. Fail: none will before somebody acts. Delay:
 * another walk of the stream has to end first. Skip: another process does the work, or this one is stopping.
 */
export type NextAction = 'retry' | 'fail' | 'delay' | 'skip';

/**
 * Makes one run of a stream: takes the lease, continues from the checkpoint, stores page after page, confirms deletions. Never
 * throws for a failure of the run itself: that is its outcome. Aborting stops it after the current page.
 */
export async function sync(context: SyncContext, stream: Stream, wanted: Mode, signal: AbortSignal): Promise<Run> {
  const started = performance.now();
  const stats: RunStats = { counters: { ...emptyStats }, drift: new Map(), pendingDeletions: 0 };
  let mode: Mode = wanted;
  let failed: Pick<Run, 'error' | 'errorCode' | 'next'> = {};
  try {
    mode = await effectiveMode(context, stream, wanted);
    const plan = { stream, mode, stats };
    await underLease(context, plan, (lease) => runWalk(context, lease, plan, signal));
    context.log.info({ ...refOf(stream), mode, ...stats.counters }, 'run complete');
  } catch (error) {
    const failure = asRefusal(error);
    failed = { ...failureOf(failure), next: nextOf(failure, mode, signal) };
    const facts = { ...refOf(stream), mode, ...stats.counters, errorCode: failed.errorCode };
    context.log[levelOf(failure, failed.next)](facts, `run not complete: ${failed.error}`);
    context.log.debug({ ...refOf(stream), err: failure }, 'where it failed');
  }
  const outcome = failed.error === undefined ? 'complete' : 'failed';
  const durationMs = Math.round(performance.now() - started);
  return { ...refOf(stream), mode, outcome, ...reported(stats), durationMs, ...failed };
}

/** Returns the counts of a run, the rare ones only if they are not 0. */
const reported = ({ pendingDeletions, counters: { skewed, ...counters } }: RunStats) => ({
  ...counters,
  ...(pendingDeletions > 0 && { pendingDeletions }),
  ...(skewed > 0 && { skewed }),
});

/** Returns the log level of a failure. Two walks of a stream that come due together are not worth a line. */
function levelOf(failure: unknown, next: NextAction | undefined): 'error' | 'info' | 'debug' {
  if (failure instanceof LeaseHeldError) return 'debug';
  return next === 'skip' ? 'info' : 'error';
}

function nextOf(failure: unknown, mode: Mode, signal: AbortSignal): NextAction {
  if (signal.aborted || failure instanceof LeaseLostError) return 'skip';
  // A full walk is not due again soon: one that is due during an incremental walk takes its turn after it.
  if (failure instanceof LeaseHeldError) return mode === 'full' && failure.mode === 'incremental' ? 'delay' : 'skip';
  return failure instanceof FatalError || failure instanceof ConfigError ? 'fail' : 'retry';
}

/** Returns the mode of the run: an incremental walk needs a stream that supports it, and a complete walk before it. */
async function effectiveMode({ db, source }: SyncContext, stream: Stream, wanted: Mode): Promise<Mode> {
  const list = listOf(source, stream);
  const before =
    wanted === 'incremental' && stream.incremental ? await lastWalkStart(db.pool, refOf(stream), list) : undefined;
  return before === undefined ? 'full' : 'incremental';
}

async function underLease(
  { db }: SyncContext,
  { stream, mode }: RunPlan,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  const lease = await acquireLease(db, refOf(stream), mode);
  try {
    await work(lease);
  } finally {
    await lease.release();
  }
}
