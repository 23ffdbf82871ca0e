import type { Job, JobSchedulerJson, JobType, Queue } from 'bullmq';
import { presentMs } from '../model/clock.ts';
import { dueAfter, type Schedule } from '../model/schedule.ts';
import type { Mode } from '../model/stream.ts';
import { walkId, walkOf, type StoredSchedule, type WalkJob } from './job.ts';

/** Jobs that are not over, by BullMQ's names of their states. */
const UNFINISHED: JobType[] = ['waiting', 'delayed', 'prioritized', 'active'];

const FINISHED: string[] = ['completed', 'failed'] satisfies JobType[];

/** So many jobs are looked at; a queue of ours holds a handful. */
const MOST_LOOKED_AT = 1000;

const modes: readonly string[] = ['full', 'incremental'] satisfies Mode[];

/** True for the data of a job that checkout-sync made. */
export const isDue = (data: unknown): data is WalkJob | Omit<WalkJob, 'account'> =>
  typeof data === 'object' &&
  data !== null &&
  'stream' in data &&
  'mode' in data &&
  /^[a-z_]+\.[a-z_]+$/.test(String(data.stream)) &&
  modes.includes(String(data.mode));

/** True for a schedule that checkout-sync put: it is named after its walk. */
function isOurs({ key, template }: JobSchedulerJson): boolean {
  const data: unknown = template?.data;
  return isDue(data) && key === walkId(walkOf(data));
}

/** A schedule with what is known of its next job. */
export async function storedSchedule(queue: Queue, scheduler: JobSchedulerJson): Promise<StoredSchedule> {
  const { pattern, every } = scheduler;
  const schedule = pattern ? { pattern } : { everyMs: Number(every) };
  if (!isOurs(scheduler)) return { schedule, isOurs: false, nextInMs: undefined };
  return { schedule, isOurs: true, nextInMs: await nextIn(queue, scheduler) };
}

/** Milliseconds until the next job. One that is taken up meanwhile has a successor: the schedule is read again. */
async function nextIn(queue: Queue, { key, next }: JobSchedulerJson): Promise<number | undefined> {
  if (await isAlive(queue, key, next)) return Number(next) - presentMs();
  const again = await queue.getJobScheduler(key);
  const isLater = again?.next !== undefined && again.next !== next;
  return isLater && (await isAlive(queue, key, again.next)) ? Number(again.next) - presentMs() : undefined;
}

/** The id that BullMQ gives to a job of a schedule. */
const jobIdOf = (key: string, next: number | undefined) => `repeat:${key}:${next}`;

/** Removes a schedule with its next job, even one that is in no list any more: its id would be in the way of the next. */
export async function removeScheduler(queue: Queue, id: string): Promise<void> {
  const scheduler = await queue.getJobScheduler(id);
  await queue.removeJobScheduler(id);
  const job = jobIdOf(id, scheduler?.next);
  if (scheduler && (await queue.getJobState(job)) === 'unknown') await queue.remove(job);
}

/**
 * The id of a job that was done before its time, by a clock that was ahead, and stands where BullMQ would put the next one of
 * a schedule. Of an interval it takes the next time that is free.
 */
export async function earlyJob(queue: Queue, id: string, schedule: Schedule): Promise<string | undefined> {
  if (!('pattern' in schedule)) return undefined;
  const job = jobIdOf(id, dueAfter(schedule.pattern, Date.now()));
  return FINISHED.includes(await queue.getJobState(job)) ? job : undefined;
}

async function isAlive(queue: Queue, key: string, next: number | undefined): Promise<boolean> {
  const state = await queue.getJobState(jobIdOf(key, next));
  return UNFINISHED.some((alive) => alive === state);
}

/**
 * True for a job that was asked for just now and is none of now: a process whose clock was ahead made it, and its
 * deduplication would keep others away until then.
 */
export async function isFromFuture(queue: Queue, { id = '' }: Job, ttl: number): Promise<boolean> {
  const job = await queue.getJob(id);
  return job !== undefined && job.timestamp > Date.now() + ttl + CLOCK_TOLERANCE_MS;
}

/** By so much the clocks of machines may differ. */
const CLOCK_TOLERANCE_MS = 10_000;

/** No job that is tried again, or was brought forward, waits for so long. */
const LONGEST_DELAY_MS = 3_600_000;

/**
 * Makes jobs of ours due now that wait for a time further away than any delay, as after a clock that was ahead; the next
 * jobs of schedules are not among them. Returns how many.
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

/** Takes schedules with these ids, if they are ours, and jobs of ours that nobody has taken up, out of a queue. */
export async function emptyOld(
  queue: Pick<Queue, 'getJobScheduler' | 'removeJobScheduler' | 'getJobs'>,
  ids: readonly string[],
): Promise<number> {
  let moved = 0;
  for (const id of ids) {
    const scheduler = await queue.getJobScheduler(id);
    if (!scheduler || !isOurs({ ...scheduler, key: id })) continue;
    await queue.removeJobScheduler(id);
    moved += 1;
  }
  const waiting = await queue.getJobs(['waiting', 'delayed', 'prioritized'], 0, MOST_LOOKED_AT);
  for (const job of waiting) if (isDue(job.data) && ids.includes(walkId(walkOf(job.data)))) await job.remove();
  return moved;
}

/** How many jobs and schedules in a queue of ours are another application's. */
export async function countForeign(queue: Queue): Promise<number> {
  const jobs = await queue.getJobs(UNFINISHED, 0, MOST_LOOKED_AT);
  const schedules = await queue.getJobSchedulers(0, -1);
  return jobs.filter(({ data }) => !isDue(data)).length + schedules.filter((one) => !isOurs(one)).length;
}
