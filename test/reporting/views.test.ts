import { expect, test } from 'vitest';
import { followedViews, soldViews } from './check-views.ts';

const SIZE = { checkouts: 60, edits: 50 };

const SCENARIOS = [
  [1, 'UTC'],
  [2, 'Asia/Kolkata'],
  [3, 'America/St_Johns'],
] as const;

test.each(SCENARIOS)('the views show what happened, cell by cell (seed %i, %s)', async (seed, timezone) => {
  const { wrong } = await followedViews({ seed, timezone, size: SIZE });
  expect(wrong.slice(0, 20)).toEqual([]);
});

test('the views of orders, refunds and subscriptions show what was sold, cell by cell', async () => {
  const wrong = await soldViews({ seed: 4, timezone: 'America/St_Johns', size: { checkouts: 80, edits: 6 } });
  expect(wrong.slice(0, 20)).toEqual([]);
});
