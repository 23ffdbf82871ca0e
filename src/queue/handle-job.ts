import type { SyncContext, Progress } from '../sync/context.ts';
import { labelOf, type Stream } from '../model/stream.ts';
import { sync, type Run } from '../sync/sync.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { wasWalkedSince } from '../ledger/runs.ts';
import type { ActiveWalkJob, JobResult } from './job.ts';

/** A stream, and what its walks work with. */
export interface RunnableStream {
  context: SyncContext;
  stream: Stream;
}

/** Who is told of a run. */
export interface RunListeners {
  onProgress: (progress: Progress) => void;
  /** Called with the outcome of a run that was one, skipped and delayed ones left out. */
  onRun: (run: Run) => void;
}

/** How long a full walk waits for an incremental one of the same stream before it asks again. */
const AFTER_MS = 3000;

/**
 * Walks what is due. Two walks of a stream never run side by side: one that comes due meanwhile is done with that, but a
 * full walk takes its turn after an incremental one. A walk that is stopped or taken over is finished by another job, and
 * one that was done since it came due is not done again.
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
  // The job of a killed worker comes back when its walk was resumed and completed by another job long ago.
  if (since === undefined) await remember(await databaseTime(pool));
  else if (mode === 'full' && (await wasWalkedSince(pool, { account, stream: name }, since)))
    return { result: 'skip', reason: `${label} was walked completely since this came due` };
  const { next, ...run } = await sync({ ...found.context, onProgress }, found.stream, mode, signal);
  const error = run.error ?? '';
  if (next === 'skip') return { result: 'skip', reason: error };
  if (next === 'delay') return { result: 'delay', afterMs: AFTER_MS };
  onRun(run);
  return next === undefined ? { result: 'done', value: run } : { result: next, error };
}
