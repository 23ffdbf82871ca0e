import { isDeepStrictEqual } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { presentMs } from '../model/clock.ts';
import { ConfigError } from '../model/errors.ts';
import { longestWait, parseSchedule, type Schedule, type ScheduledWalk } from '../model/schedule.ts';
import { DEFAULT_ACCOUNT, refOf, type Mode, type Stream } from '../model/stream.ts';
import type { JobQueue } from './queue.ts';
import { walkId, type StoredSchedule } from './job.ts';

const modes: readonly Mode[] = ['full', 'incremental'];
const settingFor = (stream: string, mode: Mode) => `SYNC_SCHEDULE_${stream.replaceAll('.', '_')}_${mode}`.toUpperCase();

/**
 * Which walks of the streams are due when, from the streams' own schedules and the settings given. Throws a ConfigError
 * for a setting of a stream or mode that there is not; `known` are the names of all streams, turned on or not.
 */
export function scheduleWalks(
  streams: readonly Stream[],
  settings: Readonly<Record<string, Schedule | null>>,
  known: readonly string[],
): ScheduledWalk[] {
  const names = known.flatMap((stream) => modes.map((mode) => settingFor(stream, mode)));
  const strangers = Object.keys(settings).filter((name) => !names.includes(name));
  if (strangers.length > 0)
    throw new ConfigError(
      strangers.map((name) => `${name} is not a setting: did you mean ${closest(name, names)}?`).join('\n'),
    );
  return streams.flatMap((stream) => modes.flatMap((mode) => scheduleOf(stream, mode, settings)));
}

function scheduleOf(stream: Stream, mode: Mode, settings: Readonly<Record<string, Schedule | null>>): ScheduledWalk[] {
  const name = settingFor(stream.name, mode);
  const given = settings[name];
  if (given && mode === 'incremental' && !stream.incremental)
    throw new ConfigError(`${name} must be off: ${stream.name} is always walked in full`);
  const own = stream.schedules[mode];
  const schedule = given === undefined && own !== undefined ? parseSchedule(own) : given;
  return schedule ? [{ ...refOf(stream), mode, schedule }] : [];
}

/** The names of all schedules that older versions may have put, of streams turned on or not. */
export const scheduleIds = (streams: readonly string[]) =>
  streams.flatMap((stream) => modes.map((mode) => walkId({ account: DEFAULT_ACCOUNT, stream, mode })));

/** Makes our schedules in the queue those wanted: others of ours are removed; missing, changed and stuck ones are put. */
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
 * Puts schedules that the queue has lost, or that would never run again; leaves others alone, which may be a newer
 * worker's. Returns their ids.
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

/** By so much the readings of the database's clock may differ, and then some: jobs are put while they are looked at. */
const CLOCK_TOLERANCE_MS = 10_000;

/** True for a schedule of ours without a next job, or whose next job is further away than the schedule allows. */
function isStuck({ schedule, isOurs, nextInMs }: StoredSchedule): boolean {
  if (!isOurs) return false;
  return nextInMs === undefined || nextInMs > longestWait(schedule, presentMs()) + CLOCK_TOLERANCE_MS;
}
