import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { inTransaction, isTransient, openAhead, openPool } from '../../src/database/pool.ts';
import type { Pooler } from '../../src/database/pooler.ts';
import { asNewRole, connectClient, freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, value } from '../support/records.ts';
import { until } from '../support/service.ts';

const poolers: readonly Pooler[] = ['none', 'transaction'];

/** A pool whose queries may take so long, on a new database. Postgres gives up when a tenth of that is left. */
async function poolOn(pooler: Pooler, queryTimeoutMs: number) {
  const db = await freshDatabase();
  const { pool, close } = openPool({ url: db.url, pooler }, { max: 2, queryTimeoutMs, name: 'limited' });
  onTestFinished(close);
  const busy = () =>
    value(db, `select count(*)::int from pg_stat_activity where application_name = 'limited' and state = 'active'`);
  return { db, pool, busy };
}

test.for(poolers)(
  'a query that waits for a lock fails before the client gives up, and leaves no session behind (pooler: %s)',
  async (pooler) => {
    const { db, pool, busy } = await poolOn(pooler, 4000);
    const owner = await connectClient(db.url);
    await owner.query('begin; lock table polar.checkouts in access exclusive mode');
    const started = performance.now();
    const tries = [
      pool.query('select from polar.checkouts'),
      inTransaction(pool, 'begin', (client) => client.query('delete from polar.checkouts')),
    ];
    for (const tried of await Promise.allSettled(tries)) {
      expect(tried).toMatchObject({ status: 'rejected', reason: { code: '55P03' } });
      if (tried.status === 'rejected') expect(isTransient(tried.reason)).toBe(true);
    }
    expect(performance.now() - started).toBeLessThan(30_000);
    await until('no session is busy', async () => (await busy()) === 0);
    await owner.query('rollback');
  },
);

test.for(poolers)('a query that takes too long ends on the server, too (pooler: %s)', async (pooler) => {
  const { pool, busy } = await poolOn(pooler, 8000);
  const failure: unknown = await pool.query('select pg_sleep(60)').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: '57014' });
  expect(isTransient(failure)).toBe(true);
  await until('no session is busy', async () => (await busy()) === 0);
});

test('a session on a server that became read-only is not used again', async () => {
  const { pool } = await poolOn('none', 5000);
  const pid = async () => (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const first = await pid();
  const failure: unknown = await inTransaction(pool, 'begin read only', (client) =>
    client.query('delete from polar.checkouts'),
  ).catch((error: unknown) => error);
  expect(isTransient(failure)).toBe(true);
  expect(await pid()).not.toBe(first);
});

test.for([
  { max: 4, open: 0, sessions: 2 },
  { max: 4, open: 1, sessions: 2 },
  { max: 4, open: 3, sessions: 3 },
  { max: 1, open: 0, sessions: 1 },
])('of %o, sessions are opened ahead, and none beyond that', async ({ max, open, sessions }) => {
  const { url } = await freshDatabase();
  const { pool, close } = openPool({ url, pooler: 'none' }, { max, queryTimeoutMs: 60_000 });
  onTestFinished(close);
  const taken = await Promise.all(Array.from({ length: open }, () => pool.connect()));
  for (const session of taken) session.release();
  openAhead(pool, 2);
  openAhead(pool, 2);
  await expect.poll(() => [pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([sessions, sessions, 0]);
});

/** Settings that people make for a role, a database or a server, and each of which could break one of our statements. */
const ODD = {
  datestyle: 'German, DMY',
  timezone: 'Asia/Kolkata',
  intervalstyle: 'sql_standard',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  array_nulls: 'off',
  quote_all_identifiers: 'on',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  statement_timeout: '40ms',
  lock_timeout: '1ms',
  idle_session_timeout: '1500ms',
  idle_in_transaction_session_timeout: '40ms',
  search_path: '',
  plan_cache_mode: 'force_custom_plan',
  enable_seqscan: 'off',
  client_encoding: 'LATIN1',
};

test.for(poolers)(
  'what a role sets by default changes nothing: it migrates, syncs and compares as any other (pooler: %s)',
  async (pooler) => {
    const [plain, polar] = [await freshDatabase(), await startPolar({ links: 4, checkouts: 120 })];
    const { url, role } = await asNewRole(await freshDatabaseUrl('template1'), 'secret');
    const admin = await connectClient(plain.url);
    for (const [name, setting] of Object.entries(ODD))
      await admin.query(`alter role ${role} set ${name} = '${setting}'`);
    await admin.query(`grant create on database ${new URL(url).pathname.slice(1)} to ${role}`);
    const opened = await openDatabase(url);
    onTestFinished(() => opened.close());
    const { pool, close } = openPool({ url, pooler }, { max: 4, queryTimeoutMs: 60_000 });
    onTestFinished(close);
    const db = { ...opened, pool, pooler };
    await migrate(db);
    for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const) {
      expect(await syncing(polar, db).sync(stream)).toMatchObject({ outcome: 'complete', rejected: 0 });
      await syncing(polar, plain).sync(stream);
      expect(await syncing(polar, db).verify(stream)).toMatchObject({ missing: 0, extra: 0, different: 0 });
    }
    expect(await contents(db)).toEqual(await contents(plain));
  },
);
