import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  allowed,
  circles,
  clausesIn,
  declarationsOf,
  importsOf,
  loadedWith,
  namesakes,
  readsEnvironment,
  violations,
  type Import,
} from './architecture.ts';

const LONGEST_FILE = 300;

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = globSync('**/*.ts', { cwd: src })
  .map((path) => path.replaceAll('\\', '/'))
  .map((path) => ({ path, text: readFileSync(src + path, 'utf8') }));

const root = fileURLToPath(new URL('../', import.meta.url));
const commented = globSync('{src,bench,scripts,test}/**/*.{ts,mjs}', {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(root + path, 'utf8') }));

const imports = files.flatMap(({ path, text }) => importsOf(path, text));

const use = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly });

test('every file imports only what is below it in the house', () => {
  expect(violations(imports)).toEqual([]);
});

test('every part that the rules name is there', () => {
  const parts = new Set(files.map(({ path }) => path.split('/')[0]));
  const named = [...Object.keys(allowed), ...Object.values(allowed).flat()];
  expect(named.filter((part) => !parts.has(part))).toEqual([]);
});

test('no files import each other in a circle', () => {
  expect(circles(imports)).toEqual([]);
  expect(circles([use('a.ts', 'b.ts'), use('b.ts', 'c.ts', true), use('c.ts', 'a.ts')])).toEqual([
    'a.ts -> b.ts -> c.ts -> a.ts',
  ]);
});

test('before a command runs, no package but commander is loaded', () => {
  const loaded = [...loadedWith('main.ts', imports)].filter((name) => !name.startsWith('node:'));
  expect(loaded.filter((name) => !name.endsWith('.ts'))).toEqual(['commander']);
  expect(loaded.length).toBeLessThan(45);
});

test('only config/environment.ts reads the environment', () => {
  expect(files.filter(({ text }) => readsEnvironment(text)).map(({ path }) => path)).toEqual(['config/environment.ts']);
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = files.filter(({ text }) => text.split('\n').length - 1 > LONGEST_FILE);
  expect(long.map(({ path }) => path)).toEqual([]);
});

/** Names that are declared twice all the same: schemas of the database, which are called as what they hold, and a type of column. */
const NAMESAKES = [
  'fynn: sources/fynn/index.ts, sources/fynn/schema.ts',
  'instant: database/sync-schema.ts, sources/fynn/schema.ts, sources/polar/schema.ts',
  'polar: sources/polar/index.ts, sources/polar/schema.ts',
  'sync: database/sync-schema.ts, sync/sync.ts',
];

test('a name is declared by one file, so that it has one meaning', () => {
  expect(namesakes(files).toSorted()).toEqual(NAMESAKES);
});

test('sources may share names among each other, but with nothing else', () => {
  const text = 'const count = 1;\nexport async function* pages() {}\n';
  const file = (path: string) => ({ path, text });
  expect(declarationsOf(text)).toEqual(['count', 'pages']);
  expect(namesakes([file('sources/polar/a.ts'), file('sources/fynn/a.ts')])).toEqual([]);
  const both = ['count: load/a.ts, sources/fynn/a.ts', 'pages: load/a.ts, sources/fynn/a.ts'];
  expect(namesakes([file('sources/fynn/a.ts'), file('load/a.ts')])).toEqual(both);
  expect(namesakes([file('sources/polar/a.ts'), file('sources/polar/b.ts')])).toHaveLength(2);
});

test('every import there is gets read', () => {
  const written = /^(?:import|export|\}).* from '|^import '|\bimport\('/gm;
  for (const { path, text } of files)
    expect(importsOf(path, text), path).toHaveLength(text.match(written)?.length ?? 0);
});

test('an import is read in each of its forms', () => {
  const text = `#!/usr/bin/env node
import pg from 'pg';
import * as all from './all.ts';
import type { A } from '../a.ts';
import { type B, b as c } from '../load/b.ts';
import './effect.ts';
import {
  d,
  e,
} from '../extract/d.ts';
export { f } from './f.ts';
export type { G } from './g.ts';
export * from './h.ts';
export const words = () => 'not an import';
const later = await import('./later.ts');
// from 'nowhere'
`;
  expect(importsOf('admin/metrics.ts', text)).toEqual([
    use('admin/metrics.ts', 'pg'),
    use('admin/metrics.ts', 'admin/all.ts'),
    use('admin/metrics.ts', 'a.ts', true),
    use('admin/metrics.ts', 'load/b.ts'),
    use('admin/metrics.ts', 'admin/effect.ts'),
    use('admin/metrics.ts', 'extract/d.ts'),
    use('admin/metrics.ts', 'admin/f.ts'),
    use('admin/metrics.ts', 'admin/g.ts', true),
    use('admin/metrics.ts', 'admin/h.ts'),
    { ...use('admin/metrics.ts', 'admin/later.ts'), isDynamic: true },
  ]);
});

