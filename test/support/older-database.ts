import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { connectClient, freshDatabaseUrl } from './database.ts';

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));

/** The URL of a new database as the migration of this name and those before it make it; dropped after the test. */
export async function olderDatabaseUrl(last: string): Promise<string> {
  const url = await freshDatabaseUrl('template0');
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-migrations-'));
  try {
    await cp(MIGRATIONS, folder, { recursive: true });
    const path = join(folder, 'meta/_journal.json');
    const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(path, 'utf8'));
    const end = journal.entries.findIndex(({ tag }) => tag === last) + 1;
    if (end === 0) throw new Error(`no migration is called ${last}`);
    await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }));
    await migrate(drizzle(await connectClient(url)), {
      migrationsFolder: folder,
      migrationsSchema: 'sync',
      migrationsTable: 'migrations',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
  return url;
}
