import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // The heap grows to twice what is alive in it, instead of up to four times, before garbage is collected.
  '--heap-growing-percent=100',
  // V8 would allocate in the old generation what often survives, such as rows that wait for their transaction. Once dead, they
  // keep alive what they refer to.
  '--no-allocation-site-pretenuring',
  // Young objects are copied by one thread: with more of them it takes as long, and they use CPU time of their own.
  '--no-parallel-scavenge',
  // They are copied when their space is full, not when four fifths of it are.
  '--no-minor-gc-task',
  // TurboFan compiles a function, or a loop in it, after thirteen times as many runs: a short walk ends before that pays off.
  '--invocation-count-for-turbofan=40000',
  '--invocation-count-for-osr=6000',
];

/**
 * Sets V8 up for pages that come and go. This is done here and not on the command line, because Node.js would refuse to start if
 * a later V8 no longer had one of the flags.
 */
export const tuneV8 = (): void => FLAGS.forEach((flag) => setFlagsFromString(flag));
