import type { Pool } from 'pg';
import { setClock } from '../model/clock.ts';

// The database's clock decides. Timestamps written while it, or another clock, was ahead lie in the future after it was
// corrected. Such a timestamp is meaningless, and must not win over a newer observation.

/** The latest possible observation, with a tolerance for readings of the clock. */
const LATEST = `now() + interval '5 seconds'`;

/** Returns SQL that is true for a moment in the future, which our own timestamps never are. */
export const isAhead = (stamp: string) => `${stamp} > ${LATEST}`;

/** Returns SQL for the moment, or for now if it lies in the future. */
export const notAhead = (stamp: string) => `case when ${isAhead(stamp)} then now() else ${stamp} end`;

/**
 * Returns SQL that is true for a date of the source that is further ahead than two clocks may differ, and cannot order
 * states.
 */
export const isImplausible = (date: string) => `${date} > now() + interval '1 hour'`;

/** SQL for the database's clock while a statement runs, in microseconds since 1970. */
export const CLOCK = `(extract(epoch from clock_timestamp()) * 1000000)::float8`;

/** Runs a query whose row has {@link CLOCK} as `time`, and sets the clock of this process from it. */
export async function readClock<T extends { time: number }>(ask: () => Promise<{ rows: T[] }>): Promise<T | undefined> {
  const askedAt = performance.now();
  const { rows } = await ask();
  if (rows[0]) setClock({ time: rows[0].time, askedAt, answeredAt: performance.now() });
  return rows[0];
}

const CLOCK_READ_EVERY_MS = 10_000;

/** Keeps the clock of this process in step with the database's, from the first reading until it is stopped. */
export function followClock(pool: Pool): { firstRead: Promise<unknown>; stop: () => void } {
  const read = () => readClock(() => pool.query<{ time: number }>(`select ${CLOCK} as time`)).catch(() => undefined); // the database is down: the clock continues by itself
  const firstRead = read();
  const timer = setInterval(() => void read(), CLOCK_READ_EVERY_MS);
  timer.unref();
  return { firstRead, stop: () => clearInterval(timer) };
}
