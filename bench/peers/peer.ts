import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster.ts';
import { environmentOf, type Cost } from '../measure.ts';
import { runJson, type Served } from '../processes.ts';

/** A published engine that checkout-sync is compared with. */
export interface Peer {
  /** Its folder here. */
  folder: string;
  /** Name of the npm package. */
  name: string;
  version: string;
  /** True if it requests the line items of each session, one request after the other. */
  isPerSession: boolean;
}

export const peers: readonly Peer[] = [
  { folder: 'stripe', name: '@stripe/sync-engine', version: '1.0.32', isPerSession: false },
  { folder: 'supabase', name: '@supabase/stripe-sync-engine', version: '0.48.5', isPerSession: true },
];

/** The table in which both store checkout sessions. */
export const PEER_TABLES = ['stripe.checkout_sessions', 'stripe.checkout_session_line_items'];

/** Installs a peer into its own folder, if it is missing. */
export async function install({ folder, name, version }: Peer): Promise<void> {
  const cwd = fileURLToPath(new URL(`${folder}/`, import.meta.url));
  const isThere = await stat(`${cwd}node_modules/${name}`).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  // The newest stripe is outside the range that Supabase's engine declares.
  const args = ['install', '--legacy-peer-deps', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  await promisify(execFile)('npm', args, { cwd }).catch((error: unknown) => {
    throw new Error(`${name} ${version} could not be installed in ${folder}`, { cause: error });
  });
}

/** A backfill of all checkout sessions by a peer, in a process of its own. Throws if it reports errors. */
export async function runPeer(peer: Peer, cluster: Cluster, databaseUrl: string, source: Served): Promise<Cost> {
  const place = environmentOf({ databaseUrl, directory: cluster.directory, sourceUrl: source.url });
  const { errors, ...cost } = await runJson<Cost & { errors: number }>(`peers/${peer.folder}/run.ts`, [], place);
  if (errors > 0) throw new Error(`${peer.name} reports ${errors} errors`);
  return cost;
}
