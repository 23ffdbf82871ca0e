import { isDeepStrictEqual } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { ConfigError } from '../errors.ts';
import { parseSchedule, type Schedule } from '../schedule.ts';
import type { Mode, Stream } from '../stream.ts';
import type { Due, DueQueue } from './queue.ts';

/** A walk and when it is due. */
export interface Scheduled extends Due {
  schedule: Schedule;
}

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
): Scheduled[] {
  const names = known.flatMap((stream) => modes.map((mode) => settingFor(stream, mode)));
  const strangers = Object.keys(settings).filter((name) => !names.includes(name));
  if (strangers.length > 0)
    throw new ConfigError(
      strangers.map((name) => `${name} is not a setting: did you mean ${closest(name, names)}?`).join('\n'),
    );
  return streams.flatMap((stream) => modes.flatMap((mode) => scheduleOf(stream, mode, settings)));
}

function scheduleOf(stream: Stream, mode: Mode, settings: Readonly<Record<string, Schedule | null>>): Scheduled[] {
  const name = settingFor(stream.name, mode);
  const given = settings[name];
  if (given && mode === 'incremental' && !stream.incremental)
    throw new ConfigError(`${name} must be off: ${stream.name} is always walked in full`);
  const own = stream.schedules[mode];
  const schedule = given === undefined && own !== undefined ? parseSchedule(own) : given;
  return schedule ? [{ stream: stream.name, mode, schedule }] : [];
}

const idOf = ({ stream, mode }: Due) => `${stream}.${mode}`;

/** Makes the queue's schedules those wanted: others are removed, missing and changed ones are put. */
export async function putSchedules(queue: DueQueue, wanted: readonly Scheduled[]): Promise<void> {
  const present = await queue.schedules();
  for (const id of present.keys()) if (!wanted.some((walk) => idOf(walk) === id)) await queue.removeSchedule(id);
  for (const { schedule, ...due } of wanted)
    if (!isDeepStrictEqual(present.get(idOf(due)), schedule)) await queue.putSchedule(idOf(due), schedule, due);
}

/** Puts the schedules that the queue has lost; leaves others alone, which may be a newer worker's. Answers how many. */
export async function putMissing(queue: DueQueue, wanted: readonly Scheduled[]): Promise<number> {
  const present = await queue.schedules();
  const missing = wanted.filter((walk) => !present.has(idOf(walk)));
  for (const { schedule, ...due } of missing) await queue.putSchedule(idOf(due), schedule, due);
  return missing.length;
}
