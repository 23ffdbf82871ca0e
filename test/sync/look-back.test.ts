import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { wasAhead } from '../support/ahead.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, value } from '../support/records.ts';

const PAGE = 10;
const HOUR_MS = 3_600_000;

/** Opens sessions that are as old as this many hours; the simulator's clock is right again afterwards. */
function open({ polar }: Simulator, hours: readonly number[]): string[] {
  const ids = hours.map((age) => {
    polar.clock.set(new Date(Date.now() - age * HOUR_MS).toISOString());
    return polar.createCheckout().id;
  });
  polar.clock.set(new Date().toISOString());
  return ids;
}

/** Ages of sessions, in hours, of which this many are open each hour for two days. */
const twoDays = (perHour: number) => Array.from({ length: 48 * perHour }, (_, at) => 48 - (at + 0.5) / perHour);

/** Lets the walks so far look older. */
const pass = (db: Database, span: string) =>
  db.pool
    .query(`update sync.runs set started_at = started_at - interval '${span}', finished_at = finished_at - interval '${span}',
    walk_started_at = walk_started_at - interval '${span}'`);

/** A merchant with two sessions an hour, and one more of each of these ages in hours, walked in full and, in the whole look-back, incrementally. */
async function walked({ ages = [1, 20, 40], perHour = 2 } = {}) {
  const simulator = await startPolar({ isEmpty: true, checkouts: 0 });
  const db = await freshDatabase();
  open(simulator, twoDays(perHour));
  const ids = open(simulator, ages);
  const { sync } = syncing(simulator, db, { pageSize: PAGE });
  await sync('polar.checkouts');
  const walk = () => sync('polar.checkouts', 'incremental');
  await walk();
  const statuses = async () =>
    Promise.all(ids.map((id) => value(db, 'select status from polar.checkouts where id = $1', [id])));
  const confirm = () => {
    for (const id of ids) simulator.polar.confirm(id);
  };
  return { simulator, db, walk, statuses, confirm, ids };
}

const lookedBack = (db: Database) =>
  value(db, 'select (lookback_ms / 3600000)::int from sync.runs order by id desc limit 1');

test('a change is found at once in sessions of two hours, within 15 minutes in those of a day, within 4 hours in all others', async () => {
  const { db, walk, statuses, confirm } = await walked();
  confirm();
  await pass(db, '1 minute');
  expect(await walk()).toMatchObject({ outcome: 'complete', updated: 1 });
  expect(await statuses()).toEqual(['confirmed', 'open', 'open']);
  await pass(db, '13 minutes');
  expect(await walk()).toMatchObject({ outcome: 'complete', updated: 0 });
  await pass(db, '1 minute');
  expect(await walk()).toMatchObject({ outcome: 'complete', updated: 1 });
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'open']);
  await pass(db, '225 minutes');
  expect(await walk()).toMatchObject({ outcome: 'complete', updated: 1 });
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
});

test('an idle minute takes ten requests at most with 2,953 open ones among 5,860 sessions of two days', async () => {
  const { db, walk } = await walked({ perHour: 12.2 }); // a tenth of the sessions, on pages of a tenth
  let requests = 0;
  for (let minute = 0; minute < 15; minute++) {
    await pass(db, '1 minute');
    requests += (await walk()).requests;
  }
  await pass(db, '225 minutes');
  const { requests: whole } = await walk();
  expect(await lookedBack(db)).toBe(48);
  expect(whole).toBeGreaterThan(55);
  expect(requests / 15 + whole / 240).toBeLessThanOrEqual(10);
});

test('where the whole look-back has few pages, each walk makes it', async () => {
  const { db, walk, statuses, confirm } = await walked({ perHour: 0.7 });
  confirm();
  await pass(db, '1 minute');
  expect(await walk()).toMatchObject({ updated: 3 });
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
});

test('after an outage, the next walk reads back to where the last one of each tier began', async () => {
  const { simulator, db, walk, statuses, confirm } = await walked({ ages: [3, 30, 50] });
  await pass(db, '1 minute');
  expect(await walk()).toMatchObject({ outcome: 'complete' });
  expect(await lookedBack(db)).toBe(2);
  confirm();
  const [missed = ''] = open(simulator, [5]);
  await pass(db, '6 hours');
  expect(await walk()).toMatchObject({ outcome: 'complete', inserted: 1, updated: 3 });
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
  expect(await value(db, 'select status from polar.checkouts where id = $1', [missed])).toBe('open');
});

test('a walk that fails or is stopped leaves its tier due, and the next one reads as far back', async () => {
  const { simulator, db, walk, statuses, confirm } = await walked();
  await pass(db, '16 minutes');
  confirm();
  simulator.intercept(({ query }) => (query.get('page') !== '1' ? { fault: 'status', status: 500 } : undefined));
  expect(await walk()).toMatchObject({ outcome: 'failed' });
  simulator.intercept(null);
  await db.pool.query(`insert into sync.runs (account, stream, mode, list, walk_id, started_at)
    select account, stream, mode, list, gen_random_uuid(), now() from sync.runs order by id desc limit 1`); // as a kill leaves it
  expect(await walk()).toMatchObject({ outcome: 'complete' });
  expect((await statuses()).slice(0, 2)).toEqual(['confirmed', 'confirmed']);
});

test.each(['1 day', '20 minutes'])(
  'after walks while the clock was %s ahead, the next one reads all that may have changed',
  async (span) => {
    const { db, walk, statuses, confirm } = await walked();
    await wasAhead(db, span);
    confirm();
    expect(await walk()).toMatchObject({ outcome: 'complete' });
    expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
  },
);

test('another version’s look-back, which was shorter, does not count for the whole one', async () => {
  const { simulator, db, walk } = await walked();
  await db.pool.query(
    `update sync.runs set lookback_ms = 36 * 3600000 where mode = 'incremental'; delete from sync.runs where mode = 'full'`,
  );
  await pass(db, '1 minute');
  await walk();
  expect(await lookedBack(db)).toBe(48);
  const whole = await freshDatabase();
  await syncing(simulator, whole).sync('polar.checkouts');
  expect(await contents(db)).toEqual(await contents(whole));
});
