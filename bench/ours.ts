import type { Run } from '../src/sync/sync.ts';
import type { VerifyResult } from '../src/sync/verification.ts';
import type { Cluster } from './cluster.ts';
import { environmentOf, type Cost } from './measure.ts';
import { runJson, type Served } from './processes.ts';

const inChild = <T>(task: string, cluster: Cluster, databaseUrl: string, source: Served) =>
  measured<T>('measured.ts', [task], { cluster, databaseUrl, source });

/** Database and source of a measured process. */
export interface MeasuredPlace {
  cluster: Cluster;
  databaseUrl: string;
  source: Served;
}

const measured = <T>(
  file: string,
  args: readonly string[],
  { cluster, databaseUrl, source: { url, token } }: MeasuredPlace,
) =>
  runJson<T & Cost>(file, args, {
    ...environmentOf({ databaseUrl, directory: cluster.directory, sourceUrl: url }),
    SOURCE_TOKEN: token,
    NODE_OPTIONS: `--import=${new URL('../src/module-hooks.ts', import.meta.url).href}`,
  });

/**
 * Walks all sessions of a source into a database, in a process of its own; a warm one has done so before. Throws if the
 * walk is not complete.
 */
export async function walkOurs(
  mode: 'full' | 'incremental' | 'warm',
  cluster: Cluster,
  databaseUrl: string,
  source: Served,
): Promise<Run & Cost> {
  const run = await inChild<Run>(mode, cluster, databaseUrl, source);
  if (run.outcome !== 'complete' || run.mode !== (mode === 'warm' ? 'full' : mode) || run.rejected > 0)
    throw new Error(`the walk is not complete: ${JSON.stringify(run)}`);
  return run;
}

/** Stores all sessions of a source without any guard, in a process of its own: see bench/floor.ts. */
export const runFloor = (sessions: number, place: MeasuredPlace): Promise<Cost> =>
  measured<object>('floor.ts', [String(sessions)], place);

/** Parses all pages of a source with `JSON.parse` again and again, in a process of its own; returns the CPU time of one page. */
export const parsePages = (sessions: number, { url, token }: Served): Promise<{ cpuSeconds: number }> =>
  runJson('parse.ts', [String(sessions)], { SOURCE_URL: url, SOURCE_TOKEN: token });

/** Verifies a database, in a process of its own. Throws when anything differs. */
export async function verifyOurs(cluster: Cluster, databaseUrl: string, source: Served): Promise<VerifyResult & Cost> {
  const verified = await inChild<VerifyResult>('verify', cluster, databaseUrl, source);
  const { missing, extra, different, error } = verified;
  if (missing + extra + different > 0 || error !== undefined)
    throw new Error(`the database is not as the source: ${JSON.stringify(verified)}`);
  return verified;
}
