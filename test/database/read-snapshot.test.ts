import { expect, test } from 'vitest';
import { readSnapshot } from '../../src/database/read-snapshot.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/service.ts';
import { value } from '../support/records.ts';

const COUNT = 'select count(*)::int as count from sync.report_keys';

test('a snapshot shows one state of the database throughout, and cannot write', async () => {
  const db = await freshDatabase();
  const write = `insert into sync.report_keys values ('another')`;
  const counts = await readSnapshot(
    db.url,
    async (client) => {
      const before = await client.query(COUNT);
      await db.pool.query(write);
      const after = await client.query(COUNT);
      await expect(client.query(write)).rejects.toThrow('read-only transaction');
      return [before.rows[0], after.rows[0]];
    },
    AbortSignal.timeout(120_000),
  );
  expect(counts[1]).toEqual(counts[0]);
  expect(await value(db, COUNT)).toBe(Number(Object.values(counts[0] ?? {})[0]) + 1);
});

test('the signal ends a snapshot in the middle of a query, with its own reason', async () => {
  const db = await freshDatabase();
  const stop = new AbortController();
  const sleeping = `select count(*)::int from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database()`;
  const reading = readSnapshot(db.url, (client) => client.query('select pg_sleep(600)'), stop.signal);
  const ended = expect(reading).rejects.toThrow('enough');
  await until('the query runs', async () => (await value(db, sleeping)) === 1);
  stop.abort(new Error('enough'));
  await ended;
});
