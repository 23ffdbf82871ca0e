import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/model/log.ts';
import { openQueue } from '../../src/queue/queue.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { startRedis } from '../support/redis.ts';
import { startService } from '../support/service.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** A Redis of the test's own, which the test may end. */
async function ownRedis() {
  const server = await startRedis();
  if (!server) throw new Error('this needs a redis-server on the PATH, or Docker');
  let isUp = true;
  const stop = async () => {
    if (isUp) await server.stop();
    isUp = false;
  };
  onTestFinished(stop);
  return { url: server.url, stop };
}

/** A worker on a Redis of its own, with a job in hand that the test lets end. */
async function busyWorker() {
  const [redis, db, stopping] = [await ownRedis(), await freshDatabase(), new AbortController()];
  const address = { redisUrl: redis.url, prefix: 'checkout-sync-stop' };
  const queue = await openQueue(address, db, createLogger('silent'), stopping.signal);
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended: string[] = [];
  const close = await queue.work(async ({ stream }) => {
    begun.resolve();
    await end.promise;
    ended.push(stream);
    return { result: 'done', value: {} };
  }, 1);
  await queue.add({ account: 'default', stream: 'polar.checkout_links', mode: 'full' });
  await begun.promise;
  const stop = () => {
    stopping.abort();
    return close();
  };
  return { redis, queue, stop, endJob: end.resolve, ended };
}

const needsRedis = { skip: !inject('redisUrl') };

test('a worker is stopped after the job in hand, though Redis has gone', needsRedis, async () => {
  const { redis, queue, stop, endJob, ended } = await busyWorker();
  await redis.stop();
  const stopped = stop();
  endJob();
  await stopped;
  expect(ended).toEqual(['polar.checkout_links']);
  await queue.close();
});

test('a worker is stopped after the job in hand, though Redis goes meanwhile', needsRedis, async () => {
  const { redis, queue, stop, endJob, ended } = await busyWorker();
  const stopped = stop();
  await redis.stop();
  endJob();
  await stopped;
  expect(ended).toEqual(['polar.checkout_links']);
  await queue.close();
});

test(
  'a job that ends while connections are being opened again is done before its worker stops',
  needsRedis,
  async () => {
    const { redis, queue, stop, endJob } = await busyWorker();
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    await admin.call('client', 'kill', 'type', 'normal', 'skipme', 'yes');
    const stopped = stop();
    endJob();
    await stopped;
    const job = await admin.keys('checkout-sync-stop:sync:completed');
    expect(job).toHaveLength(1);
    await queue.close();
  },
);

test('a service is stopped in the middle of a walk, though Redis has gone', needsRedis, async () => {
  const [redis, db] = [await ownRedis(), await freshDatabase()];
  const polar = await startPolar({ links: 0, checkouts: 300 });
  const asked = Promise.withResolvers<void>();
  polar.intercept(({ query }) => {
    if (query.get('page') === '2') asked.resolve();
    return undefined;
  });
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS, REDIS_URL: redis.url };
  const service = await startService(db, settings);
  await asked.promise;
  await redis.stop();
  await service.close();
  expect(await value(db, 'select count(*)::int from sync.walk_leases where expires_at > now()')).toBe(0);
});
