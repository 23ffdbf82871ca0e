import { assertSchemaCompatibility, Queue, QueueKeys, SchemaMigrationRequiredError } from 'bullmq';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { examine, fine, failedCheck, skipped, type CheckResult } from '../model/check.ts';
import { ownCodeOf } from '../model/error-code-of.ts';
import { ConfigError, FatalError } from '../model/errors.ts';
import { grantsOf } from '../database/check-database.ts';
import type { Pooler } from '../database/pooler.ts';
import { probeRedis } from './probe.ts';
import { requireSessions, SCHEMA } from './postgres.ts';
import { queueNames } from './queue.ts';
import { refusalOf } from './redis-refusals.ts';
import { countForeign } from './stored-schedules.ts';

const [BACKEND, FOREIGN] = ['queue.backend', 'queue.foreign'];
/** Connecting takes several commands. */
const REDIS_TIMEOUT_MS = 4000;

/** Checks that the queue's schema exists in the database, or can be created. Reads only. */
export function checkSchema(client: Client, pooler: Pooler): Promise<CheckResult> {
  const look = async () => {
    requireSessions({ pooler });
    if (await isMade(client)) return `Postgres, in schema ${SCHEMA} of the database`;
    const { mayCreate, role } = await grantsOf(client, []);
    if (mayCreate) return `Postgres; the first worker creates schema ${SCHEMA} of the database`;
    throw new FatalError(
      'CS2301',
      `schema ${SCHEMA} does not exist, and role ${role} may not create it: start the worker once as the owner of the database, or set REDIS_URL`,
    );
  };
  return examine(BACKEND, look, `give the role its rights on schema ${SCHEMA}, as docs/operations.md says`);
}

const FOREIGN_JOBS = `
select count(*)::int as count from ${SCHEMA}.job
where queue = $1 and state in ('waiting', 'delayed', 'active') and not (data ?& array['stream', 'mode'])`;

/** Checks that the queue in the database holds no jobs of other applications under the name that `QUEUE_PREFIX` gives it. */
export const checkOwn = (client: Client, prefix: string): Promise<CheckResult> =>
  examine(
    FOREIGN,
    async () => {
      if (!(await isMade(client))) return 'there is no queue yet';
      const { name } = queueNames({ redisUrl: undefined, prefix });
      const { rows } = await client.query<{ count: number }>(FOREIGN_JOBS, [name]);
      return requireNone(rows[0]?.count ?? 0, prefix);
    },
    `give the role its rights on schema ${SCHEMA}, as docs/operations.md says`,
  );

function requireNone(foreign: number, prefix: string): string {
  if (foreign > 0)
    throw new FatalError(
      'CS3203',
      `${foreign} jobs and schedules of another application are in the queue ${prefix}: set QUEUE_PREFIX to a name that nobody else uses`,
    );
  return 'no job of another application is in the queue';
}

/** The name of the check that {@link checkSchema} makes. */
export const schemaCheck = BACKEND;

const isMade = (client: Client) =>
  assertSchemaCompatibility(client, SCHEMA).then(
    () => true,
    (error: unknown) => {
      if (error instanceof SchemaMigrationRequiredError) return false;
      throw error;
    },
  );

const [VERSION, EVICTION, WRITE] = ['queue.version', 'queue.eviction', 'queue.write'];

/** The prefix for probes where the queue is named after the database. */
const OWN_PREFIX = 'checkout-sync-doctor';

/** Checks the Redis at the URL: the connection, its version, that it evicts no keys, and that BullMQ can write. Leaves nothing behind. */
export async function checkRedis(redisUrl: string, prefix = OWN_PREFIX): Promise<CheckResult[]> {
  try {
    return await withRedis(redisUrl, (redis) => checksOf(redis, prefix));
  } catch (error) {
    const advice = 'start Redis and let checkout-sync in, or correct REDIS_URL';
    const others = [VERSION, EVICTION, WRITE, FOREIGN].map((name) => skipped(name, `see ${BACKEND}`));
    const refusal = refusalOf(error);
    return [failedCheck(BACKEND, refusal, advice, ownCodeOf(refusal) ?? 'CS3101'), ...others];
  }
}

async function checksOf(redis: Redis, prefix: string): Promise<CheckResult[]> {
  const text = await redis.info().catch((error: unknown) => Promise.reject(refusalOf(error)));
  const info = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
  const { host, port } = redis.options;
  const { name } = queueNames({ redisUrl: host, prefix });
  const probe = async () => {
    await probeRedis(redis, (type) => new QueueKeys(prefix).toKey(name, type));
    return 'everything that BullMQ does works; the test writes were removed';
  };
  const write = await examine(WRITE, probe, "see Redis' log");
  return [
    fine(BACKEND, `Redis at ${host}:${port} responds`),
    await examine(VERSION, () => requireRedis(info('redis_version')), 'use Redis 6.2 or newer'),
    await examine(EVICTION, () => requireNoEviction(info('maxmemory_policy')), ''),
    write,
    write.state === 'ok'
      ? await examine(FOREIGN, () => requireOwn(redis, prefix), "see Redis' log")
      : skipped(FOREIGN, `see ${WRITE}`),
  ];
}

/** Throws when the queue holds jobs of other applications under the name of `QUEUE_PREFIX`. Writes nothing. */
async function requireOwn(connection: Redis, prefix: string): Promise<string> {
  const { name, ...prefixed } = queueNames({ redisUrl: connection.options.host, prefix });
  const queue = new Queue(name, { connection, ...prefixed, skipMetasUpdate: true, skipWaitingForReady: true });
  try {
    return requireNone(await countForeign(queue), prefix);
  } finally {
    await queue.close();
  }
}

/** Runs `look` on a connection. Throws for any failure of the connection, including a database that Redis does not have. */
async function withRedis<T>(redisUrl: string, look: (redis: Redis) => Promise<T>): Promise<T> {
  const limits = { connectTimeout: REDIS_TIMEOUT_MS, commandTimeout: REDIS_TIMEOUT_MS, maxRetriesPerRequest: 0 };
  const redis = new Redis(redisUrl, { ...limits, lazyConnect: true, retryStrategy: () => null });
  let wrong: Error | undefined;
  redis.on('error', (error) => (wrong ??= error));
  try {
    await redis.connect();
    const result = await look(redis);
    if (wrong) throw wrong;
    return result;
  } catch (error) {
    throw wrong ?? error; // the first error names the cause; the closed connection is its effect
  } finally {
    redis.disconnect();
  }
}

/** Returns the version, for people. Throws a ConfigError for a Redis older than 6.2. */
export function requireRedis(version = 'of an unknown version'): string {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (!(Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2)))
    throw new ConfigError('CS3201', `REDIS_URL points to Redis ${version}: version 6.2 or newer is needed`);
  return `Redis ${version}`;
}

function requireNoEviction(policy = 'unknown'): string {
  if (policy !== 'noeviction')
    throw new ConfigError(
      'CS3202',
      `maxmemory-policy is ${policy}: set it to noeviction (config set maxmemory-policy noeviction, and in redis.conf), or full memory loses jobs`,
    );
  return 'maxmemory-policy is noeviction: no key is lost';
}
