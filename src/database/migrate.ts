import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Client, ClientBase, Pool } from 'pg';
import { ConfigError, formatError, FatalError } from '../model/errors.ts';
import { APPLICATION, connect } from './client.ts';
import { pipelined, type Database } from './database.ts';
import { serverOf } from './pool.ts';
import { settingsText } from './session-settings.ts';
import { applyViews, areCurrent, dropViews, isReadByView, type View } from './views.ts';

/** Folder of the migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const MIGRATION_LOCK = 7_243_310_416_001;
const OLDEST_SERVER = 140_000;

/**
 * Migrates the schema and brings the views up to date, in one transaction; several processes may do so concurrently.
 * Returns the number of applied migrations. A schema that is up to date needs no right to change it. Throws a
 * ConfigError for a Postgres older than 14, for a database that is not in UTF-8, and for one that a newer version has
 * migrated. Throws a FatalError if the schema cannot be changed. Without `views`, existing ones stay as they are.
 */
export async function migrate(
  db: Pick<Database, 'url' | 'lender'>,
  views?: readonly View[],
): Promise<{ applied: number }> {
  const client = await connect(serverOf(db), { application_name: APPLICATION });
  try {
    await requireServer(client);
    await requireUtf8(client);
    // One transaction with all its settings, because a pooler in transaction mode keeps no session state. No time
    // limits here.
    await client.query(`begin isolation level read committed; ${settingsText('local', 0)}`);
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const before = requireKnown(await appliedCount(client));
    const grants = before < migrationCount() ? await apply(client, views) : [];
    if (views && !(await areCurrent(client, views))) await applyViews(client, views);
    for (const grant of grants) await client.query(grant);
    await client.query('commit');
    return { applied: migrationCount() - before };
  } finally {
    await client.end();
  }
}

/**
 * Returns true if {@link migrate} has nothing to do, which takes one round trip and no session of its own. Throws its
 * ConfigErrors.
 */
export async function isMigrated(pool: Pool, views: readonly View[]): Promise<boolean> {
  try {
    const session = await pool.connect();
    let isReady = false;
    try {
      const sent = [
        requireServer(session),
        requireUtf8(session),
        countApplied(session),
        areCurrent(session, views),
      ] as const;
      const [, , applied, isCurrent] = await pipelined(sent);
      return (isReady = requireKnown(applied) === migrationCount() && isCurrent);
    } finally {
      session.release(!isReady); // idle during a migration, it could be cut by a pooler just when it is used again
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return false; // migrate finds the reason
  }
}

/** Returns the number of pending migrations. Throws a ConfigError for a schema that a newer version has migrated. */
export async function pendingMigrations({ pool }: { pool: Client | Pool }): Promise<number> {
  return migrationCount() - requireKnown(await appliedCount(pool));
}

/** Throws if a newer version has migrated the schema: this version does not know its tables. */
function requireKnown(applied: number): number {
  if (applied > migrationCount())
    throw new ConfigError(
      'CS2203',
      `this database was brought up to date by a newer checkout-sync (${applied} migrations, this version knows ${migrationCount()}): stop this version and start the new one`,
    );
  return applied;
}

let knownCount: number | undefined;

/** Returns the number of our migrations, which does not change while the process runs. */
const migrationCount = () => (knownCount ??= readJournal().entries.length);

const readJournal = (): { entries: unknown[] } =>
  JSON.parse(readFileSync(join(MIGRATIONS, 'meta/_journal.json'), 'utf8'));

/**
 * Applies pending migrations in the open transaction. If a view is in the way, first drops our own views, and returns
 * their grants.
 */
async function apply(client: Client, views?: readonly View[]): Promise<string[]> {
  await client.query('savepoint migrations');
  try {
    return await applyPending(client).then(
      () => [],
      async (error: unknown) => {
        if (!views || !isReadByView(error)) throw error;
        await client.query('rollback to savepoint migrations');
        const grants = await dropViews(client, views);
        await applyPending(client);
        return grants;
      },
    );
  } catch (error) {
    throw error instanceof FatalError
      ? error
      : new FatalError('CS2205', `the schema cannot be migrated: ${formatError(error)}`);
  }
}

// Like Drizzle's own migrator, and in its table, but inside a transaction that may contain more.
const MIGRATIONS_TABLE = `create schema if not exists sync;
create table if not exists sync.migrations (id serial primary key, hash text not null, created_at bigint)`;

async function applyPending(client: Client): Promise<void> {
  if ((await appliedCount(client)) === 0) await client.query(MIGRATIONS_TABLE);
  const { rows } = await client.query<{ last: number }>(
    'select coalesce(max(created_at), 0)::float8 as last from sync.migrations',
  );
  const last = rows[0]?.last ?? 0;
  const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  for (const { sql, hash, folderMillis } of migrations.filter((migration) => migration.folderMillis > last)) {
    for (const statement of sql) await client.query(statement);
    await client.query('insert into sync.migrations (hash, created_at) values ($1, $2)', [hash, folderMillis]);
  }
}

/** Returns the version of the server. Throws a ConfigError for one that is too old. */
export async function requireServer(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  const { number = '', version = 'of an unknown version' } = rows[0] ?? {};
  requireVersion(Number(number), version);
  return version;
}

/** Returns the encoding of the database. Throws a ConfigError for one that cannot hold every character. */
export async function requireUtf8(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string; encoding: string }>(
    `select quote_ident(current_database()) as name, current_setting('server_encoding') as encoding`,
  );
  const { name = 'it', encoding = 'unknown' } = rows[0] ?? {};
  if (encoding !== 'UTF8')
    throw new ConfigError(
      'CS2202',
      `DATABASE_URL points to a database whose encoding is ${encoding}: UTF-8 is needed; create another one (create database ${name}_utf8 encoding 'UTF8' template template0) and set DATABASE_URL to it`,
    );
  return encoding;
}

/** Throws a ConfigError for a Postgres older than 14; its number is that of `server_version_num`, such as 140005. */
export function requireVersion(number: number, version: string): void {
  if (!(number >= OLDEST_SERVER))
    throw new ConfigError('CS2201', `DATABASE_URL points to Postgres ${version}: version 14 or newer is needed`);
}

async function appliedCount(client: Client | Pool): Promise<number> {
  const table = await client.query(`select to_regclass('sync.migrations') is not null as present`);
  return table.rows[0]?.present ? countApplied(client) : 0;
}

async function countApplied(client: ClientBase | Pool): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from sync.migrations');
  return rows[0]?.count ?? 0;
}
