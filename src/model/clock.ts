/** One reading of the database's clock: what it showed, in microseconds since 1970, at some moment between two of `performance.now()`. */
export interface ClockReading {
  time: number;
  askedAt: number;
  answeredAt: number;
}

/** How far the database's clock is ahead of `performance.now()`, and how wrong that can be; all in milliseconds. */
interface Offset {
  ms: number;
  errorMs: number;
  readAt: number;
}

/** How far two clocks drift apart at most, in milliseconds per millisecond. */
const DRIFT = 0.0005;

let offset: Offset | undefined;

/**
 * Sets the clock of this process by a reading of the database's. A reading that took long is less exact than an earlier one
 * that did not, and is left alone, unless the two contradict each other: then a clock was set.
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

/** The clock of this machine, in milliseconds since 1970. */
let machineMs = () => Date.now();

/**
 * The present moment in milliseconds since 1970, by the database's clock, which decides for all machines. Before it was
 * read, by that of this machine.
 */
export const presentMs = (): number => (offset ? offset.ms + performance.now() : machineMs());

/**
 * Makes `Date.now` of this process return {@link presentMs}, for its libraries: BullMQ takes jobs up and schedules the next
 * ones by it, and workers whose machines differ would take each other's schedules for wrong. The result undoes it.
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

/** A clock that goes back further than this was set; less is a reading that is more exact. */
const SET_BACK_US = 1_000_000;

let last = 0;

/** The present instant as ISO text with microseconds; later in each call, so that no two observations of one process are equal. */
export function timestampMicros(): string {
  const now = Math.floor(presentMs() * 1000);
  last = now < last - SET_BACK_US ? now : Math.max(last + 1, now);
  const fraction = String(last % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(last / 1_000_000) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
