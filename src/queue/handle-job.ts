import type { SyncContext } from '../sync/context.ts';
import type { Progress } from '../sync/progress.ts';
import { describeFailure } from '../model/error-code-of.ts';
import { labelOf, type Stream } from '../model/stream.ts';
import { sync, type Run } from '../sync/sync.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { missingScopes } from '../ledger/scopes.ts';
import { wasWalkedSince } from '../ledger/runs.ts';
import type { ActiveWalkJob, JobResult } from './job.ts';

/** A stream, and the context of its walks. */
export interface RunnableStream {
  context: SyncContext;
  stream: Stream;
}

/** Listeners of a run. */
export interface RunListeners {
  onProgress: (progress: Progress) => void;
  /** Receives the outcome of each run, but not of skipped and delayed jobs. */
  onRun: (run: Run) => void;
}

/** Pause before a full walk tries again while an incremental walk of its stream runs. */
const AFTER_MS = 3000;

/**
 * Runs the walk of a job. Two walks of a stream never run concurrently: a job that comes due meanwhile is skipped, but a full walk
 * is delayed until the incremental walk has ended. A walk that is stopped or taken over is finished by another job. A walk that
 * was completed since the job came due is not repeated. An optional stream whose scope is missing is skipped.
 */
export async function handleJob(
  runnable: readonly RunnableStream[],
  { account, stream: name, mode, since, remember }: ActiveWalkJob,
  { onProgress, onRun }: RunListeners,
  signal: AbortSignal,
): Promise<JobResult> {
  const found = runnable.find(({ stream }) => stream.account === account && stream.name === name);
  const label = labelOf({ account, stream: name });
  if (!found) return { result: 'skip', reason: `${label} is turned off` };
  const { pool } = found.context.db;
  if (found.stream.isOptional && (await missingScopes(pool, [found.context.source])).has(label))
    return { result: 'skip', reason: `${label} is left out: the credential lacks ${found.stream.permission}` };
  // The job of a killed worker returns after another job has resumed and completed its walk.
  if (since === undefined) await remember(await databaseTime(pool));
  else if (mode === 'full' && (await wasWalkedSince(pool, { account, stream: name }, since)))
    return { result: 'skip', reason: `${label} was walked completely since this came due` };
  const { next, ...run } = await sync({ ...found.context, onProgress }, found.stream, mode, signal);
  const error = describeFailure(run);
  if (next === 'skip') return { result: 'skip', reason: error };
  if (next === 'delay') return { result: 'delay', afterMs: AFTER_MS };
  onRun(run);
  return next === undefined ? { result: 'done', value: run } : { result: next, error };
}
