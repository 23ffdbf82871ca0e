import { expect, test } from 'vitest';
import { followedCatalogs } from './check-catalog.ts';
import { followedSales } from './check-sales.ts';
import { followedViews, taxedSales } from './check-views.ts';

const SIZE = { checkouts: 60, edits: 50 };

const SCENARIOS = [
  [1, 'UTC'],
  [2, 'Asia/Kolkata'],
  [3, 'America/St_Johns'],
] as const;

const SALES_SIZE = { checkouts: 40, edits: 40 };

const SALES_SCENARIOS = [
  [4, 'America/St_Johns'],
  [5, 'Asia/Kolkata'],
] as const;

const taxed: ReturnType<typeof taxedSales> = [];

test.each(SCENARIOS)('the views show what happened, cell by cell (seed %i, %s)', async (seed, timezone) => {
  const { wrong, sessions } = await followedViews({ seed, timezone, size: SIZE });
  expect(wrong.slice(0, 20)).toEqual([]);
  taxed.push(...taxedSales(sessions));
});

test('the sales above include and exclude their tax, and some are in currencies without cents', () => {
  expect(new Set(taxed.map(({ tax_behavior }) => tax_behavior))).toEqual(new Set(['exclusive', 'inclusive']));
  expect(new Set(taxed.map(({ currency }) => currency))).toEqual(new Set(['usd', 'eur', 'gbp', 'jpy', 'kwd']));
});

test.each(SALES_SCENARIOS)(
  'the views of orders, refunds and subscriptions show what was sold, cell by cell (seed %i, %s)',
  async (seed, timezone) => {
    const { wrong } = await followedSales({ seed, timezone, size: SALES_SIZE });
    expect(wrong.slice(0, 20)).toEqual([]);
  },
);

test('the views of versions, of the feed and of freshness show what was seen of the catalog, cell by cell', async () => {
  const { wrong } = await followedCatalogs({ seed: 6, edits: 40 });
  expect(wrong.slice(0, 20)).toEqual([]);
});
