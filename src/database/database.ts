import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { APPLICATION, WORKER } from './client.ts';
import { followClock } from './clock.ts';
import { startEmbedded } from './embedded.ts';
import type { LockWait } from './file-lock.ts';
import { inTransaction, openPool, serverOf, type Address } from './pool.ts';
import { detectPooler, type Pooler } from './pooler.ts';

/** An open database: its sessions, Drizzle on them, and `close`. */
export interface Database extends Address {
  /** Sessions for transactions. */
  pool: Pool;
  /**
   * One session for short statements that come between the transactions, and lock nothing that those do. In the pool,
   * they would open sessions that transactions use afterwards, and each session plans each statement for itself.
   */
  brief: Pool;
  orm: NodePgDatabase;
  close(): Promise<void>;
}

/** Data folder of the embedded Postgres, relative to the working directory. */
export const EMBEDDED_DIRECTORY = '.data/postgres';

/** Number of sessions in both pools together (docs/library.md). */
const MOST_SESSIONS = 8;

/** Timeout of a query, because a connection that was lost without notice never responds. */
const LONGEST_QUERY_MS = 60_000;

/**
 * Options of opening a database: the folder of the embedded one, the name of the sessions, and the pooler, which is
 * detected unless given.
 */
export interface OpenOptions extends LockWait {
  directory?: string;
  name?: string;
  pooler?: Pooler;
}

/** Opens the database at the URL, or the embedded one. A lost idle connection is replaced at the next use. */
export async function openDatabase(
  databaseUrl: string | undefined,
  { directory = EMBEDDED_DIRECTORY, name = APPLICATION, pooler: known, ...wait }: OpenOptions = {},
): Promise<Database> {
  const embedded = databaseUrl === undefined ? await startEmbedded(directory, wait) : undefined;
  const url = databaseUrl ?? embedded?.url ?? '';
  const pooler = known ?? (await detectPooler(url)); // reads the clock, and reports a wrong address clearly, before anything else starts
  const open = (max: number) => openPool({ url, pooler }, { max, queryTimeoutMs: LONGEST_QUERY_MS, name });
  const [{ pool, close: closePool }, { pool: brief, close: closeBrief }] = [open(MOST_SESSIONS - 1), open(1)];
  const clock = followClock(brief);
  if (known) await clock.firstRead;
  const close = async () => {
    clock.stop();
    await Promise.all([closePool(), closeBrief()]);
    await embedded?.close();
  };
  return { pool, brief, orm: drizzle(pool), url, pooler, close };
}

/** Borrows the sessions of the user's pool, which stays open when this database is closed. */
export async function borrowDatabase(lender: Pool): Promise<Database> {
  const pooler = await detectPooler(serverOf({ url: '', lender }));
  const address: Address = { url: '', pooler, lender };
  const { pool } = openPool(address, { max: lender.options.max, queryTimeoutMs: LONGEST_QUERY_MS });
  const clock = followClock(pool);
  await clock.firstRead;
  return { ...address, pool, brief: pool, orm: drizzle(pool), close: async () => clock.stop() };
}

/** Returns true if a worker is connected to the database. */
export async function workerIsThere(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select from pg_stat_activity where application_name = $1 and datname = current_database() limit 1',
    [WORKER],
  );
  return rowCount === 1;
}

/**
 * Runs a function in one transaction: committed when it returns, rolled back when it throws. Throws a RefusedError if
 * Postgres refuses its writes. The function may send the `COMMIT` itself, behind its last statements.
 */
export function transaction<T>(
  pool: Pool,
  work: (client: PoolClient, commit: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, 'begin isolation level read committed', work);
}

/** Runs a function in one transaction that reads one state of the database throughout, and may write. */
export function steadyTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, 'begin isolation level repeatable read', work);
}

const BEGIN_SNAPSHOT = `begin isolation level repeatable read read only; set local enable_seqscan = off`;

/** Runs a function that reads one state of the database, and cannot write. */
export function snapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, BEGIN_SNAPSHOT, work);
}

/**
 * Waits for pipelined statements, which Postgres executes in order. Throws the error of the first that failed, because
 * later errors only report that the transaction is aborted.
 */
export async function pipelined<T extends readonly Promise<unknown>[]>(
  sent: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(sent);
  return Promise.all(sent);
}

/** A session; one that is lent may lack what the socket of Node.js has. */
interface Session {
  connection?: { stream?: { cork?: () => void; uncork?: () => void } };
}

/**
 * Begins statements that go out in one piece: each write to a socket takes the system as long as a small statement takes us.
 * What `work` begins later is sent by itself.
 */
export function sentTogether<T>({ connection }: Session, work: () => T): T {
  connection?.stream?.cork?.();
  try {
    return work();
  } finally {
    connection?.stream?.uncork?.();
  }
}

/**
 * Returns SQL that waits for the write lock of a source, whose name is an expression, and keeps it until the end of the
 * transaction.
 */
export function sourceLock(name: string): string {
  return `pg_advisory_xact_lock(hashtext('checkout-sync'), hashtext(${name}))`;
}

// Sequential scans are off, because a plan from when a table was small would read the whole table for each page until
// the next ANALYZE. With lookups by key one plan per statement stays good; planning again for each page takes a sixth
// of Postgres' work.
const LOCK_SOURCE = `select ${sourceLock('$1')}, set_config('enable_seqscan', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true)`;

/**
 * Allows one transaction at a time to write a source's rows, in whichever account: the rows it compares do not change
 * until its commit, and the change feed is in commit order.
 */
export async function lockSource(client: ClientBase, { name }: { name: string }): Promise<void> {
  await client.query({ name: 'checkout_sync_lock', text: LOCK_SOURCE, values: [name] });
}
