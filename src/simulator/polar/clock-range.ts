import { DAY, HOUR, formatInstant, micros } from '../instants.ts';
import type { Random } from '../random.ts';

/** The time that the sessions reach back, in microseconds. */
export const SESSIONS_SINCE = 272 * DAY;

/** The time before the simulated present, which seeded instants are counted back from. */
export interface ClockRange {
  /** Microseconds. */
  now: number;
  /** Returns an instant about this many days ago. */
  ago(chance: Random, days: number): string;
}

/** The facts that seeded records of the catalog are made from. */
export interface SeedContext {
  seed: number;
  organizationId: string;
  range: ClockRange;
}

/** The range that ends at an instant. */
export function clockRange(now: string): ClockRange {
  const end = micros(now);
  return { now: end, ago: (chance, days) => formatInstant(end - days * DAY - Math.floor(chance.next() * 6 * HOUR)) };
}
