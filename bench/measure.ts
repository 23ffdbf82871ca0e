import pg from 'pg';
import { ask, cpuSeconds, type ServerStats } from './control.ts';
import { postgresCpuSeconds } from './cluster.ts';

/** The place where a measured process works, passed in its environment. */
export interface Place {
  databaseUrl: string;
  /** Data directory of the Postgres server. */
  directory: string;
  sourceUrl: string;
}

/** The cost of a piece of work. The engine's CPU time and memory are those of this process. */
export interface Cost {
  durationMs: number;
  cpuSeconds: number;
  /** Peak of the process since it started. */
  peakMb: number;
  walBytes: number;
  requests: number;
  sourceCpuSeconds: number;
  /** NaN if the system does not report it. */
  postgresCpuSeconds: number;
}

/** The place that the environment of a measured process names. */
export function placeOf({ DATABASE_URL = '', POSTGRES_DIRECTORY = '', SOURCE_URL = '' }: NodeJS.ProcessEnv): Place {
  return { databaseUrl: DATABASE_URL, directory: POSTGRES_DIRECTORY, sourceUrl: SOURCE_URL };
}

/** The environment of a measured process. */
export const environmentOf = ({ databaseUrl, directory, sourceUrl }: Place) => ({
  DATABASE_URL: databaseUrl,
  POSTGRES_DIRECTORY: directory,
  SOURCE_URL: sourceUrl,
});

/** Position in the write-ahead log, in bytes. */
export async function walPosition(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>("select pg_current_wal_lsn() - '0/0' as bytes");
  return Number(rows[0]?.bytes);
}

/** Does the work of this process, and returns its result with the cost to this process, Postgres and the source. */
export async function measure<T extends object>(place: Place, work: () => Promise<T>): Promise<T & Cost> {
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  const before = await reading(place, client);
  const start = ownCost();
  const result = await work();
  const end = ownCost();
  const after = await reading(place, client);
  await client.end();
  return {
    ...result,
    durationMs: end.at - start.at,
    cpuSeconds: end.cpu - start.cpu,
    peakMb: process.resourceUsage().maxRSS / 1024,
    walBytes: after.wal - before.wal,
    requests: after.source.requests - before.source.requests,
    sourceCpuSeconds: after.source.cpuSeconds - before.source.cpuSeconds,
    postgresCpuSeconds: after.postgres - before.postgres,
  };
}

/** Read right before and after the work: to ask the others costs more than a page. */
const ownCost = () => ({ at: performance.now(), cpu: cpuSeconds() });

async function reading({ directory, sourceUrl }: Place, client: pg.ClientBase) {
  const source = await ask<ServerStats>(sourceUrl, 'stats');
  const postgres = await postgresCpuSeconds(directory);
  return { wal: await walPosition(client), source, postgres };
}
