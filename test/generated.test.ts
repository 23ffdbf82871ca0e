import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { commentsIn, sqlComments, commentStatements, missingComments } from '../scripts/comments.ts';
import { findTables } from '../scripts/find-tables.ts';
import { migrate } from '../src/database/migrate.ts';
import { freshDatabaseUrl } from './support/database.ts';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const journal: { entries: unknown[] } = JSON.parse(readFileSync(fileOf('../drizzle/meta/_journal.json'), 'utf8'));
const migrations = journal.entries.length;

/** The comment of every schema, table and column there is, null where it has none. `sync.migrations` is drizzle's own. */
const commentsQuery = `
  with tables as (
    select oid, relnamespace, format('"%s"."%s"', relnamespace::regnamespace, relname) as name from pg_class
    where relnamespace::regnamespace::text = any($1) and relkind in ('r', 'p') and oid <> 'sync.migrations'::regclass
  )
  select format('SCHEMA "%s"', nspname) as object, obj_description(oid, 'pg_namespace') as comment
  from pg_namespace where nspname = any($1)
  union all select 'TABLE ' || name, obj_description(oid, 'pg_class') from tables
  union all select format('COLUMN %s."%s"', name, attname), col_description(attrelid, attnum)
  from tables join pg_attribute on attrelid = oid and attnum > 0 and not attisdropped`;

const waitingQuery = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function storedComments(url: string, schemas: readonly string[]): Promise<Record<string, string | null>> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ object: string; comment: string | null }>(commentsQuery, [schemas]),
  );
  return Object.fromEntries(rows.map(({ object, comment }) => [object, comment]));
}

/** Runs `checkout-sync migrate --json` in a process of its own. */
async function migrateInProcess(url: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileOf('../src/cli.ts'), 'migrate', '--json'], {
    cwd: tmpdir(), // away from any .env
    env: { DATABASE_URL: url },
  });
  const { applied }: { applied: number } = JSON.parse(stdout);
  return applied;
}

test('after a migrate every schema, table and column has the comment that the code gives it', async () => {
  const url = await freshDatabaseUrl('template0');
  await migrate({ url });
  const wanted = sqlComments(await findTables());
  expect(wanted.get('COLUMN "polar"."checkouts"."net_amount"')).toBe(
    'Price without tax, with the discount of that time: amount less the discount, less tax_amount if tax_behavior is inclusive',
  );
  const stored = Object.entries(await storedComments(url, ['fynn', 'history', 'polar', 'sync']));
  const inUse = stored.filter(([object]) => !object.includes('"sync"."leases"')); // kept to refuse older versions
  expect(Object.fromEntries(inUse)).toEqual(Object.fromEntries(wanted));
});

test('processes that migrate the same empty database together all succeed, and one of them does it', async () => {
  const url = await freshDatabaseUrl('template0');
  const applied = await withClient(url, async (blocker) => {
    // Nobody gets past this schema until it is rolled back: so all processes are under way when the race starts.
    await blocker.query('begin; create schema sync');
    const migrating = Promise.all(Array.from({ length: 3 }, () => migrateInProcess(url)));
    await withClient(url, (observer) =>
      vi.waitUntil(async () => (await observer.query(waitingQuery)).rowCount === 3, { timeout: 120_000 }),
    );
    await blocker.query('rollback');
    return migrating;
  });
  expect(applied.toSorted((a, b) => a - b)).toEqual([0, 0, migrations]);
});

test('a second migrate applies nothing', async () => {
  const url = await freshDatabaseUrl('template0');
  expect(await migrate({ url })).toEqual({ applied: migrations });
  expect(await migrate({ url })).toEqual({ applied: 0 });
});

test('the last comment that migrations set on an object counts, quotes and semicolons included', () => {
  const statements = commentStatements([
    ['TABLE "polar"."links"', 'Old'],
    ['TABLE "polar"."links"', `The merchant's; "ours"`],
  ]);
  expect(Object.fromEntries(commentsIn(statements))).toEqual({ 'TABLE "polar"."links"': `The merchant's; "ours"` });
});

test.each([
  ['ALTER TABLE "polar"."links" DROP COLUMN "label";', ['TABLE "polar"."links"', 'COLUMN "polar"."links"."label_2"']],
  ['ALTER TABLE "polar"."links" drop column "label";', ['TABLE "polar"."links"', 'COLUMN "polar"."links"."label_2"']],
  [
    'ALTER TABLE "polar"."links" RENAME COLUMN "label" TO "name";',
    ['TABLE "polar"."links"', 'COLUMN "polar"."links"."label_2"'],
  ],
  ['ALTER TABLE "polar"."links" RENAME TO "old_links";', []],
  ['DROP TABLE "polar"."links" CASCADE;', []],
  ['DROP TABLE "polar"."links_2";', undefined],
])('what a migration drops or renames has lost its comment: %s', (sql, left) => {
  const objects = ['TABLE "polar"."links"', 'COLUMN "polar"."links"."label"', 'COLUMN "polar"."links"."label_2"'];
  const comments = commentStatements(objects.map((object) => [object, 'Text']));
  expect([...commentsIn(`${comments}--> statement-breakpoint\n${sql}`).keys()]).toEqual(left ?? objects);
});

test('a comment that is new or reads otherwise is missing, one that reads the same is not', () => {
  const wanted = new Map([
    ['TABLE "a"', 'same'],
    ['TABLE "b"', 'changed'],
    ['TABLE "c"', 'new'],
  ]);
  const written = new Map([
    ['TABLE "a"', 'same'],
    ['TABLE "b"', 'old'],
  ]);
  expect(missingComments(wanted, written)).toEqual([
    ['TABLE "b"', 'changed'],
    ['TABLE "c"', 'new'],
  ]);
});
