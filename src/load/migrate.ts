import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';
import { ConfigError } from '../errors.ts';
import { APPLICATION, connect } from './client.ts';
import type { Database } from './database.ts';

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const LOCK = 7_243_310_416_001;
const OLDEST_SERVER = 140_000;

/** Brings the schema up to date; many processes may do so at once. Answers how many migrations were applied. Throws a ConfigError for a Postgres older than 14. */
export async function migrate({ url }: Pick<Database, 'url'>): Promise<{ applied: number }> {
  const client = await connect(url, { application_name: APPLICATION });
  try {
    await requireServer(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const before = await appliedCount(client);
    await applyMigrations(drizzle(client), {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'sync',
      migrationsTable: 'migrations',
    });
    return { applied: (await appliedCount(client)) - before };
  } finally {
    await client.end();
  }
}

async function requireServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
    `select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version`,
  );
  if (Number(rows[0]?.server_version_num) < OLDEST_SERVER)
    throw new ConfigError(`DATABASE_URL points to Postgres ${rows[0]?.server_version}: version 14 or newer is needed`);
}

async function appliedCount(client: Client): Promise<number> {
  const table = await client.query(`select to_regclass('sync.migrations') is not null as present`);
  if (!table.rows[0]?.present) return 0;
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from sync.migrations');
  return rows[0]?.count ?? 0;
}
