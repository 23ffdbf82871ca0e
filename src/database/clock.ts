import type { Pool } from 'pg';
import { setClock } from '../model/clock.ts';

// One clock decides: the database's. What it or another one stamped while it was ahead lies in the future when it was put
// right. Such a stamp says nothing, and must not win over what is seen now.

/** Later than this nothing can have been observed; a little is left for what a reading of the clock may be wrong. */
const LATEST = `now() + interval '5 seconds'`;

/** In SQL, true for a moment that lies in the future, which our own stamps never do. */
export const isAhead = (stamp: string) => `${stamp} > ${LATEST}`;

/** In SQL, the moment, or now where it lies in the future. */
export const notAhead = (stamp: string) => `case when ${isAhead(stamp)} then now() else ${stamp} end`;

/** In SQL, true for a date of the source's that lies further ahead than two clocks may differ: it orders nothing. */
export const isImplausible = (date: string) => `${date} > now() + interval '1 hour'`;

/** In SQL, the database's clock while a statement runs, in microseconds since 1970. */
export const CLOCK = `(extract(epoch from clock_timestamp()) * 1000000)::float8`;

/** Asks a question whose answer is a row with {@link CLOCK} as `time`, and sets the clock of this process by it. */
export async function readClock<T extends { time: number }>(ask: () => Promise<{ rows: T[] }>): Promise<T | undefined> {
  const askedAt = performance.now();
  const { rows } = await ask();
  if (rows[0]) setClock({ time: rows[0].time, askedAt, answeredAt: performance.now() });
  return rows[0];
}

const EVERY_MS = 10_000;

/** Sets the clock of this process by the database's, and keeps both in step. The result ends that. */
export async function followClock(pool: Pool): Promise<() => void> {
  const read = () => readClock(() => pool.query<{ time: number }>(`select ${CLOCK} as time`)).catch(() => undefined); // the database is away: the clock runs on by itself
  await read();
  const timer = setInterval(() => void read(), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
