import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { CheckResult } from '../../src/model/check.ts';
import { checkRedis } from '../../src/queue/check-queue.ts';
import { startRedis } from '../support/redis.ts';

const needed = { skip: !inject('redisUrl') };

/** A Redis of the test's own, with options of redis-server, brought into a state by commands. */
async function redisIn(options: readonly string[], commands: readonly string[]) {
  const server = await startRedis(options);
  if (!server) throw new Error('this needs a redis-server on the PATH, or Docker');
  const redis = new Redis(server.url);
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  for (const command of commands) {
    const [name = '', ...args] = command.split(' ');
    await redis.call(name, args);
  }
  return { url: server.url, redis };
}

const problems = (checks: readonly CheckResult[]) =>
  checks
    .filter(({ state }) => state === 'problem')
    .map(({ check, code, found, advice }) => `${check}: ${code}: ${found}: ${advice}`);

/** States of a Redis that rejects BullMQ's writes. */
const states: Record<string, { options?: string[]; commands: string[]; user?: string; said: RegExp }> = {
  'that cannot save its snapshot': {
    options: ['--save', '3600 1', '--dir', '/proc'],
    commands: ['bgsave'],
    said: /^queue\.write: CS3105: Redis takes no writes, as it cannot save them \(MISCONF\): make room on its disk/,
  },
  'that is full': {
    commands: ['config set maxmemory 1'],
    said: /^queue\.write: CS3106: Redis is out of memory \(OOM\): raise maxmemory/,
  },
  'that is a replica': {
    commands: ['replicaof 127.0.0.1 1'],
    said: /^queue\.write: CS3104: Redis is a replica: set REDIS_URL to the primary/,
  },
  'whose replicas are gone': {
    commands: ['config set min-replicas-to-write 1'],
    said: /^queue\.write: CS3105: Redis lacks the replicas that min-replicas-to-write asks for/,
  },
  'that asks for a password': {
    commands: ['config set requirepass secret'],
    said: /^queue\.backend: CS3102: Redis refuses the user or password of REDIS_URL: correct them$/,
  },
  'whose user has another password': {
    commands: ['acl setuser app on >other ~* &* +@all'],
    user: 'app',
    said: /^queue\.backend: CS3102: Redis refuses the user or password of REDIS_URL: correct them$/,
  },
  'in cluster mode': {
    options: ['--cluster-enabled', 'yes'],
    commands: ['cluster addslotsrange 0 16383'],
    said: /^queue\.write: CS3107: Redis Cluster cannot hold the queue: set REDIS_URL to a Redis without cluster mode/,
  },
  'whose user may not write to streams': {
    commands: ['acl setuser app on >secret ~* &* +@all -xadd'],
    user: 'app',
    said: /^queue\.write: CS3103: the user of REDIS_URL may not use XADD on its keys: give it the rights that docs\/operations\.md names/,
  },
  'whose user may not block': {
    commands: ['acl setuser app on >secret ~* &* +@all -bzpopmin'],
    user: 'app',
    said: /^queue\.write: CS3103: the user of REDIS_URL may not use BZPOPMIN/,
  },
  'whose user has other keys': {
    commands: ['acl setuser app on >secret ~other:* &* +@all'],
    user: 'app',
    said: /^queue\.write: CS3103: the user of REDIS_URL lacks rights: give it/,
  },
  'whose user may not run scripts': {
    commands: ['acl setuser app on >secret ~* &* +@all -@scripting'],
    user: 'app',
    said: /^queue\.write: CS3103: the user of REDIS_URL lacks rights: give it/,
  },
};

test.for(Object.entries(states))('a Redis %s is a problem that says what to do', needed, async ([, state]) => {
  const { url, redis } = await redisIn(state.options ?? [], state.commands);
  const asUser = Object.assign(new URL(url), state.user && { username: state.user, password: 'secret' }).href;
  const ask = async () => problems(await checkRedis(asUser));
  await expect.poll(ask, { timeout: 120_000 }).toEqual([expect.stringMatching(state.said)]);
  expect(await redis.dbsize()).toBe(0);
});

test(
  'a Redis where everything works is fine, with the rights that the docs name, and holds nothing afterwards',
  needed,
  async () => {
    const rights = '~checkout-sync-* &* +@read +@write +@scripting +@connection +@blocking +info +time';
    const { url, redis } = await redisIn([], [`acl setuser app on >secret ${rights}`]);
    const asUser = Object.assign(new URL(url), { username: 'app', password: 'secret' }).href;
    expect(problems(await checkRedis(asUser))).toEqual([]);
    expect(await redis.keys('*')).toEqual([]);
  },
);
