import type { Schedule } from '../model/schedule.ts';
import type { Mode } from '../model/stream.ts';
import type { Progress } from '../sync/context.ts';

/** What a job says: which walk is due. Never records. */
export interface WalkJob {
  stream: string;
  mode: Mode;
  /** When it came due, by the database's clock, in milliseconds since 1970; unknown of one that a schedule made. */
  since?: number;
}

/** A due walk that is taken up. */
export interface ActiveWalkJob extends WalkJob {
  /** Keeps `since` with the job, for another worker that takes it up when this one is gone. */
  remember: (since: number) => Promise<void>;
}

/** A schedule as the queue holds it. */
export interface StoredSchedule {
  schedule: Schedule;
  /** True for a schedule that checkout-sync put, whichever version. */
  isOurs: boolean;
  /** Milliseconds until its next job; undefined when it has none, so that it would never run again. */
  nextInMs: number | undefined;
}

/** What became of a due walk: `done` for good, failed and worth another try, failed until somebody acts, or not yet. */
export type JobResult =
  | { ending: 'done'; result: object }
  | { ending: 'retry' | 'act'; error: string }
  | { ending: 'later'; afterMs: number };

/** Walks what is due; tells how far it has come. */
export type JobHandler = (due: ActiveWalkJob, onProgress: (progress: Progress) => void) => Promise<JobResult>;
