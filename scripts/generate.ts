// `npm run generate` updates what is derived from the code: migrations, comments, and pages in docs/.
// With --check, it changes nothing and exits with 1 if something is stale. Other options go to drizzle-kit, such as --name.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PgTable } from 'drizzle-orm/pg-core';
import { formatError } from '../src/model/errors.ts';
import { apiPage, leakedTypes } from './api-page.ts';
import { commentsIn, sqlComments, commentStatements, missingComments } from './comments.ts';
import { errorsPage } from './errors-page.ts';
import { findTables, ROOT } from './find-tables.ts';
import { findStreams } from './streams.ts';
import { addMigration, appendTo, migrationsSql, missingMigration } from './migrations.ts';
import { tablesPage } from './tables-page.ts';

const [TABLES_PAGE, API_PAGE, ERRORS_PAGE] = ['docs/tables.md', 'docs/api.md', 'docs/errors.md'];

const say = (text: string) => process.stdout.write(`${text}\n`);
const uncommented = (tables: readonly PgTable[]) => missingComments(sqlComments(tables), commentsIn(migrationsSql()));

const pages = (tables: readonly PgTable[]): [string, string][] => [
  [TABLES_PAGE, tablesPage(tables, findStreams())],
  [API_PAGE, apiPage()],
  [ERRORS_PAGE, errorsPage()],
];

/** Returns the text of a page; that of a missing one is empty, and counts as stale. */
function currentText(page: string): string {
  try {
    return readFileSync(join(ROOT, page), 'utf8');
  } catch {
    return '';
  }
}

/** Returns one line per stale thing. */
function problems(tables: readonly PgTable[]): string[] {
  const migration = missingMigration();
  const lines = uncommented(tables).map(
    ([object, text]) => `no migration sets the comment of ${object.toLowerCase().replaceAll('"', '')}: ${text}`,
  );
  if (migration) lines.unshift(`a migration is missing: ${migration}`);
  for (const [page, text] of pages(tables)) if (currentText(page) !== text) lines.push(`${page} is stale`);
  return [...lines, ...leakedTypes()];
}

function check(tables: readonly PgTable[]): void {
  const lines = problems(tables);
  for (const line of lines) say(line);
  say(lines.length === 0 ? 'Migrations, comments and generated pages are up to date.' : 'Run `npm run generate`.');
  if (lines.length > 0) process.exitCode = 1;
}

function generate(tables: readonly PgTable[], options: readonly string[]): void {
  const added = missingMigration() && addMigration(options);
  const comments = uncommented(tables);
  if (comments.length > 0)
    appendTo(added ?? addMigration(['--custom', '--name=comments']), commentStatements(comments));
  for (const [page, text] of pages(tables)) writeFileSync(join(ROOT, page), text);
  say(`Migrations added: ${added ? 1 : 0}; comments added: ${comments.length}; pages of docs/ written.`);
  for (const line of leakedTypes()) say(line);
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
