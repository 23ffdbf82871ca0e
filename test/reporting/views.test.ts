import { expect, test } from 'vitest';
import { followedViews } from './check-views.ts';

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
