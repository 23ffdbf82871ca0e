import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { notBegun } from '../../src/ledger/overdue.ts';
import { expectedBy } from '../../src/sync/overdue.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { startRedis } from '../support/redis.ts';
import { startService, until } from '../support/service.ts';
import { CORE_STREAMS } from '../support/source.ts';

const OFF = {
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'off',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off',
};

async function ready(url: string) {
  const response = await fetch(`${url}/readyz`);
  return (await response.json()) as Record<string, string>;
}

/** A service with a Redis of its own, which an administrator may change. */
async function onRedis(user?: string) {
  const [server, db, polar] = [await startRedis(), await freshDatabase(), await startPolar({ links: 2, checkouts: 5 })];
  if (!server) throw new Error('this needs a redis-server on the PATH, or Docker');
  onTestFinished(() => server.stop());
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  if (user) await redis.call('acl', ['setuser', ...user.split(' ')]);
  const url = Object.assign(new URL(server.url), user && { username: 'app', password: 'secret' });
  const settings = {
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    ...CORE_STREAMS,
    ...OFF,
    REDIS_URL: url.href,
  };
  const service = await startService(db, settings);
  await until('both streams are stored', async () =>
    Boolean(await value(db, `select count(*) = 2 from sync.runs where outcome = 'complete'`)),
  );
  return { redis, db, ready: () => ready(service.url) };
}

const needsRedis = { skip: !inject('redisUrl') };

test(
  'a service whose Redis takes no writes is not ready, says why, and is ready again when it does',
  needsRedis,
  async () => {
    const { redis, ready } = await onRedis();
    expect(await ready()).toMatchObject({ status: 'ok', queue: 'ok', schedules: 'ok' });
    expect(await redis.keys('*probe*')).toEqual([]);
    await redis.config('SET', 'maxmemory', '1');
    expect(await ready()).toMatchObject({
      status: 'not ready',
      queue: expect.stringMatching(/^Redis is out of memory \(OOM\): /),
    });
    await redis.config('SET', 'maxmemory', '0');
    expect(await ready()).toMatchObject({ status: 'ok' });
    await redis.replicaof('127.0.0.1', 1);
    expect(await ready()).toMatchObject({ status: 'not ready', queue: expect.stringMatching(/^Redis is a replica: /) });
    await redis.replicaof('NO', 'ONE');
    await until('it is ready again', async () => (await ready()).status === 'ok');
  },
);

test('the rights that docs/operations.md names are enough for the service', needsRedis, async () => {
  const rights = 'app on >secret ~checkout-sync-* &* +@read +@write +@scripting +@connection +@blocking +info +time';
  const { redis, ready } = await onRedis(rights);
  expect(await ready()).toMatchObject({ status: 'ok' });
  await redis.call('acl', ['setuser', 'app', '-zadd']);
  expect(await ready()).toMatchObject({ status: 'not ready', queue: expect.stringContaining('may not use ZADD') });
});

test('a service whose database can only be read is not ready, says why, and uses no such session again', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 5 })];
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS, ...OFF };
  const service = await startService(db, settings);
  const leases = async () => value(db, 'select count(*)::int from sync.walk_leases');
  await until('both streams are stored', async () => (await leases()) === 2);
  expect(await ready(service.url)).toMatchObject({ status: 'ok' });
  expect(await leases()).toBe(2);
  const name = new URL(db.url).pathname.slice(1);
  const owner = await connectClient(db.url);
  const restart = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await owner.query(`alter database ${name} set default_transaction_read_only = on`);
  await owner.query(restart);
  const isSaid = async () =>
    (await ready(service.url)).database?.startsWith('the database can only be read: set DATABASE_URL');
  await until('it says why it is not ready', async () => (await isSaid()) === true);
  await owner.query(`set default_transaction_read_only = off`);
  await owner.query(`alter database ${name} reset default_transaction_read_only`);
  await until('it is ready again', async () => (await ready(service.url)).status === 'ok');
});

const NOON = Date.parse('2026-11-21T12:00:00Z');
const seconds = (count: number) => NOON + count * 1000;

