import { afterEach, expect, test, vi } from 'vitest';
import { budgetOn, slicesOf } from '../../src/extract/budget.ts';
import { limiterIn, requestsCounted } from '../../src/ledger/limiter.ts';
import { sharedDatabase } from '../support/database.ts';
import { rows, value } from '../support/records.ts';

const shared = sharedDatabase();
const signal = new AbortController().signal;
const DAY_MS = 86_400_000;

afterEach(async () => {
  vi.useRealTimers();
  await shared().pool.query(
    'drop trigger if exists note on sync.budgets; drop table if exists noted; delete from sync.budgets',
  );
});

/** A limiter with a slice that no test outlasts. */
const slow = (points = 1) => limiterIn(shared().pool, 'polar:key', { points, durationMs: 60_000 });

/** Keeps each state of the budgets in a table `noted`. */
const note = () =>
  shared().pool.query(`
    create table noted as select * from sync.budgets;
    create or replace function note() returns trigger language plpgsql as $$ begin insert into noted select new.*; return new; end $$;
    create trigger note after insert or update on sync.budgets for each row execute function note()`);

test('whoever takes, no slice holds more than its points, and no slice begins before the last has ended', async () => {
  await note();
  const budgets = Array.from({ length: 3 }, (_, index) =>
    budgetOn(limiterIn(shared().pool, 'polar:key', { points: 4, durationMs: 100 }), { urgent: index === 0 }),
  );
  const takes = budgets.flatMap((budget) => Array.from({ length: 8 }, () => budget.take(signal)));
  await Promise.all(takes);
  const slices = await rows(
    shared(),
    `select max(points) as points, began_at >= lag(ends_at) over (order by began_at) as "isAfter" from noted group by began_at, ends_at`,
  );
  expect(slices.length).toBeGreaterThanOrEqual(6);
  for (const { points, isAfter } of slices) {
    expect(points).toBeLessThanOrEqual(4);
    expect(isAfter).not.toBe(false);
  }
  expect(await value(shared(), 'select count(*)::int from noted')).toBe(24);
});

test('a budget that is used up says how long its slice lasts', async () => {
  const limiter = slow(2);
  expect([await limiter.take(), await limiter.take()]).toEqual([0, 0]);
  const wait = await limiter.take();
  expect(wait).toBeGreaterThan(30_000);
  expect(wait).toBeLessThanOrEqual(60_000);
  expect(await requestsCounted(shared().pool)).toEqual(new Map([['polar:key', 2]]));
});

test('a pause lets nobody through before it is over, and a shorter one does not end it', async () => {
  const limiter = slow(10);
  await limiter.pause(120_000);
  await limiter.pause(1);
  expect(await limiter.take()).toBeGreaterThan(60_000);
  await shared().pool.query(`update sync.budgets set paused_until = clock_timestamp()`);
  expect(await limiter.take()).toBe(0);
});

test('a process whose clock is a day ahead makes none with the right clock wait', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + DAY_MS);
  await slow().take();
  vi.useRealTimers();
  const wait = await slow().take();
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60_000);
});

test.each(['1 day', '3 minutes', '1 second'])(
  'a slice and a pause that the database counted while its clock was %s ahead hold nobody up',
  async (ahead) => {
    const limiter = limiterIn(shared().pool, 'polar:key', slicesOf(450));
    await limiter.pause(300_000);
    await shared().pool.query(
      `update sync.budgets set points = 45, began_at = now() + $1::interval, ends_at = now() + $1::interval + interval '6 seconds',
         paused_at = now() + $1::interval, paused_until = now() + $1::interval + interval '5 minutes'`,
      [ahead],
    );
    expect(await limiter.take()).toBe(0);
  },
);
