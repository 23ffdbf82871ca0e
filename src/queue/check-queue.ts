import { assertSchemaCompatibility, QueueKeys, SchemaMigrationRequiredError } from 'bullmq';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { examine, fine, problemOf, skipped, type Check } from '../check.ts';
import { ConfigError, FatalError } from '../errors.ts';
import { grantsOf } from '../load/check-database.ts';
import type { Pooler } from '../load/pooler.ts';
import { probeRedis } from './probe.ts';
import { requireSessions, SCHEMA } from './postgres.ts';
import { QUEUE } from './queue.ts';
import { refusalOf } from './redis-refusals.ts';

const BACKEND = 'queue.backend';
/** Connecting takes several commands. */
const TIMEOUT_MS = 4000;

/** Checks the queue in the database: whether its schema is there, or can be made. Reads only. */
export function checkSchema(client: Client, pooler: Pooler): Promise<Check> {
  const look = async () => {
    requireSessions({ pooler });
    if (await isMade(client)) return `Postgres, in schema ${SCHEMA} of the database`;
    const { mayCreate, role } = await grantsOf(client, []);
    if (mayCreate) return `Postgres; the first worker makes schema ${SCHEMA} of the database`;
    throw new FatalError(
      `schema ${SCHEMA} is not there, and role ${role} may not create it: start the worker once as the owner of the database, or set REDIS_URL`,
    );
  };
  return examine(BACKEND, look, `give the role its rights on schema ${SCHEMA}, as docs/operations.md says`);
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

/** Checks the Redis at the URL: whether it answers, its version, that it keeps every key, and lets BullMQ write. Leaves nothing. */
export async function checkRedis(redisUrl: string): Promise<Check[]> {
  try {
    return await withRedis(redisUrl, checksOf);
  } catch (error) {
    const advice = 'see that Redis runs and lets us in, or correct REDIS_URL';
    const others = [VERSION, EVICTION, WRITE].map((name) => skipped(name, `see ${BACKEND}`));
    return [problemOf(BACKEND, error, advice), ...others];
  }
}

async function checksOf(redis: Redis): Promise<Check[]> {
  const text = await redis.info().catch((error: unknown) => Promise.reject(refusalOf(error)));
  const info = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
  const { host, port } = redis.options;
  const probe = async () => {
    await probeRedis(redis, (type) => new QueueKeys().toKey(QUEUE, type));
    return 'all that BullMQ does works; what was tried is undone';
  };
  return [
    fine(BACKEND, `Redis at ${host}:${port} answers`),
    await examine(VERSION, () => requireRedis(info('redis_version')), 'use Redis 6.2 or newer'),
    await examine(EVICTION, () => requireNoEviction(info('maxmemory_policy')), ''),
    await examine(WRITE, probe, "see Redis' log"),
  ];
}

/** Connects for a look. Throws whatever is wrong with the connection, a database that it does not have included. */
async function withRedis<T>(redisUrl: string, look: (redis: Redis) => Promise<T>): Promise<T> {
  const limits = { connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, maxRetriesPerRequest: 0 };
  const redis = new Redis(redisUrl, { ...limits, lazyConnect: true, retryStrategy: () => null });
  let wrong: Error | undefined;
  redis.on('error', (error) => (wrong ??= error));
  try {
    await redis.connect();
    const result = await look(redis);
    if (wrong) throw wrong;
    return result;
  } catch (error) {
    throw wrong ?? error; // the first one says why; that the connection is closed only follows
  } finally {
    redis.disconnect();
  }
}

/** The version, for people. Throws a ConfigError for a Redis older than 6.2. */
export function requireRedis(version = 'of an unknown version'): string {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (!(Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2)))
    throw new ConfigError(`REDIS_URL points to Redis ${version}: version 6.2 or newer is needed`);
  return `Redis ${version}`;
}

function requireNoEviction(policy = 'unknown'): string {
  if (policy !== 'noeviction')
    throw new ConfigError(
      `maxmemory-policy is ${policy}: set it to noeviction (config set maxmemory-policy noeviction, and in redis.conf), or full memory loses jobs`,
    );
  return 'maxmemory-policy is noeviction: no key is lost';
}
