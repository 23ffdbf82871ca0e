import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findTables, nameOf } from '../scripts/find-tables.ts';
import { findStreams } from '../scripts/streams.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root }).map((path) => ({ path, text: read(path) }));

const withoutCode = (text: string) => text.replaceAll(/^```.*?^```/gms, '');

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (text: string) =>
  [...withoutCode(text).matchAll(/^#+ (?<heading>.+)$/gm)].map(({ groups }) =>
    String(groups?.heading)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** True if the target of a link on a page exists, its anchor included. */
function leadsSomewhere(page: { path: string; text: string }, target: string): boolean {
  if (/^https?:/.test(target)) return true;
  const [file, anchor] = target.split('#');
  const path = file ? join(page.path, '..', file) : page.path;
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || anchorsOf(read(path)).includes(anchor);
}

test('every link in the documents leads to a file and a heading that exist', () => {
  const broken = pages.flatMap((page) =>
    [...withoutCode(page.text).matchAll(/\]\((?<target>[^)\s]+)\)/g)]
      .map(({ groups }) => String(groups?.target))
      .filter((target) => !leadsSomewhere(page, target))
      .map((target) => `${page.path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every file of the code that the documents name exists', () => {
  const named = /`(?<file>(?:src|test|bench|scripts|examples)\/[\w/*.-]+)`/g;
  const missing = pages
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(({ path, text }) => [...text.matchAll(named)].map(({ groups }) => [path, String(groups?.file)] as const))
    .filter(([, file]) => globSync(file, { cwd: root }).length === 0);
  expect(missing).toEqual([]);
});

test('the service starts with the same options of Node everywhere', () => {
  const files = ['package.json', 'Dockerfile', 'docs/operations.md', 'bin/checkout-sync.js'];
  const options = files.map((file) => [file, read(file).match(/--(?:\w+-semi|initial-old)-space-size=\d+/g)]);
  const expected = ['--initial-old-space-size=64', '--min-semi-space-size=16', '--max-semi-space-size=16'];
  expect(options).toEqual(files.map((file) => [file, expected]));
});

test('the backup has every schema that holds rows', async () => {
  const backup = read('docs/operations.md').match(/--schema=\w+/g);
  const schemas = new Set((await findTables()).map((table) => `--schema=${nameOf(table).split('.')[0]}`));
  expect(new Set(backup)).toEqual(schemas);
});

test('the README says which scope adds which table, for each optional stream', () => {
  const rows = read('README.md').split('\n');
  const unsaid = findStreams()
    .filter(({ isOptional }) => isOptional)
    .filter(({ permission, entity }) => {
      const row = rows.find((line) => line.startsWith(`| \`${permission}\``));
      return !row?.includes(`\`${nameOf(entity.table)}\``);
    });
  expect(unsaid.map(({ name }) => name)).toEqual([]);
});

test('every guarantee names the tests that prove it', () => {
  const sections = read('docs/guarantees.md')
    .split(/^## /m)
    .filter((section) => /^G\d/.test(section));
  expect(sections.length).toBeGreaterThan(15);
  for (const section of sections) {
    const [, tests = ''] = section.split('_Tests:_');
    const files = [...tests.matchAll(/`(?<file>[\w/*-]+\.test\.ts)`/g)].map(({ groups }) => String(groups?.file));
    expect(files.length > 0 || tests.includes('npm run bench'), section).toBe(true);
    expect(files.filter((file) => globSync(file, { cwd: join(root, 'test') }).length === 0)).toEqual([]);
  }
});

/** Phrases that a reader has to translate, with what to write instead. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again'],
  [/\b(?:goes|went) on\b/i, 'continues'],
  [/\bat once\b/i, 'immediately, or together'],
  [/, too[.,;:)]/i, 'also'],
  [/\bso many\b/i, 'the number'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\bby NTP\b/, 'with NTP'],
  [/\bfor ever\b/i, 'forever'],
  [/\b(?:an?|one) (?:column|comment|entity|file|line|page|request|row|statement|table|test) an? [a-z]/i, 'one … per …'],
  [/\b(?:bytes|requests|rows|sessions) an? (?:hour|minute|second)\b/i, '… per …'],
];

test('the documents are in plain English', () => {
  const written = pages.filter(({ text }) => !text.startsWith('<!-- Generated'));
  const found = written.flatMap(({ path, text }) =>
    text
      .replaceAll(/`[^`\n]*`/g, '')
      .split('\n')
      .flatMap((line, at) =>
        phrases
          .filter(([phrase]) => phrase.test(line))
          .map(([phrase, better]) => `${path}:${at + 1} ${phrase.exec(line)?.[0]}: write ${better}`),
      ),
  );
  expect(found).toEqual([]);
});
