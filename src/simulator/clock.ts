import { formatInstant, micros } from './instants.ts';

/** The simulated present. Each reading is later than the one before, so that two edits never share an instant by accident. */
export interface Clock {
  now(): string;
  /** Jumps to an instant, forwards or backwards. */
  set(at: string): void;
  /** Jumps this many milliseconds ahead. */
  advance(ms: number): void;
}

const TICK = 1009;

/** A clock that stands at `start` and moves a millisecond per reading, or follows real time when there is no start. */
export function clock(start?: string): Clock {
  let last = start === undefined ? realMicros() : micros(start);
  let ahead = 0;
  const read = () => (start === undefined ? Math.max(realMicros() + ahead, last + 1) : last + TICK);
  return {
    now: () => formatInstant((last = read())),
    set: (at) => {
      ahead = micros(at) - realMicros();
      last = micros(at);
    },
    advance: (ms) => {
      ahead += ms * 1000;
      last += ms * 1000;
    },
  };
}

function realMicros(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
