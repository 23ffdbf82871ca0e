import { DAY, HOUR, instant, micros } from '../instants.ts';
import type { Random } from '../random.ts';

/** How long the sessions reach back. */
export const SESSIONS_SINCE = 272 * DAY;

/** Seeded instants, counted back from the simulated present. */
export interface Era {
  /** Microseconds. */
  now: number;
  /** An instant about so many days ago. */
  ago(chance: Random, days: number): string;
}

/** The era that ends at an instant. */
export function era(now: string): Era {
  const end = micros(now);
  return { now: end, ago: (chance, days) => instant(end - days * DAY - Math.floor(chance.next() * 6 * HOUR)) };
}
