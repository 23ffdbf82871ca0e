import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import config from '../drizzle.config.ts';
import { ROOT } from './find-tables.ts';

const DRIZZLE_KIT = join(ROOT, 'node_modules/drizzle-kit/bin.cjs');
const FOLDER = join(ROOT, 'drizzle');
const BREAKPOINT = '--> statement-breakpoint\n';

interface Journal {
  entries: { tag: string }[];
}

/** Returns the paths of the migrations in a folder, oldest first. */
function migrationsIn(folder: string): string[] {
  const journal: Journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'));
  return journal.entries.map(({ tag }) => join(folder, `${tag}.sql`));
}

/** Runs `drizzle-kit generate`. It exits with 0 even if it fails, so check what it has written. */
function drizzleKit(options: readonly string[], stdio: 'inherit' | 'pipe'): string {
  const { error, stdout, stderr } = spawnSync(process.execPath, [DRIZZLE_KIT, 'generate', ...options], {
    cwd: ROOT,
    stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (error) throw error;
  return `${stderr ?? ''}${stdout ?? ''}`;
}

/** Returns the SQL of all migrations, oldest first. */
export function migrationsSql(): string {
  return migrationsIn(FOLDER)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** Returns the SQL that the migrations lack, in one line; undefined if none. Works on a copy. */
export function missingMigration(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'checkout-sync-generate-'));
  try {
    const copy = join(directory, 'drizzle');
    const settings = join(directory, 'drizzle.config.json');
    cpSync(FOLDER, copy, { recursive: true });
    // Relative, because drizzle-kit prefixes `out` with `./`.
    writeFileSync(settings, JSON.stringify({ ...config, out: relative(ROOT, copy) }));
    const output = drizzleKit([`--config=${settings}`], 'pipe');
    if (output.includes('No schema changes')) return undefined;
    const added = migrationsIn(copy).slice(migrationsIn(FOLDER).length)[0];
    if (added) return inOneLine(readFileSync(added, 'utf8'));
    if (output.includes('Interactive prompts')) return 'drizzle-kit asks if something was renamed';
    throw new Error(`drizzle-kit generate failed: ${output.trim()}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function inOneLine(sql: string): string {
  const [first = '', ...others] = sql.split(BREAKPOINT).map((statement) => statement.trim().replaceAll(/\s+/g, ' '));
  return others.length > 0 ? `${first} and ${others.length} more` : first;
}

/** Lets drizzle-kit write the migration that the tables need, and returns its path. It may ask on the terminal. Throws if nothing was written. */
export function addMigration(options: readonly string[]): string {
  const before = migrationsIn(FOLDER).length;
  drizzleKit(options, 'inherit');
  const added = migrationsIn(FOLDER)[before];
  if (!added)
    throw new Error(
      'drizzle-kit has written no migration: see its output above, and answer its questions on a terminal',
    );
  return added;
}

/** Appends statements to a migration. */
export function appendTo(file: string, statements: string): void {
  const sql = readFileSync(file, 'utf8').trimEnd();
  const isEmpty = /^(--.*)?$/.test(sql);
  writeFileSync(file, isEmpty ? `${statements}\n` : `${sql}${BREAKPOINT}${statements}\n`);
}
