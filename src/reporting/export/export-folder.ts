import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { withFileLock, type LockWait } from '../../database/file-lock.ts';
import { ConfigError, FatalError, formatError } from '../../model/errors.ts';
import { filesOfManifest, type Manifest } from './manifest.ts';

/** The name of the manifest. */
export const MANIFEST_FILE = 'manifest.json';

/** A folder of files that appear only when all of them are complete. */
export interface ExportFolder {
  /** Returns the path at which a file is written. */
  pathOf: (file: string) => string;
  /** Replaces the files of the last export by the written ones, the manifest last. */
  publish: () => Promise<void>;
}

/** The files of an export. */
interface ExportFiles {
  folder: string;
  files: readonly string[];
  /** Replaces files that are not of an earlier export as well. */
  force: boolean;
}

const LOCK_FILE = '.export.lock';
const UNPUBLISHED = '.export-';
const REPLACED_MANIFEST = 'manifest.replaced.json';

/**
 * Runs work while no other export writes into the folder, which is created if it is missing. Throws a FatalError if it cannot
 * be created.
 */
export async function withExportLock<T>(folder: string, work: () => Promise<T>, wait: LockWait): Promise<T> {
  await makeFolder(resolve(folder)).catch((error: unknown) => {
    throw new FatalError('CS6209', `${folder} cannot be a folder for files: ${formatError(error)}`);
  });
  return withFileLock(join(folder, LOCK_FILE), work, wait);
}

/**
 * Runs work that writes these files into a folder whose lock is held. Deletes files that were not published, and those that
 * killed exports left behind. Throws a ConfigError if the folder holds one of the files and no manifest of an export lists it,
 * unless such files may be replaced.
 */
export async function withExportFolder<T>(files: ExportFiles, work: (folder: ExportFolder) => Promise<T>): Promise<T> {
  const opened = await openFolder(files);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Creates a folder. Node.js's own recursive mkdir never ends in a folder that takes none, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw error; // another export may have made it
  });
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function openFolder({ folder, files, force }: ExportFiles) {
  const left = await leftFolders(folder);
  const last = await filesOfManifests([folder, ...left]);
  const present = new Set(await readdir(folder));
  const foreign = [...files, MANIFEST_FILE].find((file) => present.has(file) && !last.includes(file));
  if (foreign !== undefined && !force)
    throw new ConfigError(
      'CS6208',
      `${join(folder, foreign)} is not from an earlier export: use another --out, or replace it with --force`,
    );
  const unpublished = await mkdtemp(join(folder, UNPUBLISHED));
  let isHalfPublished = false;
  return {
    pathOf: (file: string) => join(unpublished, file),
    async publish() {
      isHalfPublished = true; // from here the manifests in the hidden folder say whose the files are
      if (present.has(MANIFEST_FILE)) await rename(join(folder, MANIFEST_FILE), join(unpublished, REPLACED_MANIFEST));
      for (const file of last) await rm(join(folder, file), { force: true });
      for (const file of [...files, MANIFEST_FILE]) await rename(join(unpublished, file), join(folder, file));
      for (const path of left) await rm(path, { recursive: true });
      isHalfPublished = false;
    },
    async close() {
      if (!isHalfPublished) await rm(unpublished, { recursive: true, force: true });
    },
  };
}

/** Returns the folders that killed exports left behind. */
async function leftFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const left = entries.filter((entry) => entry.isDirectory() && /^\.export-\w{6}$/.test(entry.name));
  return left.map(({ name }) => join(folder, name));
}

/** Returns the files that the manifests in these folders list, and the manifest. */
async function filesOfManifests(folders: readonly string[]): Promise<string[]> {
  const paths = folders.flatMap((folder) => [join(folder, MANIFEST_FILE), join(folder, REPLACED_MANIFEST)]);
  const listed: string[] = [];
  for (const path of paths) {
    const files = filesOfManifest(await readIfThere(path));
    if (files) listed.push(...files, MANIFEST_FILE);
  }
  return [...new Set(listed)];
}

const readIfThere = (path: string) =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** Returns a manifest as its file has it. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
