import { ErrorCode, type Job, type JobSchedulerJson, type JobType, type Queue } from 'bullmq';
import { presentMs } from '../model/clock.ts';
import { hasCode } from '../model/errors.ts';
import { dueAfter, type Schedule } from '../model/schedule.ts';
import { MODES } from '../model/stream.ts';
import { walkId, walkOf, type StoredSchedule, type WalkJob } from './job.ts';

/** BullMQ's states of jobs that have not ended. */
export const UNFINISHED: JobType[] = ['waiting', 'delayed', 'prioritized', 'active'];

const FINISHED: string[] = ['completed', 'failed'] satisfies JobType[];

/** Most jobs that are examined; a queue of ours holds a handful. */
const MOST_LOOKED_AT = 1000;

/** True for the data of a job that checkout-sync made. */
export const isDue = (data: unknown): data is WalkJob | Omit<WalkJob, 'account'> =>
  typeof data === 'object' &&
  data !== null &&
  'stream' in data &&
  'mode' in data &&
  /^[a-z_]+\.[a-z_]+$/.test(String(data.stream)) &&
  MODES.some((mode) => mode === data.mode);

/** A schedule as BullMQ stores it, with the data of its jobs. */
export interface BullSchedule {
  key: string;
  pattern?: string | null;
  every?: number | null;
  data: unknown;
}

/** True for a schedule of checkout-sync: it is named after its walk. */
const isOurs = ({ key, data }: Pick<BullSchedule, 'key' | 'data'>) => isDue(data) && key === walkId(walkOf(data));

const bullSchedule = ({ template, ...scheduler }: JobSchedulerJson): BullSchedule => ({
  ...scheduler,
  data: template?.data,
});

/** Returns a stored schedule; `next` is the instant at which its next job is due, in milliseconds since 1970, if it has one. */
export function storedScheduleOf(stored: BullSchedule, next: number | null | undefined): StoredSchedule {
  const { pattern, every } = stored;
  const schedule = pattern ? { pattern } : { everyMs: Number(every) };
  if (!isOurs(stored)) return { schedule, isOurs: false, nextInMs: undefined };
  return { schedule, isOurs: true, nextInMs: typeof next === 'number' ? next - presentMs() : undefined };
}

/** Returns the schedules of a queue by id, with a query of BullMQ's for each, and one for its next job. */
export async function readEachSchedule(queue: Queue): Promise<Map<string, StoredSchedule>> {
  const read = async (scheduler: JobSchedulerJson) => {
    const stored = bullSchedule(scheduler);
    return [
      stored.key,
      storedScheduleOf(stored, isOurs(stored) ? await nextDue(queue, scheduler) : undefined),
    ] as const;
  };
  return new Map(await Promise.all((await queue.getJobSchedulers(0, -1)).map(read)));
}

/**
 * Returns the instant at which the next job is due. Reads the schedule again if the job starts meanwhile, because it then has a
 * successor.
 */
async function nextDue(queue: Queue, { key, next }: JobSchedulerJson): Promise<number | undefined> {
  if (await isJobPending(queue, key, next)) return next;
  const again = (await queue.getJobScheduler(key))?.next;
  return again !== next && (await isJobPending(queue, key, again)) ? again : undefined;
}

/** Returns the id that BullMQ gives to a job of a schedule. */
const jobIdOf = (key: string, next: number | undefined) => `repeat:${key}:${next}`;

/** Removes a schedule with its next job, even one that is in no list any more: its id would block the next job. */
export async function removeScheduler(queue: Queue, id: string): Promise<void> {
  const scheduler = await queue.getJobScheduler(id);
  await queue.removeJobScheduler(id);
  const job = jobIdOf(id, scheduler?.next);
  if (scheduler && (await queue.getJobState(job)) === 'unknown') await leaveScheduled(queue.remove(job));
}

/** Waits for the removal of a job, which BullMQ refuses when another worker has put the job's schedule meanwhile. */
async function leaveScheduled(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!hasCode(error, ErrorCode.JobBelongsToJobScheduler)) throw error;
  });
}

/**
 * Returns the id of a job that ran before its time, by a clock that was ahead, and now blocks the next job of a cron schedule. For
 * an interval, BullMQ takes the next free time by itself.
 */
export async function earlyJob(queue: Queue, id: string, schedule: Schedule): Promise<string | undefined> {
  if (!('pattern' in schedule)) return undefined;
  const job = jobIdOf(id, dueAfter(schedule.pattern, Date.now()));
  return FINISHED.includes(await queue.getJobState(job)) ? job : undefined;
}

async function isJobPending(queue: Queue, key: string, next: number | undefined): Promise<boolean> {
  const state = await queue.getJobState(jobIdOf(key, next));
  return UNFINISHED.some((alive) => alive === state);
}

/**
 * Returns true for a job that has just been added with a timestamp in the future: a process whose clock was ahead made it, and its
 * deduplication would block other jobs until then.
 */
export async function isFromFuture(queue: Queue, { id = '' }: Job, ttl: number): Promise<boolean> {
  const job = await queue.getJob(id);
  return job !== undefined && job.timestamp > Date.now() + ttl + CLOCK_TOLERANCE_MS;
}

/** Tolerance for the clocks of different machines. */
const CLOCK_TOLERANCE_MS = 10_000;

/** No retry and no walk brought forward waits this long. */
const LONGEST_DELAY_MS = 3_600_000;

/**
 * Makes jobs of ours due now that are delayed longer than any delay, as after a clock that was ahead. Leaves the next jobs of
 * schedules alone. Returns the number of jobs.
 */
export async function promoteStuck(queue: Queue): Promise<number> {
  const latest = presentMs() + LONGEST_DELAY_MS;
  const delayed = await queue.getDelayed(0, MOST_LOOKED_AT);
  const stuck = delayed.filter(
    ({ data, repeatJobKey, timestamp, processedOn, delay }) =>
      isDue(data) &&
      (repeatJobKey === undefined || processedOn !== undefined) &&
      (processedOn ?? timestamp) + delay > latest,
  );
  for (const job of stuck) await job.promote();
  return stuck.length;
}

/** Removes schedules of ours with these ids, and jobs of ours that have not started, from a queue. */
export async function emptyOld(
  queue: Pick<Queue, 'getJobSchedulersCount' | 'getJobScheduler' | 'removeJobScheduler' | 'getJobs'>,
  ids: readonly string[],
): Promise<number> {
  let moved = 0;
  const hasSchedules = (await queue.getJobSchedulersCount()) > 0;
  for (const id of hasSchedules ? ids : []) {
    const scheduler = await queue.getJobScheduler(id);
    if (!scheduler || !isOurs({ ...bullSchedule(scheduler), key: id })) continue;
    await queue.removeJobScheduler(id);
    moved += 1;
  }
  const waiting = await queue.getJobs(['waiting', 'delayed', 'prioritized'], 0, MOST_LOOKED_AT);
  for (const job of waiting)
    if (isDue(job.data) && ids.includes(walkId(walkOf(job.data)))) await leaveScheduled(job.remove());
  return moved;
}

/** Returns the number of jobs and schedules of other applications in a queue of ours. */
export async function countForeign(queue: Queue): Promise<number> {
  const jobs = await queue.getJobs(UNFINISHED, 0, MOST_LOOKED_AT);
  const schedules = await queue.getJobSchedulers(0, -1);
  return jobs.filter(({ data }) => !isDue(data)).length + schedules.filter((one) => !isOurs(bullSchedule(one))).length;
}
