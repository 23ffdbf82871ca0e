import { PassThrough, Writable } from 'node:stream';
import type { Terminal } from '../../src/commands/invocation.ts';

/** A key that chooses the next line. */
export const DOWN = '\u001B[B';
/** Ctrl-C, as a terminal sends it to a program that reads keys. */
export const CTRL_C = '\u0003';

/** Ctrl-D, which says that no more input comes. */
export const CTRL_D = '\u0004';
/** Instead of keys: the terminal is gone. */
export const HANG_UP = '';

/** A person at a terminal. */
export interface Person {
  terminal: Terminal;
  /** All that was shown. */
  screen: () => string;
  /** Questions that never came. */
  waitsFor: () => string[];
}

/** Answers each question with keys, once its text is shown; in this order. */
export function personWho(answers: readonly (readonly [question: RegExp, keys: string])[]): Person {
  const input = new PassThrough();
  const waiting = [...answers];
  let [screen, seen] = ['', 0];
  const output = new Writable({
    write(chunk, _encoding, done) {
      screen += String(chunk);
      done();
      const [question, keys] = waiting[0] ?? [];
      if (!question?.test(screen.slice(seen))) return;
      waiting.shift();
      seen = screen.length;
      setImmediate(() => (keys === HANG_UP ? input.end() : input.write(keys)));
    },
  });
  return {
    terminal: { input, output },
    screen: () => screen,
    waitsFor: () => waiting.map(([question]) => String(question)),
  };
}
