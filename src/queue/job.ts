import type { Schedule } from '../model/schedule.ts';
import { DEFAULT_ACCOUNT, labelOf, type Mode, type StreamRef } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';

/** The data of a job: which walk is due. Never records. */
export interface WalkJob extends StreamRef {
  mode: Mode;
  /** Instant at which it came due, by the database's clock, in milliseconds since 1970; undefined for a job of a schedule. */
  since?: number;
}

/** Returns the id of a walk's schedule: `polar.checkouts.full`, or `polar.checkouts/acme.full` where the account has a name. */
export const walkId = ({ mode, ...ref }: Pick<WalkJob, 'account' | 'stream' | 'mode'>) => `${labelOf(ref)}.${mode}`;

/** Returns the data of a job as a {@link WalkJob}. Data of versions without accounts belong to the account without a name. */
export const walkOf = (data: WalkJob | Omit<WalkJob, 'account'>): WalkJob => ({ account: DEFAULT_ACCOUNT, ...data });

/** A job that a worker has taken. */
export interface ActiveWalkJob extends WalkJob {
  /** Stores `since` with the job, for another worker that takes it over. */
  remember: (since: number) => Promise<void>;
}

/** A schedule as the queue holds it. */
export interface StoredSchedule {
  schedule: Schedule;
  /** True for a schedule of any version of checkout-sync. */
  isOurs: boolean;
  /** Milliseconds until its next job; undefined when it has none, and would never run again. */
  nextInMs: number | undefined;
}

/**
 * The result of a job: done, with the value that the queue keeps; skipped, with the reason; failed, to be retried; failed until
 * somebody acts; or delayed.
 */
export type JobResult =
  | { result: 'done'; value: object }
  | { result: 'skip'; reason: string }
  | { result: 'retry' | 'fail'; error: string }
  | { result: 'delay'; afterMs: number };

/** Runs the walk that a job asks for, and reports its progress. */
export type JobHandler = (job: ActiveWalkJob, onProgress: (progress: Progress) => void) => Promise<JobResult>;
