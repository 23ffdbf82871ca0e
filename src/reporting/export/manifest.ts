import type { ClientBase } from 'pg';
import { z } from 'zod';
import { mayRead } from './relations.ts';

/** Version of the names and types of the views in schema `analytics`: to them, columns are only added. */
const CONTRACT_VERSION = 1;

/** Version of the manifest itself. */
const MANIFEST_VERSION = 1;

/** A file with rows, in a manifest. */
export interface ExportedFile {
  file: string;
  rows: number;
  bytes: number;
  columns: { name: string; type: string; parquetType?: string }[];
}

/** An exported view or table, in a manifest. */
export interface ExportedRelation extends ExportedFile {
  name: string;
  kind: 'view' | 'table';
  /** Of an export since a `seq`: the ids whose rows the rows of `file` replace. */
  replaces?: ExportedFile;
}

/** Freshness of a stream. */
export interface StreamFreshness {
  source: string;
  account: string;
  stream: string;
  completeUntil: string | null;
  fullUntil: string | null;
}

/** Contents of an export. */
export interface Manifest {
  manifestVersion: number;
  createdBy: string;
  /** The moment of the snapshot. */
  snapshotAt: string;
  contractVersion: number;
  format: string;
  /** The watermark of each source that the rows have changed since; null for a whole export. */
  sinceSeq: Record<string, number> | null;
  /** The newest change of each source in the snapshot: the next --since-seq. */
  lastSeq: Record<string, number>;
  streams: StreamFreshness[];
  exports: ExportedRelation[];
}

/** The parts of a manifest that do not depend on the exported relations. */
export type ManifestHead = Pick<Manifest, 'manifestVersion' | 'snapshotAt' | 'contractVersion' | 'streams'>;

const READ_FRESHNESS = `
select source, account, stream, to_json(complete_until) #>> '{}' as "completeUntil", to_json(full_until) #>> '{}' as "fullUntil"
from analytics.freshness order by 1, 2, 3`;

/** Reads the moment of the snapshot, and the freshness of the streams in it. */
export async function readManifestHead(client: ClientBase): Promise<ManifestHead> {
  const { rows: moments } = await client.query<{ now: string }>(`select to_json(now()) #>> '{}' as now`);
  const isShown = await mayRead(client, 'analytics', 'freshness');
  const { rows: streams } = isShown ? await client.query<StreamFreshness>(READ_FRESHNESS) : { rows: [] };
  return {
    manifestVersion: MANIFEST_VERSION,
    snapshotAt: moments[0]?.now ?? '',
    contractVersion: CONTRACT_VERSION,
    streams,
  };
}

const fileShape = z.object({ file: z.string().regex(/^[\w%.!~*'()-]+$/) });
const manifestShape = z.object({
  manifestVersion: z.number(),
  createdBy: z.string().startsWith('checkout-sync '),
  exports: z.array(fileShape.extend({ replaces: fileShape.optional() })),
});

/** Returns the files that a manifest of an export lists; undefined if the text is not such a manifest. */
export function filesOfManifest(text: string): string[] | undefined {
  const { success, data } = manifestShape.safeParse(parsed(text));
  if (!success) return undefined;
  return data.exports.flatMap(({ file, replaces }) => [file, ...(replaces ? [replaces.file] : [])]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
