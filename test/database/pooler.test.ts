import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { detectPooler } from '../../src/database/pooler.ts';
import { connectClient, freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents } from '../support/records.ts';
import { until } from '../support/service.ts';

const needed = { skip: !inject('pgbouncer') };

async function openAt(url: string): Promise<Database> {
  const db = await openDatabase(url);
  onTestFinished(() => db.close());
  return db;
}

test('a server itself is told from a pooler', async () => {
  expect(await detectPooler(await freshDatabaseUrl())).toBe('none');
});

test.for([
  ['session', {}],
  ['session', { default_pool_size: 1 }],
  ['transaction', {}],
  ['transaction', { default_pool_size: 1 }],
  ['transaction', { server_round_robin: 1, min_pool_size: 2 }],
  ['transaction', { server_round_robin: 1, min_pool_size: 5 }],
] as const)('a pooler in %s mode is known for what it is, with %o', needed, async ([mode, settings]) => {
  const url = await startPgBouncer(await freshDatabaseUrl(), mode, settings);
  expect(await detectPooler(url)).toBe(mode);
});

test.for([
  ['session', 4, 10],
  ['transaction', 1, 10], // sessions are free, but another client's was used last
  ['transaction', 4, 4],
  ['transaction', 6, 4],
] as const)('%s mode is known while %i other clients use its %i sessions', needed, async ([mode, clients, size]) => {
  const url = await startPgBouncer(await freshDatabaseUrl(), mode, { default_pool_size: size });
  const isDetected = new AbortController();
  const others = Array.from({ length: clients }, (_, i) => useInTransactions(url, i % 2 === 1, isDetected.signal));
  const found: string[] = [];
  for (let time = 0; time < 60; time++) found.push(await detectPooler(url));
  isDetected.abort();
  await Promise.all(others);
  expect(new Set(found)).toEqual(new Set([mode]));
});

/** Uses the pooler until told to stop, half of the clients without a pause. */
async function useInTransactions(url: string, mayPause: boolean, signal: AbortSignal): Promise<void> {
  const client = await connectClient(url);
  while (!signal.aborted) {
    await client.query('begin');
    await client.query('select pg_sleep(random() * 0.003)');
    await client.query('commit');
    if (mayPause) await pause(Math.random() * 3);
  }
}

test('transaction mode is known while another client holds the last session', needed, async () => {
  const direct = await freshDatabaseUrl();
  const admin_users = new URL(direct).username;
  const url = await startPgBouncer(direct, 'transaction', { default_pool_size: 1, admin_users });
  const admin = await connectClient(Object.assign(new URL(url), { pathname: '/pgbouncer' }).href);
  const waiting = async () => {
    const { rows } = await admin.query<{ cl_waiting: string }>('show pools');
    return rows.reduce((sum, pool) => sum + Number(pool.cl_waiting), 0);
  };
  const [holder, next] = [await connectClient(url), await connectClient(url)];
  await holder.query('begin');
  const detected = detectPooler(url);
  await until('the detection waits for the session', async () => (await waiting()) === 1);
  const taken = next.query('begin');
  await until('another client waits for it too', async () => (await waiting()) === 2);
  await holder.query('commit');
  await taken;
  expect(await detected).toBe('transaction');
});

test('a pooler that allows no transactions is refused in one line', needed, async () => {
  const url = await startPgBouncer(await freshDatabaseUrl(), 'statement');
  await expect(detectPooler(url)).rejects.toThrow(
    /^DATABASE_URL leads through a pooler in statement mode.*: set it to/,
  );
});

test.for(['session', 'transaction'] as const)(
  'through a pooler in %s mode a database is migrated and synced, and equals one that was synced directly',
  needed,
  async (mode) => {
    const [direct, polar] = [await freshDatabase(), await startPolar({ links: 5, checkouts: 250 })];
    const url = await freshDatabaseUrl('template1');
    const db = await openAt(await startPgBouncer(url, mode, { default_pool_size: 4 }));
    expect((await migrate(db)).applied).toBeGreaterThan(0);
    for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const) {
      for (let walk = 1; walk <= 2; walk++)
        expect(await syncing(polar, db).sync(stream)).toMatchObject({ outcome: 'complete' });
      await syncing(polar, direct).sync(stream);
      expect(await syncing(polar, db).verify(stream)).toMatchObject({ missing: 0, extra: 0, different: 0 });
    }
    expect(await contents(db)).toEqual(await contents(direct));
  },
);

test('a pooler in transaction mode gets its sessions back as they were', needed, async () => {
  const [polar, url] = [await startPolar({ links: 3, checkouts: 20 }), await freshDatabaseUrl()];
  const pooled = await startPgBouncer(url, 'transaction', { default_pool_size: 1 });
  const stateOf = async (client: Client) => ({
    settings: (
      await client.query(
        `select name, setting from pg_settings where source = 'session' and name <> 'application_name' order by name`,
      )
    ).rows,
    prepared: (await client.query('select name from pg_prepared_statements')).rows,
    locks: (await client.query(`select objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`))
      .rows,
  });
  const client = await connectClient(pooled);
  const before = await stateOf(client);
  expect(await syncing(polar, await openAt(pooled)).sync('polar.checkouts')).toMatchObject({ outcome: 'complete' });
  expect(await stateOf(client)).toEqual(before);
});
