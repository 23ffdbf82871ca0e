// `npm run generate` updates what is derived from tables and streams: migrations, comments, docs/tables.md.
// With --check, it changes nothing and exits with 1 if something is stale. Other options go to drizzle-kit, such as --name.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PgTable } from 'drizzle-orm/pg-core';
import { formatError } from '../src/model/errors.ts';
import { commentsIn, sqlComments, commentStatements, missingComments } from './comments.ts';
import { findTables, ROOT } from './find-tables.ts';
import { findStreams } from './streams.ts';
import { addMigration, appendTo, migrationsSql, missingMigration } from './migrations.ts';
import { tablesPage } from './tables-page.ts';

const PAGE = 'docs/tables.md';

const say = (text: string) => process.stdout.write(`${text}\n`);
const uncommented = (tables: readonly PgTable[]) => missingComments(sqlComments(tables), commentsIn(migrationsSql()));

function currentPage(): string {
  try {
    return readFileSync(join(ROOT, PAGE), 'utf8');
  } catch {
    return ''; // missing counts as stale
  }
}

/** Returns one line per stale thing. */
function problems(tables: readonly PgTable[]): string[] {
  const migration = missingMigration();
  const lines = uncommented(tables).map(
    ([object, text]) => `no migration sets the comment of ${object.toLowerCase().replaceAll('"', '')}: ${text}`,
  );
  if (migration) lines.unshift(`a migration is missing: ${migration}`);
  if (currentPage() !== tablesPage(tables, findStreams())) lines.push(`${PAGE} is stale`);
  return lines;
}

function check(tables: readonly PgTable[]): void {
  const lines = problems(tables);
  for (const line of lines) say(line);
  say(lines.length === 0 ? `Migrations, comments and ${PAGE} are up to date.` : 'Run `npm run generate`.');
  if (lines.length > 0) process.exitCode = 1;
}

function generate(tables: readonly PgTable[], options: readonly string[]): void {
  const added = missingMigration() && addMigration(options);
  const comments = uncommented(tables);
  if (comments.length > 0)
    appendTo(added ?? addMigration(['--custom', '--name=comments']), commentStatements(comments));
  writeFileSync(join(ROOT, PAGE), tablesPage(tables, findStreams()));
  say(`Migrations added: ${added ? 1 : 0}; comments added: ${comments.length}; ${PAGE} written.`);
}

try {
  const options = process.argv.slice(2);
  const tables = await findTables();
  if (options.includes('--check')) check(tables);
  else generate(tables, options);
} catch (error) {
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = 1;
}
