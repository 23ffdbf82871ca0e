import { fc } from '../support/fast-check.ts';
import { expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/database.ts';
import { prune } from '../../src/ledger/prune.ts';
import { dayRoller } from '../../src/ledger/roll-up-days.ts';
import { createLogger } from '../../src/model/log.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase, freshDatabaseUrl, connectClient } from '../support/database.ts';
import { rows, value, uuid } from '../support/records.ts';
import { until } from '../support/service.ts';
import { perform, rollUpAll, shownAndPlain, steps, storeCatalog } from './rolled-up-days.ts';

const OLD_SESSIONS = `
insert into polar.checkouts (id, account, created_at, observed_at, status, expires_at, customer_id, total_amount, net_amount, currency)
select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'default', now() - n * interval '1 day', now(), 'succeeded',
  now() - n * interval '1 day' + interval '1 hour', '${uuid(500)}', 100, 100, 'usd' from generate_series(1, 5) n`;

const rolledUp = `select count(*)::int from sync.rolled_up_days where built_at <= now()`;
const opened = 'select sum(opened)::int from analytics.checkouts_daily';
const sales = 'select sum(sales)::int from analytics.revenue_daily';

test('whatever was changed since, the views show what they would show without days that are rolled up', async () => {
  const db = await freshDatabase();
  await storeCatalog(db);
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      expect(await perform(db, program)).toEqual([]);
    }),
    { numRuns: Number(process.env.FC_RUNS ?? 8), endOnFailure: true },
  );
  await rollUpAll(db);
  expect(await value(db, rolledUp)).toBeGreaterThan(1);
});

test('days that are over are read as they were rolled up; those of a changed session, and of later purchases of its customer, are not', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  await rollUpAll(db);
  await db.pool.query(
    'update sync.rolled_up_checkouts set opened = 1000; update sync.rolled_up_sales set sales = 1000',
  );
  const days = Number(await value(db, `select count(*)::int from sync.rolled_up_checkouts`));
  expect(days).toBeGreaterThan(2);
  expect([await value(db, opened), await value(db, sales)]).toEqual([days * 1000 + 5 - days, days * 1000 + 5 - days]);
  await db.pool.query(`update polar.checkouts set customer_name = 'Another' where id = $1`, [uuid(4)]);
  expect([await value(db, opened), await value(db, sales)]).toEqual([1004, 1004]);
  await prune(db.pool, 30);
  expect(await rows(db, `select day from sync.rolled_up_checkouts`)).toHaveLength(1);
  expect(await rows(db, `select day from sync.rolled_up_sales`)).toHaveLength(1);
});

test('a day whose sessions are settled by the time that passes is read from them, and so is one that was built in the future', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  await rollUpAll(db);
  await db.pool.query('update sync.rolled_up_checkouts set opened = 1000');
  await db.pool.query(`update sync.rolled_up_days set holds_until = now(), built_at = now() - interval '2 hours'`);
  expect(await value(db, opened)).toBe(5);
  await db.pool.query(`update sync.rolled_up_days set holds_until = 'infinity', built_at = now() + interval '1 hour'`);
  expect(await value(db, opened)).toBe(5);
  expect(await rollUpAll(db)).toBeGreaterThan(2);
  expect(await rollUpAll(db)).toBe(0);
  expect(await value(db, opened)).toBe(5);
});

test('an unsettled session keeps its day only until it is settled', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  await db.pool.query(
    `update polar.checkouts set status = 'confirmed', expires_at = now() - interval '29 days' where id = $1`,
    [uuid(3)],
  );
  await rollUpAll(db);
  const [held] = await rows(
    db,
    `select holds_until - now() between interval '23 hours' and interval '25 hours' as for_a_day from sync.rolled_up_days where holds_until < 'infinity'`,
  );
  expect(held).toEqual({ for_a_day: true });
});

test('another time zone rolls up other days', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  await rollUpAll(db);
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: 'Pacific/Auckland' }).report));
  expect(await value(db, rolledUp)).toBe(0);
  await rollUpAll(db);
  const { shown, plain } = await shownAndPlain(db);
  expect(shown).toEqual(plain);
  await db.pool.query('truncate polar.checkouts cascade');
  expect(await value(db, rolledUp)).toBe(0);
});

test('the hour that a clock repeats at midnight belongs to the day that it shows', async () => {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: 'America/Havana' }).report));
  await db.pool.query(
    `insert into polar.checkouts (id, account, created_at, observed_at, status)
     select gen_random_uuid(), 'default', at, now(), 'expired' from unnest('{2025-11-02T03:59Z,2025-11-02T04:30Z,2025-11-02T05:30Z}'::timestamptz[]) at`,
  );
  const days = [
    { day: '2025-11-01', opened: '1' },
    { day: '2025-11-02', opened: '2' },
  ];
  const read = () => rows(db, 'select day::text, opened::text from analytics.checkouts_daily order by 1');
  expect(await read()).toEqual(days);
  await rollUpAll(db);
  expect(await read()).toEqual(days);
  await db.pool.query(`delete from polar.checkouts where created_at = '2025-11-02T04:30Z'`);
  expect(await read()).toEqual([days[0], { day: '2025-11-02', opened: '1' }]);
});

