import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { explain } from '../src/errors.ts';
import { startEmbedded } from '../src/load/embedded.ts';
import { migrate } from '../src/load/migrate.ts';
import { hasDocker } from './docker.ts';
import { startRedis, type RedisServer } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** Empty where there is no Redis. */
    redisUrl: string;
  }
}

interface Server {
  url: string;
  name: string;
  stop(): Promise<unknown>;
}

const say = (text: string) => process.stderr.write(`tests run on: ${text}\n`);

/** The image the tests ask Docker for. */
const POSTGRES_IMAGE = 'postgres:18-alpine';

async function container(): Promise<Server | undefined> {
  if (!hasDocker()) return undefined;
  try {
    const started = await new PostgreSqlContainer(POSTGRES_IMAGE).start();
    return { url: started.getConnectionUri(), name: `${POSTGRES_IMAGE} in Docker`, stop: () => started.stop() };
  } catch (error) {
    say(`Docker is of no use here (${explain(error)})`);
    return undefined;
  }
}

async function embedded(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-test-'));
  const server = await startEmbedded(join(directory, 'postgres'));
  const stop = async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { url: server.url, name: 'the embedded Postgres', stop };
}

/** The Redis that REDIS_URL names, or one of our own. */
async function redis(): Promise<Pick<RedisServer, 'url' | 'name' | 'stop'> | undefined> {
  const given = process.env.REDIS_URL;
  return given ? { url: given, name: 'the Redis of REDIS_URL', stop: async () => undefined } : startRedis();
}

/** Without a Redis the tests on it are left out: that is said here, and is a failure in CI. */
function sayRedis(name: string | undefined): void {
  if (name === undefined && process.env.CI) throw new Error('CI needs a redis-server on the PATH, Docker, or REDIS_URL');
  say(name ?? 'no Redis (no REDIS_URL, Docker or redis-server): what needs one is left out');
}

/** One Postgres for all tests, with a migrated template that each test's database is a copy of. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = (await container()) ?? (await embedded());
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const version = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  say(`${server.name}, version ${version.rows[0]?.version}`);
  // Databases come and go by the dozen; what a crash of the machine would lose does not matter here.
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
    await client.query(`alter system set ${setting} = off`);
  await client.query('select pg_reload_conf()');
  await client.query('create database template_migrated');
  await migrate({ url: new URL('/template_migrated', server.url).href });
  await client.end();
  provide('postgresUrl', server.url);
  const queue = await redis();
  sayRedis(queue?.name);
  provide('redisUrl', queue?.url ?? '');
  return async () => {
    await queue?.stop();
    await server.stop();
  };
}
