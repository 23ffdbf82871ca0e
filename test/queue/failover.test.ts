import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { startProxy } from '../support/proxy.ts';
import { value } from '../support/records.ts';
import { startRedis } from '../support/redis.ts';
import { startService, until } from '../support/service.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** A Redis of the test's own, and its port. */
async function aRedis() {
  const server = await startRedis();
  if (!server) throw new Error('this needs a redis-server on the PATH, or Docker');
  const redis = new Redis(server.url);
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  return { redis, url: server.url, port: Number(new URL(server.url).port) };
}

test(
  'after a failover of Redis walks go on with the new primary, though the connections to the old one stay open',
  { skip: !inject('redisUrl') },
  async () => {
    const [old, next] = [await aRedis(), await aRedis()];
    await next.redis.replicaof('127.0.0.1', old.port);
    const name = await startProxy(old.port);
    onTestFinished(() => name.close());
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 5 })];
    const service = await startService(db, {
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      ...CORE_STREAMS,
      REDIS_URL: name.through(old.url),
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
    });
    const walks = async () => Number(await value(db, `select count(*)::int from sync.runs where outcome = 'complete'`));
    await until('walks go on', async () => (await walks()) > 2);
    await until('the replica has it all', async () =>
      (await next.redis.info('replication')).includes('master_link_status:up'),
    );
    await next.redis.replicaof('NO', 'ONE');
    name.target(next.port);
    await old.redis.replicaof('127.0.0.1', next.port);
    const before = await walks();
    await until('walks go on with the new primary', async () => (await walks()) > before + 2);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(await next.redis.client('LIST')).toContain('bzpopmin');
  },
);
