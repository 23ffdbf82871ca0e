import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { closed, gaps, windowAround } from '../../src/extract/coverage.ts';

const all = (...parts: [number, number][]) => parts.map(([from, to]) => ({ from, to }));

test('parts that overlap cover what lies between them, parts that only touch leave the date they touch at', () => {
  expect(gaps(all([-Infinity, 10], [8, Infinity]))).toEqual([]);
  expect(gaps(all([-Infinity, 10], [10, Infinity]))).toEqual([{ from: 10, to: 10 }]);
  expect(gaps(all([-Infinity, 10], [15, Infinity]))).toEqual([{ from: 10, to: 15 }]);
  expect(gaps([...all([-Infinity, 10], [15, Infinity]), closed(10, 15)])).toEqual([]);
});

test('nothing covers nothing, and a part of a single date covers nothing', () => {
  expect(gaps([])).toEqual([{ from: -Infinity, to: Infinity }]);
  expect(gaps(all([-Infinity, 5], [5, 6], [6, Infinity]))).toEqual([{ from: 5, to: 6 }]);
});

test('a date is in a gap exactly when no part has it strictly inside', () => {
  const bound = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(bound, bound)), bound, (parts, date) => {
      const intervals = [...all(...parts), { from: -Infinity, to: 0 }, { from: 12, to: Infinity }];
      const isCovered = intervals.some(({ from, to }) => from < date && date < to);
      expect(gaps(intervals).some(({ from, to }) => from <= date && date <= to)).toBe(!isCovered);
    }),
  );
});

test('a window around a position has it inside, away from both ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 2, max: 100 }), (position, size) => {
      const { page, limit } = windowAround(position, size);
      const start = (page - 1) * limit;
      expect(limit).toBeLessThanOrEqual(size);
      expect(position).toBeGreaterThanOrEqual(start);
      expect(position).toBeLessThan(start + limit);
      if (size > 8) expect(Math.min(position - start, start + limit - position)).toBeGreaterThan(0);
    }),
  );
});
