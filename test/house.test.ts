import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importsOf, readsEnvironment, violations, type Import } from './house.ts';

const LONGEST_FILE = 300;

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = globSync('**/*.ts', { cwd: src })
  .map((path) => path.replaceAll('\\', '/'))
  .map((path) => ({ path, text: readFileSync(src + path, 'utf8') }));

const use = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly });

test('every file imports only what is below it in the house', () => {
  expect(violations(files.flatMap(({ path, text }) => importsOf(path, text)))).toEqual([]);
});

test('only config.ts reads the environment', () => {
  expect(files.filter(({ text }) => readsEnvironment(text)).map(({ path }) => path)).toEqual(['config.ts']);
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = files.filter(({ text }) => text.split('\n').length - 1 > LONGEST_FILE);
  expect(long.map(({ path }) => path)).toEqual([]);
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
  expect(importsOf('ops/metrics.ts', text)).toEqual([
    use('ops/metrics.ts', 'pg'),
    use('ops/metrics.ts', 'ops/all.ts'),
    use('ops/metrics.ts', 'a.ts', true),
    use('ops/metrics.ts', 'load/b.ts'),
    use('ops/metrics.ts', 'ops/effect.ts'),
    use('ops/metrics.ts', 'extract/d.ts'),
    use('ops/metrics.ts', 'ops/f.ts'),
    use('ops/metrics.ts', 'ops/g.ts', true),
    use('ops/metrics.ts', 'ops/h.ts'),
    use('ops/metrics.ts', 'ops/later.ts'),
  ]);
});

test.each([
  ['program.ts', 'commands/sync.ts'],
  ['program.ts', 'load/migrate.ts'],
  ['commands/worker.ts', 'worker.ts'],
  ['commands/demo.ts', 'simulator/simulator.ts'],
  ['commands/simulate.ts', 'simulator/simulator.ts'],
  ['simulator/serve.ts', 'simulator/polar/polar.ts'],
  ['worker.ts', 'queue/schedule.ts'],
  ['queue/processor.ts', 'sync.ts'],
  ['queue/backend.ts', 'bullmq'],
  ['ops/webhooks.ts', 'sync.ts'],
  ['sync.ts', 'extract/walk.ts'],
  ['sync.ts', 'pull.ts'],
  ['pull.ts', 'engine.ts'],
  ['sync.ts', 'load/commit.ts'],
  ['extract/walk.ts', 'stream.ts'],
  ['extract/walk.ts', 'extract/span.ts'],
  ['load/write.ts', 'drizzle-orm/pg-core'],
  ['reporting/views.ts', 'drizzle-orm'],
  ['sources/index.ts', 'sources/polar/index.ts'],
  ['sources/polar/product.ts', 'sources/polar/media.ts'],
  ['sources/polar/product.ts', 'drizzle-orm/pg-core'],
  ['sources/polar/api.ts', 'errors.ts'],
  ['stream.ts', 'json.ts'],
])('%s may import %s', (from, to) => {
  expect(violations([use(from, to)])).toEqual([]);
});

test.each([
  ['extract/walk.ts', 'load/commit.ts', 'is not below extract'],
  ['load/commit.ts', 'extract/http.ts', 'is not below load'],
  ['load/commit.ts', 'sync.ts', 'is not below load'],
  ['extract/http.ts', 'config.ts', 'is not below extract'],
  ['load/commit.ts', 'sources/index.ts', 'is not below load'],
  ['sync.ts', 'sources/index.ts', 'is not below sync.ts'],
  ['sync.ts', 'commands/sync.ts', 'is not below sync.ts'],
  ['sync.ts', 'config.ts', 'is not below sync.ts'],
  ['pull.ts', 'sync.ts', 'is not below pull.ts'],
  ['engine.ts', 'sync.ts', 'is not below engine.ts'],
  ['load/commit.ts', 'engine.ts', 'is not below load'],
  ['commands/sync.ts', 'program.ts', 'is not below commands'],
  ['queue/processor.ts', 'worker.ts', 'is not below queue'],
  ['ops/health.ts', 'commands/status.ts', 'is not below ops'],
  ['stream.ts', 'load/tables.ts', 'is not below stream.ts'],
  ['errors.ts', 'config.ts', 'is not below errors.ts'],
  ['simulator/serve.ts', 'extract/http.ts', 'is not below simulator'],
  ['helpers/text.ts', 'json.ts', 'is imported by helpers, which has no place in test/house.ts yet'],
  ['sources/polar/api.ts', 'extract/http.ts', 'is not below sources'],
  ['sources/polar/api.ts', 'instant.ts', 'is not below sources'],
  ['sources/polar/index.ts', 'sources/fynn/index.ts', 'belongs to another source'],
  ['sources/polar/index.ts', 'sources/index.ts', 'belongs to another source'],
  ['sources/polar/index.ts', 'config.ts', 'may be imported by a source as a type only'],
  ['stream.ts', 'drizzle-orm/pg-core', 'may be imported by stream.ts as a type only'],
  ['sync.ts', 'drizzle-orm', 'is for load/, reporting/ and entity files'],
  ['commands/status.ts', 'drizzle-orm/pg-core', 'is for load/, reporting/ and entity files'],
  ['sources/index.ts', 'drizzle-orm/pg-core', 'is for load/, reporting/ and entity files'],
  ['worker.ts', 'bullmq', 'is for queue/'],
  ['commands/sync.ts', 'simulator/simulator.ts', 'is for the commands demo and simulate'],
  ['config.ts', '../package.json', 'lies outside src/'],
  ['load/migrate.ts', '../test/database.ts', 'lies outside src/'],
])('%s may not import %s', (from, to, reason) => {
  expect(violations([use(from, to)])).toEqual([`src/${from} imports ${to}, which ${reason}`]);
});

test('what may be imported as a type may not be imported otherwise', () => {
  expect(violations([use('stream.ts', 'drizzle-orm/pg-core', true)])).toEqual([]);
  expect(violations([use('sources/polar/index.ts', 'config.ts', true)])).toEqual([]);
});

test.each([
  ['const token = process.env.POLAR_ACCESS_TOKEN;', true],
  [`const token = process['env'].POLAR_ACCESS_TOKEN;`, true],
  ['const { env } = process;', true],
  [`import { env } from 'node:process';`, true],
  ['// process.env is read in config.ts', false],
  ['/** Never reads process.env. */', false],
  ['process.exit(1);', false],
])('reads the environment: %s %s', (text, expected) => {
  expect(readsEnvironment(text)).toBe(expected);
});
