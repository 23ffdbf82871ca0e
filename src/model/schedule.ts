import { CronExpressionParser } from 'cron-parser';
import { parseDuration } from './duration.ts';
import type { Mode, StreamRef } from './stream.ts';

/** Times at which something is due: at an interval in milliseconds, or by a cron pattern in UTC. */
export type Schedule = { everyMs: number } | { pattern: string };

/**
 * Parses a cron pattern (five fields, or six with seconds) or `every 5m`, with s, m, h or d. Returns undefined for
 * anything else.
 */
export function parseSchedule(text: string): Schedule | undefined {
  const [, every] = /^every\s+(.*)$/.exec(text.trim()) ?? [];
  const everyMs = every === undefined ? undefined : parseDuration(every);
  if (everyMs !== undefined) return { everyMs };
  return isPattern(text.trim()) ? { pattern: text.trim() } : undefined;
}

/** Checks the number of fields, because the parser also accepts fewer, and would read a typo as a schedule. */
function isPattern(text: string): boolean {
  const fields = text.split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return false;
  try {
    fromMoment(text, Date.now());
    return true;
  } catch {
    return false; // the caller names the setting
  }
}

/** Returns the time between two due times, in ms; for a pattern, between the next two from now. */
export function intervalOf(schedule: Schedule): number {
  if ('everyMs' in schedule) return schedule.everyMs;
  const [first, second] = fromMoment(schedule.pattern, Date.now()).take(2);
  return (second?.getTime() ?? 0) - (first?.getTime() ?? 0);
}

/** Returns the last due time before a moment, both in ms since 1970. */
export function dueBefore(schedule: Schedule, moment: number): number {
  if ('everyMs' in schedule) return moment - schedule.everyMs;
  return fromMoment(schedule.pattern, moment).prev().getTime();
}

/** A walk of a stream, and its schedule. */
export interface ScheduledWalk extends StreamRef {
  mode: Mode;
  schedule: Schedule;
}

/** Returns the longest possible time, in ms, from a moment (ms since 1970) until the next due time. */
export function longestWait(schedule: Schedule, moment: number): number {
  if ('everyMs' in schedule) return schedule.everyMs;
  return dueAfter(schedule.pattern, moment) - moment;
}

/** Returns the next due time of a cron pattern after a moment, both in ms since 1970. */
export const dueAfter = (pattern: string, moment: number): number => fromMoment(pattern, moment).next().getTime();

/** Parses a cron pattern, to be asked from a moment on: without one, the parser finds out the machine's time zone, which is slow. */
const fromMoment = (pattern: string, moment: number) =>
  CronExpressionParser.parse(pattern, { tz: 'UTC', currentDate: moment });
