import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Manifest } from '../../src/reporting/export/manifest.ts';
import type { DuckDb } from './duckdb.ts';

/** A folder for exports; deleted after the test. */
export async function exportsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-export-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** The manifest of an export. */
export async function manifestIn(folder: string): Promise<Manifest> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  return manifest;
}

/** The watermarks of an export as an option of the next one. */
export const sinceSeqOf = ({ lastSeq }: Manifest) =>
  `--since-seq=${Object.entries(lastSeq)
    .map(([source, seq]) => `${source}=${seq}`)
    .join(',')}`;

const copyOf = (name: string) => `"copy of ${name}"`;

/** Brings copies of tables up to an export as docs/exports.md does: a whole one, or one of what has changed. */
export async function applyExport({ rows }: DuckDb, folder: string): Promise<void> {
  for (const { name, file, replaces } of (await manifestIn(folder)).exports) {
    const from = `from '${join(folder, file)}'`;
    if (!replaces) await rows(`create or replace table ${copyOf(name)} as ${from}`);
    else {
      const column = replaces.columns[0]?.name;
      await rows(`delete from ${copyOf(name)} where ${column} in (from '${join(folder, replaces.file)}')`);
      await rows(`insert into ${copyOf(name)} ${from}`);
    }
  }
}

/** The tables whose copies differ from an export. */
export async function copiesUnlike({ rows }: DuckDb, folder: string): Promise<string[]> {
  const unlike: string[] = [];
  for (const { name, file } of (await manifestIn(folder)).exports) {
    const sides = [`from ${copyOf(name)}`, `from '${join(folder, file)}'`];
    const only = async ([one = '', other = '']: string[]) => (await rows(`(${one}) except all (${other})`)).length;
    if ((await only(sides)) + (await only(sides.toReversed())) > 0) unlike.push(name);
  }
  return unlike;
}
