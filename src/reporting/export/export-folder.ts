import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../model/errors.ts';
import { filesOfManifest, type Manifest } from './manifest.ts';

/** The name of the manifest. */
export const MANIFEST_FILE = 'manifest.json';

/** Where files are written until all of them are complete. */
export interface ExportFolder {
  /** The path at which a file is written. */
  pathOf: (file: string) => string;
  /** Replaces the files of the last export by those that were written, the manifest last. */
  publish: () => Promise<void>;
  /** Deletes what was not published. */
  close: () => Promise<void>;
}

/**
 * Opens a folder for files with these names, and creates it where there is none. Throws a ConfigError where it holds one of them
 * that no manifest of an export lists, unless such files may be replaced.
 */
export async function openExportFolder(
  folder: string,
  files: readonly string[],
  { force }: { force: boolean },
): Promise<ExportFolder> {
  await mkdir(folder, { recursive: true });
  const last = await filesOfLastExport(folder);
  const present = new Set(await readdir(folder));
  const foreign = [...files, MANIFEST_FILE].find((file) => present.has(file) && !last.includes(file));
  if (foreign !== undefined && !force)
    throw new ConfigError(
      'CS6208',
      `${join(folder, foreign)} is not of an earlier export: take another --out, or replace it with --force`,
    );
  const unpublished = await mkdtemp(join(folder, '.export-'));
  return {
    pathOf: (file) => join(unpublished, file),
    async publish() {
      await rm(join(folder, MANIFEST_FILE), { force: true }); // without it, what is there is not complete
      for (const file of last) await rm(join(folder, file), { force: true });
      for (const file of [...files, MANIFEST_FILE]) await rename(join(unpublished, file), join(folder, file));
    },
    close: () => rm(unpublished, { recursive: true, force: true }),
  };
}

async function filesOfLastExport(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const files = filesOfManifest(text);
  return files ? [...files, MANIFEST_FILE] : [];
}

/** Returns a manifest as its file has it. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
