import { expect, test } from 'vitest';
import { budgetOn, slicesOf } from '../../src/extract/budget.ts';
import { RetryableError } from '../../src/model/errors.ts';

const signal = new AbortController().signal;

test.each([500, 450, 100, 90, 60, 7, 1])(
  'with %i requests a minute no 60 seconds see more than a tenth more, and all of them can be used',
  (perMinute) => {
    const { points, durationMs } = slicesOf(perMinute);
    const touched = Math.floor(60_000 / durationMs + 1e-9) + 1;
    expect(touched * points).toBeLessThanOrEqual(Math.max(perMinute * 1.1, perMinute + 1));
    expect((points / durationMs) * 60_000).toBeCloseTo(perMinute);
  },
);

test('waiting for the budget ends when it is no longer wanted', async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  const budget = budgetOn({ take: async () => asked.push(0) * 60_000, pause: async () => undefined });
  const waiting = budget.take(stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('requests that cannot be counted are not sent, and tried again', async () => {
  const away = () => Promise.reject(new Error('the database is away'));
  const budget = budgetOn({ take: away, pause: away });
  await expect(budget.take(signal)).rejects.toThrow(RetryableError);
  await expect(budget.pause(1000)).rejects.toThrow(RetryableError);
});