test('a walk that was due and was not begun for two intervals is missed, one that a worker has not waited for is not', () => {
  const walk = { account: 'default', stream: 'polar.checkouts', mode: 'full' as const };
  const since = (schedule: { everyMs: number } | { pattern: string }, now: number, watched: number) =>
    expectedBy(now, watched, [{ ...walk, schedule }]).map((expected) => expected.since);
  expect(since({ everyMs: 60_000 }, seconds(181), NOON)).toEqual([seconds(1)]);
  expect(since({ everyMs: 60_000 }, seconds(179), NOON)).toEqual([]);
  expect(since({ everyMs: 5000 }, seconds(36), NOON)).toEqual([seconds(1)]);
  expect(since({ everyMs: 5000 }, seconds(34), NOON)).toEqual([]);
  const daily = { pattern: '0 13 * * *' };
  expect(since(daily, seconds(2 * 3600 + 1), NOON)).toEqual([seconds(3600)]);
  expect(since(daily, seconds(2 * 3600 - 1), NOON)).toEqual([]);
});

test('a walk is begun by a run of its own, and a full one serves as an incremental one; one in hand is not missed', async () => {
  const db = await freshDatabase();
  const walks = (since: number) =>
    (['full', 'incremental'] as const).map((mode) => ({ account: 'default', stream: 'polar.checkouts', mode, since }));
  const missed = async (since: number) => (await notBegun(db.pool, walks(since))).map(({ mode }) => mode);
  const put = (mode: string, startedAt: number, outcome: string | null) =>
    db.pool.query(
      `insert into sync.runs (account, stream, mode, list, walk_id, started_at, finished_at, outcome)
       values ('default', 'polar.checkouts', $1, '', gen_random_uuid(), to_timestamp($2::float8 / 1000), case when $3::text is not null then to_timestamp($2::float8 / 1000) end, $3)`,
      [mode, startedAt, outcome],
    );
  expect(await missed(NOON)).toEqual(['full', 'incremental']);
  await put('incremental', seconds(1), 'complete');
  expect(await missed(NOON)).toEqual(['full']);
  await put('full', seconds(10), 'failed');
  expect(await missed(seconds(2))).toEqual([]);
  expect(await missed(seconds(11))).toEqual(['full', 'incremental']);
  await put('full', seconds(12), null);
  expect(await missed(seconds(13))).toEqual(['full', 'incremental']);
  await db.pool.query(
    `insert into sync.walk_leases (account, stream, token, holder, acquired_at, expires_at) values ('default', 'polar.checkouts', 1, 'somebody', now(), now() + interval '30 seconds')`,
  );
  expect(await missed(seconds(13))).toEqual([]);
});

test(
  'the service works through a pooler: in session mode with its queue in Postgres',
  { skip: !inject('pgbouncer') },
  async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 5 })];
    const url = await startPgBouncer(db.url, 'session');
    const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS, ...OFF };
    const service = await startService(
      { ...db, url },
      { ...settings, SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s' },
    );
    await until('walks go on', async () =>
      Boolean(await value(db, `select count(*) > 3 from sync.runs where outcome = 'complete'`)),
    );
    expect(await ready(service.url)).toMatchObject({ status: 'ok' });
  },
);

test(
  'the service works through a pooler: in transaction mode with its queue in Redis, and only there',
  { skip: !inject('pgbouncer') || !inject('redisUrl') },
  async () => {
    const [db, polar, redis] = [
      await freshDatabase(),
      await startPolar({ links: 2, checkouts: 5 }),
      await startRedis(),
    ];
    if (!redis) throw new Error('this needs a redis-server on the PATH, or Docker');
    onTestFinished(() => redis.stop());
    const url = await startPgBouncer(db.url, 'transaction', { default_pool_size: 5 });
    const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS, ...OFF };
    await expect(startService({ ...db, url }, settings)).rejects.toThrow(
      /^the queue in Postgres needs sessions of its own, .*: set REDIS_URL, or DATABASE_URL to/,
    );
    const due = { ...settings, SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s', REDIS_URL: redis.url };
    const service = await startService({ ...db, url }, due);
    await until('walks go on', async () =>
      Boolean(await value(db, `select count(*) > 3 from sync.runs where outcome = 'complete'`)),
    );
    expect(await ready(service.url)).toMatchObject({ status: 'ok' });
  },
);
