import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Budget } from '../../src/extract/budget.ts';
import { memoryBudget } from '../polar.ts';

// Fake timers leave node:timers/promises alone: here it waits by the clock that the test moves.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((done, fail) => {
      if (signal.aborted) fail(signal.reason);
      setTimeout(done, ms);
      signal.addEventListener('abort', () => fail(signal.reason));
    }),
}));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const signal = new AbortController().signal;

/** When each of so many requests may be sent, in milliseconds from now. */
async function times(budget: Budget, count: number): Promise<number[]> {
  const start = Date.now();
  const sent: number[] = [];
  const all = (async () => {
    for (let request = 0; request < count; request++) {
      await budget.take(signal);
      sent.push(Date.now() - start);
    }
  })();
  while (sent.length < count) await vi.advanceTimersByTimeAsync(100);
  await all;
  return sent;
}

test.each([450, 90, 60, 7, 1])(
  'with %i requests a minute no 60 seconds see more than a tenth more',
  async (perMinute) => {
    const sent = await times(memoryBudget(perMinute), perMinute * 3);
    const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 60_000).length));
    expect(most).toBeLessThanOrEqual(Math.max(perMinute * 1.1, perMinute + 1));
  },
);

test('the whole budget is used while there is work', async () => {
  const sent = await times(memoryBudget(450), 900);
  expect(sent.at(-1)).toBeLessThanOrEqual(2 * 60_000);
});

test('a pause lets nobody through before it is over, and a pause of nothing is none', async () => {
  const budget = memoryBudget(450);
  await budget.pause(5000);
  expect((await times(budget, 1))[0]).toBeGreaterThanOrEqual(5000);
  await budget.pause(0);
  expect((await times(budget, 1))[0]).toBeLessThan(100);
});

test('waiting for the budget ends when it is no longer wanted', async () => {
  const budget = memoryBudget(1);
  await budget.take(signal);
  const stop = new AbortController();
  const waiting = budget.take(stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow();
});