test.each([
  ['program.ts', 'commands/sync.ts'],
  ['commands/worker.ts', 'worker.ts'],
  ['commands/run-demo.ts', 'simulator/simulator.ts'],
  ['commands/simulate.ts', 'simulator/simulator.ts'],
  ['simulator/serve.ts', 'simulator/polar/polar.ts'],
  ['worker.ts', 'queue/schedule.ts'],
  ['queue/processor.ts', 'sync/sync.ts'],
  ['queue/backend.ts', 'bullmq'],
  ['admin/webhooks.ts', 'load/webhooks.ts'],
  ['sync/sync.ts', 'extract/walk.ts'],
  ['sync/sync.ts', 'load/commit.ts'],
  ['extract/walk.ts', 'model/stream.ts'],
  ['extract/walk.ts', 'extract/span.ts'],
  ['load/commit.ts', 'ledger/lease.ts'],
  ['load/write.ts', 'drizzle-orm/pg-core'],
  ['database/tables.ts', 'drizzle-orm/pg-core'],
  ['sources/index.ts', 'sources/polar/index.ts'],
  ['config/config.ts', 'sources/index.ts'],
  ['sources/polar/product.ts', 'sources/polar/media.ts'],
  ['sources/polar/product.ts', 'drizzle-orm/pg-core'],
  ['sources/polar/api.ts', 'model/errors.ts'],
  ['model/stream.ts', 'model/json.ts'],
])('%s may import %s', (from, to) => {
  expect(violations([use(from, to)])).toEqual([]);
});

test.each([
  ['extract/walk.ts', 'load/commit.ts', 'is not below extract'],
  ['extract/walk.ts', 'database/pool.ts', 'is not below extract'],
  ['load/commit.ts', 'extract/http.ts', 'is not below load'],
  ['load/commit.ts', 'sync/sync.ts', 'is not below load'],
  ['ledger/runs.ts', 'load/commit.ts', 'is not below ledger'],
  ['normalize/rows.ts', 'ledger/runs.ts', 'is not below normalize'],
  ['database/pool.ts', 'normalize/rows.ts', 'is not below database'],
  ['extract/http.ts', 'config/config.ts', 'is not below extract'],
  ['load/commit.ts', 'sources/index.ts', 'is not below load'],
  ['sync/sync.ts', 'sources/index.ts', 'is not below sync'],
  ['sync/sync.ts', 'commands/sync.ts', 'is not below sync'],
  ['sync/sync.ts', 'config/config.ts', 'is not below sync'],
  ['commands/sync.ts', 'program.ts', 'is not below commands'],
  ['queue/processor.ts', 'worker.ts', 'is not below queue'],
  ['queue/processor.ts', 'admin/status.ts', 'is not below queue'],
  ['admin/status.ts', 'queue/queue.ts', 'is not below admin'],
  ['admin/health.ts', 'commands/status.ts', 'is not below admin'],
  ['model/stream.ts', 'database/tables.ts', 'is not below model'],
  ['simulator/serve.ts', 'extract/http.ts', 'is not below simulator'],
  ['helpers/text.ts', 'model/json.ts', 'is imported by helpers, which has no place in test/architecture.ts yet'],
  ['sources/polar/api.ts', 'extract/http.ts', 'is not below sources'],
  ['sources/polar/index.ts', 'sources/fynn/index.ts', 'belongs to another source'],
  ['sources/polar/index.ts', 'sources/index.ts', 'belongs to another source'],
  ['sources/polar/index.ts', 'config/config.ts', 'is not below sources'],
  ['model/stream.ts', 'drizzle-orm/pg-core', 'may be imported by model as a type only'],
  ['normalize/rows.ts', 'drizzle-orm/pg-core', 'may be imported by normalize as a type only'],
  ['sync/sync.ts', 'drizzle-orm', 'is for load/, ledger/, database/, reporting/ and entity files'],
  ['commands/status.ts', 'drizzle-orm/pg-core', 'is for load/, ledger/, database/, reporting/ and entity files'],
  ['sources/index.ts', 'drizzle-orm/pg-core', 'is for load/, ledger/, database/, reporting/ and entity files'],
  ['worker.ts', 'bullmq', 'is for queue/'],
  ['commands/sync.ts', 'simulator/simulator.ts', 'is for the commands demo and simulate'],
  ['config/config.ts', '../package.json', 'lies outside src/'],
  ['database/migrate.ts', '../test/support/database.ts', 'lies outside src/'],
])('%s may not import %s', (from, to, reason) => {
  expect(violations([use(from, to)])).toEqual([`src/${from} imports ${to}, which ${reason}`]);
});

test('what may be imported as a type may not be imported otherwise', () => {
  expect(violations([use('model/stream.ts', 'drizzle-orm/pg-core', true)])).toEqual([]);
});

test.each([
  ['const token = process.env.POLAR_ACCESS_TOKEN;', true],
  [`const token = process['env'].POLAR_ACCESS_TOKEN;`, true],
  ['const { env } = process;', true],
  [`import { env } from 'node:process';`, true],
  ['// process.env is read in environment.ts', false],
  ['/** Never reads process.env. */', false],
  ['process.exit(1);', false],
])('reads the environment: %s %s', (text, expected) => {
  expect(readsEnvironment(text)).toBe(expected);
});

test('a JSDoc comment begins with a noun or a verb', () => {
  const folders = new Set(commented.map(({ path }) => path.split('/')[0]));
  expect(folders).toEqual(new Set(['bench', 'scripts', 'src', 'test']));
  const clauses = commented.flatMap(({ path, text }) => clausesIn(text).map((line) => `${path}: ${line}`));
  expect(clauses).toEqual([]);
});

test.each([
  ['/** What is exported. */', ['What is exported.']],
  ['  /** Whether it ends, and\n   * how. */', ['Whether it ends, and']],
  ['/**\n * If it ends.\n */', ['If it ends.']],
  ['/** Whatever is exported. */', []],
  ['/** Returns what is exported. */', []],
  ["const text = '/** What is exported. */';", []],
  ['// What is exported.', []],
])('clauses in: %j', (text, expected) => {
  expect(clausesIn(text)).toEqual(expected);
});
