/**
 * One reading of the database's clock: its time in microseconds since 1970, at some moment between two values of
 * `performance.now()`.
 */
export interface ClockReading {
  time: number;
  askedAt: number;
  answeredAt: number;
}

/** The offset of the database's clock from `performance.now()`, and its uncertainty, in milliseconds. */
interface Offset {
  ms: number;
  errorMs: number;
  readAt: number;
}

/** Largest drift between two clocks, in milliseconds per millisecond. */
const DRIFT = 0.0005;

let offset: Offset | undefined;

/**
 * Sets the clock of this process by a reading of the database's clock. A slow reading is less exact than an earlier
 * fast one, and is ignored unless the two contradict each other, which means that a clock was set.
 */
export function setClock({ time, askedAt, answeredAt }: ClockReading): void {
  const read = {
    ms: time / 1000 - (askedAt + answeredAt) / 2,
    errorMs: (answeredAt - askedAt) / 2,
    readAt: answeredAt,
  };
  if (!offset) return void (offset = read);
  const errorMs = offset.errorMs + Math.max(0, answeredAt - offset.readAt) * DRIFT;
  if (read.errorMs <= errorMs || Math.abs(read.ms - offset.ms) > read.errorMs + errorMs) offset = read;
}

/** Returns the time of this machine's clock, in milliseconds since 1970. */
let machineMs = () => Date.now();

/**
 * Returns the current time in milliseconds since 1970, by the database's clock, which decides for all machines. Before
 * the first reading, it is that of this machine.
 */
export const presentMs = (): number => (offset ? offset.ms + performance.now() : machineMs());

/**
 * Makes `Date.now` of this process return {@link presentMs}, for its libraries: BullMQ starts and schedules jobs by it,
 * and workers with different clocks would consider each other's schedules wrong. The returned function undoes it.
 */
export function shareClock(): () => void {
  const original = Date.now.bind(Date);
  machineMs = original;
  Date.now = () => Math.floor(presentMs());
  return () => {
    Date.now = original;
    machineMs = () => Date.now();
  };
}

/** A clock that goes back further than this was set; a smaller step is a more exact reading. */
const SET_BACK_US = 1_000_000;

let last = 0;

/**
 * Returns the current instant as ISO text with microseconds. Each call returns a later one: no two observations of a
 * process are equal.
 */
export function timestampMicros(): string {
  const now = Math.floor(presentMs() * 1000);
  last = now < last - SET_BACK_US ? now : Math.max(last + 1, now);
  const fraction = String(last % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(last / 1_000_000) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
