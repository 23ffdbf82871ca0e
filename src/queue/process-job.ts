import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { formatError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Progress } from '../sync/progress.ts';
import { isDue } from './stored-schedules.ts';
import { walkOf, type WalkJob, type JobHandler } from './job.ts';

const PROGRESS_MS = 1000;

/** Runs one job, and reports its result to BullMQ. */
export async function processJob(
  job: Job<WalkJob>,
  token: string | undefined,
  handle: JobHandler,
  log: Logger,
): Promise<object> {
  if (!isDue(job.data)) return leaveToOthers(job, token, log);
  const data = walkOf(job.data);
  let reported = 0;
  const started = performance.now();
  const remember = (since: number) => job.updateData({ ...data, since });
  const outcome = await handle({ ...data, remember }, (progress) => {
    if (performance.now() - reported < PROGRESS_MS) return;
    reported = performance.now();
    job
      .updateProgress({ ...progress, etaMs: etaOf(progress, performance.now() - started) })
      .catch((error: unknown) => log.debug(`the job's progress cannot be stored: ${formatError(error)}`));
  });
  switch (outcome.result) {
    case 'done':
      return outcome.value;
    case 'skip':
      return { skipped: outcome.reason };
    case 'delay':
      await job.moveToDelayed(Date.now() + outcome.afterMs, token);
      throw new DelayedError();
    case 'fail':
      throw new UnrecoverableError(outcome.error);
    case 'retry':
    default:
      throw new Error(outcome.error);
  }
}

const LEFT_MS = 60_000;

/** Delays a job of another application in our queue, as it may still be processed there. */
async function leaveToOthers(job: Job, token: string | undefined, log: Logger): Promise<never> {
  log.warn(
    { job: job.name },
    'a job of another application is in this queue, leaving it alone: set QUEUE_PREFIX to a name that nobody else uses',
  );
  await job.moveToDelayed(Date.now() + LEFT_MS, token);
  throw new DelayedError();
}

/** Returns the time that the remaining pages take at the pace so far, in ms; null while it is unknown. */
function etaOf({ pages, expectedPages }: Progress, elapsedMs: number): number | null {
  return expectedPages === undefined || pages === 0
    ? null
    : Math.round((elapsedMs / pages) * Math.max(0, expectedPages - pages));
}
