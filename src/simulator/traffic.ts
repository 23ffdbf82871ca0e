import type { Random } from './random.ts';

/** The pace of the background traffic. */
export interface TrafficOptions {
  /** Edits per second. */
  perSecond: number;
}

/** One kind of edit of the background traffic: its share among all, and the edit. */
export type Step = readonly [share: number, edit: (chance: Random) => void];

/** Makes seeded edits until the returned function is called. */
export function startTraffic(steps: readonly Step[], chance: Random, { perSecond }: TrafficOptions): () => void {
  const shares = steps.reduce((sum, [share]) => sum + share, 0);
  const pauseMs = Math.max(10, 1000 / perSecond);
  let due = 0;
  const step = () => {
    let place = chance.next() * shares;
    steps.find(([share]) => (place -= share) < 0)?.[1](chance);
  };
  const timer = setInterval(() => {
    for (due += (perSecond * pauseMs) / 1000; due >= 1; due--) step();
  }, pauseMs);
  return () => clearInterval(timer);
}
