import { expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { until } from '../support/service.ts';

/** Row changes of Polar's tables and of the change feed so far, as Postgres counts them. */
async function changes(db: Database): Promise<unknown> {
  const [row] = await rows(
    db,
    `select sum(n_tup_ins)::int as ins, sum(n_tup_upd)::int as upd, sum(n_tup_del)::int as del from pg_stat_user_tables where schemaname in ('polar', 'history') or relid = 'sync.changes'::regclass`,
  );
  return row;
}

const OTHERS = `select count(*)::int from pg_stat_activity where backend_type = 'client backend' and datname = current_database()`;

/** Walks all sessions in database sessions that end with the walk: Postgres counts what a session did for certain when it ends. */
async function walk(polar: Simulator, db: Database) {
  const sessions = await value(db, OTHERS);
  const walker = await openDatabase(db.url);
  const result = await syncing(polar, walker).sync('polar.checkouts');
  await walker.close();
  await until('the sessions have ended', async () => Number(await value(db, OTHERS)) <= Number(sessions));
  return result;
}

/** Reads the transaction that last locked or changed each row; proves that no row was even locked. */
const LOCKS = `select md5(string_agg(id || xmin::text || xmax::text, ',' order by id)) from polar.checkouts`;

test('a second full walk of 20,000 unchanged sessions changes no row, writes next to no WAL, and asks no more', async () => {
  const polar = await startPolar({ links: 0, checkouts: 20_000 });
  // A server of its own: the WAL is the whole server's.
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-unchanged-'));
  const db = await openDatabase(undefined, { directory: join(directory, 'postgres') });
  await migrate(db);
  // On a slow machine its statistics would be written during the second walk.
  await db.pool.query('alter system set autovacuum = off');
  await db.pool.query('select pg_reload_conf()');
  const first = await walk(polar, db);
  await db.pool.query('vacuum');
  await db.pool.query('checkpoint');
  const locks = await value(db, LOCKS);
  const before = await changes(db);
  const lsn = await value(db, 'select pg_current_wal_insert_lsn()');
  const second = await walk(polar, db);
  const wal = Number(await value(db, 'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)', [lsn]));
  expect(second).toMatchObject({ outcome: 'complete', records: 20_000, inserted: 0, updated: 0, unchanged: 20_000 });
  expect(second.requests).toBe(first.requests);
  expect(first.requests).toBeLessThanOrEqual(202);
  expect(await changes(db)).toEqual(before);
  expect(await value(db, LOCKS)).toBe(locks);
  expect(wal).toBeLessThan(100_000);
  await db.close();
  await rm(directory, { recursive: true });
});
