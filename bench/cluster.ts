import { readdir, readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/database/embedded.ts';

/** A Postgres server for the duration of the benchmark, with the settings of the embedded one. */
export interface Cluster {
  /** Its data directory. */
  directory: string;
  /** Creates a database of this name, replacing an older one, empty or as a copy of another, and returns its URL. */
  create(name: string, template?: string): Promise<string>;
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server in a directory of its own; closing removes both. */
export async function startCluster(): Promise<Cluster> {
  const parent = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-'));
  const directory = join(parent, 'postgres');
  const postgres = await startEmbedded(directory);
  const drop = (name: string) => query(postgres.tcpUrl, `drop database if exists ${name} with (force)`);
  return {
    directory,
    drop,
    async create(name, template = 'template0') {
      await drop(name);
      await query(postgres.tcpUrl, `create database ${name} template ${template}`);
      return new URL(`/${name}`, postgres.tcpUrl).href;
    },
    async close() {
      await postgres.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Runs statements one after the other in a session of their own. */
async function query(url: string, ...statements: string[]): Promise<void> {
  await session(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** Runs a function with a session. */
export async function session<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Finishes all pending work of a database: dead rows, hint bits (those on new statistics included) and dirty pages. */
export const settle = (url: string) => query(url, 'vacuum analyze', 'vacuum', 'checkpoint');

/** The tables of a schema, as `"schema"."name"`. */
export function tablesOf(url: string, schema: string): Promise<string[]> {
  return session(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = $1 order by 1`,
      [schema],
    );
    return rows.map(({ name }) => name);
  });
}

/** Returns how many rows these tables have together. */
export function countRows(url: string, tables: readonly string[]): Promise<number> {
  return session(url, async (client) => {
    let sum = 0;
    for (const table of tables) {
      const { rows } = await client.query<{ rows: number }>(`select count(*)::int as rows from ${table}`);
      sum += rows[0]?.rows ?? 0;
    }
    return sum;
  });
}

/** Returns how many rows of these tables were inserted or updated since the database was created. Sessions report when they end. */
export function rowsWritten(url: string, tables: readonly string[]): Promise<number> {
  return session(url, async (client) => {
    const { rows } = await client.query<{ rows: number }>(
      `select coalesce(sum(n_tup_ins + n_tup_upd), 0)::int as rows from pg_stat_user_tables
       where format('%I.%I', schemaname, relname) = any($1)`,
      [tables],
    );
    return rows[0]?.rows ?? 0;
  });
}

const TICKS_PER_SECOND = 100;

/** CPU time of the server on a data directory and of all its sessions, past ones included; NaN without `/proc`. */
export async function postgresCpuSeconds(directory: string): Promise<number> {
  try {
    const [pid = ''] = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n');
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const ticks = await Promise.all(processes.map((name) => ticksOf(name, pid)));
    return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** Ticks of the postmaster with its ended children, or of one of its running children. */
async function ticksOf(pid: string, postmaster: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  if (pid === postmaster) return user + system + endedUser + endedSystem;
  return fields[1] === postmaster ? user + system : 0;
}