test('a process that is killed while it rolls up leaves whole days, and two at a time roll up each once', async () => {
  const url = await freshDatabaseUrl();
  const db = await openDatabase(url);
  await db.pool.query(OLD_SESSIONS);
  const other = await connectClient(url);
  await other.query('begin; lock table sync.rolled_up_sales');
  const killed = rollUpAll(db);
  killed.catch(() => undefined);
  const blocked = `select pid from pg_stat_activity where query like '%rolled_up_sales%' and wait_event_type = 'Lock'`;
  await until('it waits', async () => (await db.pool.query(blocked)).rowCount === 1);
  await db.pool.query(`select pg_terminate_backend(pid) from (${blocked}) b`);
  await expect(killed).rejects.toThrow();
  await other.query('commit');
  expect(await value(db, rolledUp)).toBe(0);
  expect(await value(db, 'select count(*)::int from sync.rolled_up_checkouts')).toBe(0);
  await Promise.all([rollUpAll(db), rollUpAll(db)]);
  const { shown, plain } = await shownAndPlain(db);
  expect(shown).toEqual(plain);
  expect(await value(db, rolledUp)).toBeGreaterThan(2);
  await db.close();
});

test('a session is written while its day is rolled up, which is done again later', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  const other = await connectClient(db.url);
  await other.query(
    `begin; insert into sync.rolled_up_checkouts (day, number, account, opened, viewed, identified, attempted, paid, free, abandoned, unengaged, settled)
     select (created_at at time zone 'UTC')::date, 1, 'default', 0, 0, 0, 0, 0, 0, 0, 0, 0 from polar.checkouts where id = '${uuid(3)}'`,
  );
  const rolling = rollUpAll(db);
  const waits = `select from pg_stat_activity where query like '%computed_checkouts%' and wait_event_type = 'Lock'`;
  await until('it waits', async () => (await db.pool.query(waits)).rowCount === 1);
  await db.pool.query(`update polar.checkouts set total_amount = 7, net_amount = 7 where id = $1`, [uuid(3)]);
  await other.query('rollback');
  await rolling;
  const { shown, plain } = await shownAndPlain(db);
  expect(shown).toEqual(plain);
  expect(await value(db, 'select sum(net_amount)::int from analytics.revenue_daily')).toBe(407);
  await rollUpAll(db);
  expect(await shownAndPlain(db)).toEqual({ shown, plain });
});

test('a session is written without waiting while its day is rolled up once more', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  await rollUpAll(db);
  await db.pool.query(`update sync.rolled_up_days set holds_until = now(), built_at = now() - interval '2 hours'`);
  const [other, writer] = [await connectClient(db.url), await connectClient(db.url)];
  await other.query('begin; lock table sync.histories');
  const rolling = rollUpAll(db);
  const waits = `select from pg_stat_activity where query like '%computed_checkouts%' and wait_event_type = 'Lock'`;
  await until('it waits', async () => (await db.pool.query(waits)).rowCount === 1);
  await writer.query(`set lock_timeout = '5s'`);
  for (const n of [2, 3, 4, 5])
    await writer.query('update polar.checkouts set total_amount = 7, net_amount = 7 where id = $1', [uuid(n)]);
  await other.query('rollback');
  await rolling;
  const { shown, plain } = await shownAndPlain(db);
  expect(shown).toEqual(plain);
});

test('while somebody else’s transaction has changed sessions, no day is rolled up', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  const other = await connectClient(db.url);
  await other.query(`begin; update polar.checkouts set total_amount = 7, net_amount = 7 where id = '${uuid(3)}'`);
  expect(await rollUpAll(db)).toBe(0);
  await other.query('commit');
  expect(await value(db, 'select sum(net_amount)::int from analytics.revenue_daily')).toBe(407);
  expect(await rollUpAll(db)).toBeGreaterThan(2);
  expect(await value(db, 'select sum(net_amount)::int from analytics.revenue_daily')).toBe(407);
});

test('days that cannot be rolled up are reported once, and rolled up when they can', async () => {
  const db = await freshDatabase();
  await db.pool.query(OLD_SESSIONS);
  const log = createLogger('silent');
  const warn = vi.spyOn(log, 'warn');
  const roll = dayRoller(db.pool, log);
  await db.pool.query('alter table sync.rolled_up_sales rename to gone');
  for (let round = 0; round < 3; round++) await roll(60_000, new AbortController().signal);
  expect(warn.mock.calls.map((call) => call[1])).toEqual([
    expect.stringContaining('days could not be rolled up for reports'),
  ]);
  await db.pool.query('alter table sync.gone rename to rolled_up_sales');
  await roll(60_000, new AbortController().signal);
  expect(await value(db, rolledUp)).toBeGreaterThan(2);
});
