import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { parseConfig } from '../../src/config/config.ts';
import { formatError } from '../../src/model/errors.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openPostgres } from '../../src/queue/postgres.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { describePristine, IDLE_DATABASES, TEMPLATE, type Pristine } from './database-pool.ts';
import { hasDocker } from './docker.ts';
import { onPath, startRedis, type RedisServer } from './redis.ts';
import { libfaketime } from './shifted-clock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    pristine: Pristine;
    /** Empty where there is no Redis. */
    redisUrl: string;
    /** Path of a browser; empty where there is none. */
    browser: string;
    /** Path of PgBouncer; empty where there is none. */
    pgbouncer: string;
  }
}

interface Server {
  url: string;
  name: string;
  stop(): Promise<unknown>;
}

const say = (text: string) => process.stderr.write(`tests run on: ${text}\n`);

/** The image the tests ask Docker for. */
const POSTGRES_IMAGE = process.env.TEST_POSTGRES_IMAGE ?? 'postgres:18-alpine';

async function container(): Promise<Server | undefined> {
  if (!hasDocker()) return undefined;
  try {
    const started = await new PostgreSqlContainer(POSTGRES_IMAGE).start();
    return { url: started.getConnectionUri(), name: `${POSTGRES_IMAGE} in Docker`, stop: () => started.stop() };
  } catch (error) {
    say(`Docker is of no use here (${formatError(error)})`);
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
  return { url: server.tcpUrl, name: 'the embedded Postgres', stop };
}

/** The Redis that REDIS_URL names, or one of our own. */
async function redis(): Promise<Pick<RedisServer, 'url' | 'name' | 'stop'> | undefined> {
  const given = process.env.REDIS_URL;
  return given ? { url: given, name: 'the Redis of REDIS_URL', stop: async () => undefined } : startRedis();
}

/** Reports a missing tool, and that the tests which need it are left out; throws in CI. */
function sayWhether(found: string | undefined, missing: string): void {
  if (!found && process.env.CI) throw new Error(`CI needs ${missing}`);
  say(found || `nothing in place of ${missing}: tests that need it are left out`);
}

/**
 * Turns off the protection against crashes of the machine, which does not matter here, and makes logins cheap, because
 * thousands of sessions open with the same password.
 */
async function makeCheap(client: pg.Client, password: string): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum'])
    await client.query(`alter system set ${setting} = off`);
  await client.query('select pg_reload_conf()');
  await client.query(`select set_config(name, '1', false) from pg_settings where name = 'scram_iterations'`); // since version 16
  await client.query(`alter role current_user password ${client.escapeLiteral(password)}`);
}

/** One Postgres for all tests, with a migrated template that each test's database is a copy of. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = (await container()) ?? (await embedded());
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const version = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  say(`${server.name}, version ${version.rows[0]?.version}`);
  await makeCheap(client, decodeURIComponent(new URL(server.url).password));
  await client.query(IDLE_DATABASES);
  await client.query(`create database ${TEMPLATE}`);
  const template = { url: new URL(`/${TEMPLATE}`, server.url).href };
  await migrate(template, reportingViews(parseConfig({}).report));
  const queueServer = await openPostgres({ ...template, pooler: 'none' }, () => undefined);
  await queueServer.close();
  provide('pristine', await describePristine(template.url));
  await client.end();
  provide('postgresUrl', server.url);
  const queue = await redis();
  sayWhether(queue?.name, 'a redis-server on the PATH, Docker, or REDIS_URL');
  const browser = onPath('chromium', 'chromium-browser');
  sayWhether(browser, 'chromium on the PATH');
  const pgbouncer = onPath('pgbouncer', '../sbin/pgbouncer');
  sayWhether(pgbouncer, 'pgbouncer on the PATH');
  sayWhether(libfaketime, 'libfaketime (Debian: faketime)');
  for (const shell of ['zsh', 'fish']) say(onPath(shell) ?? `no ${shell}: its completion is not tested`);
  provide('pgbouncer', pgbouncer ?? '');
  provide('browser', browser ?? '');
  provide('redisUrl', queue?.url ?? '');
  return async () => {
    await queue?.stop();
    await server.stop();
  };
}
