import { assertSchemaCompatibility, SchemaMigrationRequiredError } from 'bullmq';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { examine, fine, problemOf, skipped, type Check } from '../check.ts';
import { ConfigError, FatalError } from '../errors.ts';
import { grantsOf } from '../load/check-database.ts';
import { SCHEMA } from './queue.ts';

const BACKEND = 'queue.backend';
/** Connecting takes several commands. */
const TIMEOUT_MS = 4000;

/** Checks the queue in the database: whether its schema is there, or can be made. Reads only. */
export function checkSchema(client: Client): Promise<Check> {
  const look = async () => {
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

/** Checks the Redis at the URL: whether it answers, its version, and that it keeps every key. Reads only. */
export async function checkRedis(redisUrl: string): Promise<Check[]> {
  const [version, eviction] = ['queue.version', 'queue.eviction'];
  try {
    const { info, host, port } = await ask(redisUrl);
    return [
      fine(BACKEND, `Redis at ${host}:${port} answers`),
      await examine(version, () => requireRedis(info('redis_version')), 'use Redis 6.2 or newer'),
      await examine(eviction, () => requireNoEviction(info('maxmemory_policy')), ''),
    ];
  } catch (error) {
    const advice = 'see that Redis runs and lets us in, or correct REDIS_URL';
    return [problemOf(BACKEND, error, advice), ...[version, eviction].map((name) => skipped(name, `see ${BACKEND}`))];
  }
}

/** What Redis says of itself. Throws whatever is wrong with the connection, a database that it does not have included. */
async function ask(redisUrl: string) {
  const limits = { connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, maxRetriesPerRequest: 0 };
  const redis = new Redis(redisUrl, { ...limits, lazyConnect: true, retryStrategy: () => null });
  let wrong: Error | undefined;
  redis.on('error', (error) => (wrong ??= error));
  try {
    await redis.connect();
    const text = await redis.info();
    if (wrong) throw wrong;
    const { host, port } = redis.options;
    return { info: (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1], host, port };
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
