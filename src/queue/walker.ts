import type { SyncContext, Progress } from '../sync/context.ts';
import type { Stream } from '../model/stream.ts';
import { sync, type Run } from '../sync/sync.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { wasWalkedSince } from '../ledger/runs.ts';
import type { ActiveWalkJob, JobResult } from './job.ts';

/** A stream with the engine of its source. */
export interface RunnableStream {
  context: SyncContext;
  stream: Stream;
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
  { stream: name, mode, since, remember }: ActiveWalkJob,
  onProgress: (progress: Progress) => void,
  onRun: (run: Run) => void,
  signal: AbortSignal,
): Promise<JobResult> {
  const found = runnable.find(({ stream }) => stream.name === name);
  if (!found) return { ending: 'done', result: { skipped: `${name} is turned off` } };
  const { pool } = found.context.db;
  // The job of a killed worker comes back when its walk was resumed and completed by another job long ago.
  if (since === undefined) await remember(await databaseTime(pool));
  else if (mode === 'full' && (await wasWalkedSince(pool, name, since)))
    return { ending: 'done', result: { skipped: `${name} was walked completely since this came due` } };
  const { next, ...run } = await sync({ ...found.context, onProgress }, found.stream, mode, signal);
  const error = run.error ?? '';
  if (next === 'leave' || next === 'wait') {
    return next === 'wait' ? { ending: 'later', afterMs: AFTER_MS } : { ending: 'done', result: { skipped: error } };
  }
  onRun(run);
  return next === undefined ? { ending: 'done', result: run } : { ending: next, error };
}
