import { isDeepStrictEqual } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { presentMs } from '../model/clock.ts';
import { ConfigError, throwProblems } from '../model/errors.ts';
import { longestWait, parseSchedule, type Schedule, type ScheduledWalk } from '../model/schedule.ts';
import { DEFAULT_ACCOUNT, MODES, refOf, type Mode, type Stream } from '../model/stream.ts';
import type { JobQueue } from './queue.ts';
import { walkId, type StoredSchedule } from './job.ts';

const settingFor = (stream: string, mode: Mode) => `SYNC_SCHEDULE_${stream.replaceAll('.', '_')}_${mode}`.toUpperCase();

/**
 * Returns the scheduled walks of the streams, from the streams' own schedules and the settings. Throws a ConfigError for a setting
 * of an unknown stream or mode; `known` are the names of all streams, turned on or not.
 */
export function scheduleWalks(
  streams: readonly Stream[],
  settings: Readonly<Record<string, Schedule | null>>,
  known: readonly string[],
): ScheduledWalk[] {
  const names = known.flatMap((stream) => MODES.map((mode) => settingFor(stream, mode)));
  const strangers = Object.keys(settings).filter((name) => !names.includes(name));
  throwProblems(
    strangers.map((name) => ({
      code: 'CS1206',
      message: `${name} is not a setting: did you mean ${closest(name, names)}?`,
    })),
  );
  return streams.flatMap((stream) => MODES.flatMap((mode) => scheduleOf(stream, mode, settings)));
}

function scheduleOf(stream: Stream, mode: Mode, settings: Readonly<Record<string, Schedule | null>>): ScheduledWalk[] {
  const name = settingFor(stream.name, mode);
  const given = settings[name];
  if (given && mode === 'incremental' && !stream.incremental)
    throw new ConfigError('CS1205', `${name} must be off: ${stream.name} is always walked in full`);
  const own = stream.schedules[mode];
  const schedule = given === undefined && own !== undefined ? parseSchedule(own) : given;
  return schedule ? [{ ...refOf(stream), mode, schedule }] : [];
}

/** Returns the ids of all schedules that older versions may have put, of streams turned on or not. */
export const scheduleIds = (streams: readonly string[]) =>
  streams.flatMap((stream) => MODES.map((mode) => walkId({ account: DEFAULT_ACCOUNT, stream, mode })));

/**
 * Makes our schedules in the queue equal to the wanted ones: removes others of ours, and adds missing, changed and stuck ones.
 */
export async function putSchedules(queue: JobQueue, wanted: readonly ScheduledWalk[]): Promise<void> {
  const present = await queue.schedules();
  for (const [id, { isOurs }] of present)
    if (isOurs && !wanted.some((walk) => walkId(walk) === id)) await queue.removeSchedule(id);
  for (const { schedule, ...due } of wanted) {
    const stored = present.get(walkId(due));
    const isRight = stored && isDeepStrictEqual(stored.schedule, schedule) && !isStuck(stored);
    if (!isRight) await queue.putSchedule(walkId(due), schedule, due);
  }
}

/**
 * Restores schedules that the queue has lost, or that would never run again. Leaves others alone, which may be a newer worker's.
 * Returns the restored ids.
 */
export async function restoreSchedules(queue: JobQueue, wanted: readonly ScheduledWalk[]): Promise<string[]> {
  const present = await queue.schedules();
  const put: string[] = [];
  for (const { schedule, ...due } of wanted) {
    const stored = present.get(walkId(due));
    if (stored && !isStuck(stored)) continue;
    await queue.putSchedule(walkId(due), stored?.schedule ?? schedule, due);
    put.push(walkId(due));
  }
  return put;
}

/** Tolerance for different readings of the database's clock, and for jobs that are put meanwhile. */
const SCHEDULE_TOLERANCE_MS = 10_000;

/** True for a schedule of ours without a next job, or whose next job is further away than the schedule allows. */
function isStuck({ schedule, isOurs, nextInMs }: StoredSchedule): boolean {
  if (!isOurs) return false;
  return nextInMs === undefined || nextInMs > longestWait(schedule, presentMs()) + SCHEDULE_TOLERANCE_MS;
}
