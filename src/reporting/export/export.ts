import { stat, writeFile } from 'node:fs/promises';
import type { Client } from 'pg';
import { readSnapshot } from '../../database/read-snapshot.ts';
import type { Entity } from '../../model/entity.ts';
import { manifestText, MANIFEST_FILE, withExportFolder, withExportLock, type ExportFolder } from './export-folder.ts';
import {
  changedRows,
  feedKeys,
  hasFeed,
  readFeedRanges,
  watermarksOf,
  type ChangedRows,
  type SinceSeq,
} from './feed-range.ts';
import { readManifestHead, type ExportedFile, type ExportedRelation, type Manifest } from './manifest.ts';
import { parquetColumn } from './parquet-columns.ts';
import { chooseRelations, listRelations, type ExportRelation } from './relations.ts';
import { writeParquet } from './write-parquet.ts';
import { writeText, type TextFormat } from './write-text.ts';

/** The format of the files. */
export type ExportFormat = 'parquet' | TextFormat;

/** Views and tables to export, with the format and the folder of their files. */
export interface ExportRequest {
  /** Views, tables and schemas; empty for all views for reports. */
  names: readonly string[];
  format: ExportFormat;
  /** Exports only rows that have changed since then; undefined for all rows. */
  since: SinceSeq | undefined;
  folder: string;
  /** Replaces files that are not of an earlier export as well. */
  force: boolean;
  createdBy: string;
  /** Receives a sentence while another export writes into the folder. */
  say?: (message: string) => void;
}

/** The database to export from. */
export interface ExportDatabase {
  url: string;
  /** The entities of each source. */
  sources: ReadonlyMap<string, readonly Entity[]>;
}

/** Receives the number of bytes of a file that are written so far. */
export type OnExported = (file: string, bytes: number) => void;

/** A relation to export, and its rows. */
interface ExportTask extends ChangedRows {
  relation: ExportRelation;
  file: string;
  idsFile?: string;
}

/** One file to write. */
type RowsFile = Pick<ExportRelation, 'columns' | 'kind'> & { file: string; from: string };

/** The tasks of an export, and the manifest without their results. */
interface ExportPlan {
  tasks: ExportTask[];
  head: Omit<Manifest, 'exports'>;
}

/**
 * Writes views and tables into files, all from one snapshot, and a manifest of them. The files appear when all are complete.
 * While another export writes into the same folder, it waits before it reads, and holds no session.
 * Throws a ConfigError for names that cannot be exported, and a FatalError if the change feed does not reach back far enough.
 */
export function exportFiles(
  { url, sources }: ExportDatabase,
  request: ExportRequest,
  onExported: OnExported,
  signal: AbortSignal,
): Promise<Manifest> {
  const work = async (client: Client) => {
    const { tasks, head } = await planExport(client, sources, request);
    const files = tasks.flatMap(({ file, idsFile }) => [file, ...(idsFile === undefined ? [] : [idsFile])]);
    const write = async (folder: ExportFolder) => {
      const exports = await writeTasks({ client, folder, request, onExported }, tasks, signal);
      const manifest = { ...head, exports };
      await writeFile(folder.pathOf(MANIFEST_FILE), manifestText(manifest));
      await folder.publish();
      return manifest;
    };
    return withExportFolder({ ...request, files }, write);
  };
  const { folder, say } = request;
  return withExportLock(folder, () => readSnapshot(url, work, signal), { signal, say });
}

async function planExport(
  client: Client,
  sources: ExportDatabase['sources'],
  { names, since, format, createdBy }: ExportRequest,
): Promise<ExportPlan> {
  const keys = feedKeys(sources);
  const all = await listRelations(client, [...sources.keys()]);
  const chosen = chooseRelations(all, names);
  const feeds = await readFeedRanges(client, [...sources.keys()]);
  if (since !== undefined && chosen.some(({ name }) => keys.has(name))) chooseRelations(all, ['sync.changes']); // which says what is changed
  const watermarks = since === undefined ? undefined : watermarksOf({ since, chosen, keys, feeds });
  const tasks = chosen.map((relation): ExportTask => {
    const rows = watermarks ? changedRows(relation, keys, watermarks) : { from: relation.sqlName };
    const name = encodeURIComponent(relation.name);
    return { relation, ...rows, file: `${name}.${format}`, ...(rows.ids && { idsFile: `${name}.ids.${format}` }) };
  });
  const head = {
    ...(await readManifestHead(client)),
    createdBy,
    format,
    sinceSeq: watermarks ? Object.fromEntries(watermarks) : null,
    lastSeq: Object.fromEntries([...feeds].map(([source, { lastSeq }]) => [source, lastSeq])),
  };
  return { tasks, head };
}

/** Context of the files that one export writes. */
interface ExportSession {
  client: Client;
  folder: ExportFolder;
  request: ExportRequest;
  onExported: OnExported;
}

async function writeTasks(
  session: ExportSession,
  tasks: readonly ExportTask[],
  signal: AbortSignal,
): Promise<ExportedRelation[]> {
  const exports: ExportedRelation[] = [];
  for (const { relation, file, from, ids, idsFile } of tasks) {
    signal.throwIfAborted();
    const { name, kind, columns } = relation;
    const rows = await writeFileOf(session, { kind, columns, file, from });
    const replaces =
      ids && idsFile !== undefined
        ? await writeFileOf(session, {
            kind,
            columns: [{ name: ids.column, type: ids.sqlType }],
            file: idsFile,
            from: ids.from,
          })
        : undefined;
    exports.push({ name, kind, ...rows, ...(replaces && { replaces }) });
  }
  return exports;
}

async function writeFileOf(
  { client, folder, request, onExported }: ExportSession,
  { file, from, columns, kind }: RowsFile,
): Promise<ExportedFile> {
  const { format, createdBy } = request;
  const path = folder.pathOf(file);
  const onBytes = (bytes: number) => onExported(file, bytes);
  const describe = async (rows: number, described: ExportedFile['columns']): Promise<ExportedFile> => ({
    file,
    rows,
    bytes: (await stat(path)).size,
    columns: described,
  });
  if (format !== 'parquet')
    return describe(await writeText(client, format, { path, columns, from }, onBytes), [...columns]);
  const typed = columns.map((column) => ({ column, parquet: parquetColumn(column, kind === 'view') }));
  const parquetColumns = typed.map(({ parquet }) => parquet);
  const rows = await writeParquet(client, { path, columns: parquetColumns, from, createdBy }, onBytes);
  return describe(
    rows,
    typed.map(({ column, parquet: { parquetType } }) => ({ ...column, parquetType })),
  );
}

/** A view or table that can be exported. */
export interface Exportable extends Pick<ExportRelation, 'name' | 'schema' | 'kind' | 'comment'> {
  /** True where --since-seq can be used. */
  hasFeed: boolean;
}

/** Returns the views and tables that the role of the URL can export. */
export function listExportable({ url, sources }: ExportDatabase, signal: AbortSignal): Promise<Exportable[]> {
  const work = async (client: Client) => {
    const keys = feedKeys(sources);
    const all = await listRelations(client, [...sources.keys()]);
    return all
      .filter(({ isReadable }) => isReadable)
      .map((relation) => ({
        name: relation.name,
        schema: relation.schema,
        kind: relation.kind,
        comment: relation.comment,
        hasFeed: hasFeed(relation, keys),
      }));
  };
  return readSnapshot(url, work, signal);
}
