import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg';
import { APPLICATION, connect, WORKER } from './client.ts';
import { startEmbedded } from './embedded.ts';
import { asRefusal } from './refusals.ts';

/** An open database: a pool of sessions, Drizzle on top of it, and the way to close both. */
export interface Database {
  pool: Pool;
  orm: NodePgDatabase;
  url: string;
  close(): Promise<void>;
}

/** Where the embedded Postgres keeps its data, from the working directory. */
export const EMBEDDED_DIRECTORY = '.data/postgres';

// Statements are written in one go and answered in order. A stopped process must not hold its locks for ever.
const SESSION = `set timezone = 'UTC'; set jit = off; set idle_in_transaction_session_timeout = '30s'`;

/** A connection that was lost in silence answers nothing: after this long a query counts as failed. */
const LONGEST_QUERY_MS = 60_000;

/** A pool of sessions of its own, where a query fails after so many milliseconds without an answer. */
export function openPool(
  url: string,
  max: number,
  queryTimeoutMs: number,
  name = APPLICATION,
): { pool: Pool; close: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: Math.min(10_000, queryTimeoutMs),
    query_timeout: queryTimeoutMs,
    verify: (client, done) => client.query(SESSION, (error) => done(error)),
  });
  pool.on('error', () => undefined); // the pool has already dropped the connection; whoever needs one gets a new one or an error
  pool.on('connect', (client) => client.on('error', () => undefined)); // nor is it said on a session in use: its query fails
  return { pool, close: () => pool.end() };
}

/** Opens the database at the URL, or the embedded one. A lost idle connection is replaced at the next use. */
export async function openDatabase(
  databaseUrl: string | undefined,
  { directory = EMBEDDED_DIRECTORY, name = APPLICATION } = {},
): Promise<Database> {
  const embedded = databaseUrl === undefined ? await startEmbedded(directory) : undefined;
  const url = databaseUrl ?? embedded?.url ?? '';
  await (await connect(url)).end(); // says clearly what is wrong with the address, before anything is begun
  const { pool, close: closePool } = openPool(url, 8, LONGEST_QUERY_MS, name);
  const close = async () => {
    await closePool();
    await embedded?.close();
  };
  return { pool, orm: drizzle(pool), url, close };
}

/** Whether a worker is connected to the database. */
export async function workerIsThere(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select from pg_stat_activity where application_name = $1 and datname = current_database() limit 1',
    [WORKER],
  );
  return rowCount === 1;
}

/**
 * Runs a function in one transaction: committed when it returns, rolled back when it throws. Throws a RefusedError where
 * Postgres refuses what it writes.
 */
export function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, 'begin', work);
}

const LOOK = `begin isolation level repeatable read read only; set local enable_seqscan = off`;

/** Runs a function that reads one state of the database, and can write nothing. */
export function snapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, LOOK, work);
}

async function inTransaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin); // awaited: without a transaction each statement of the work would commit by itself
    const result = await work(client);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error('Postgres rolled the transaction back instead of committing it');
    return result;
  } catch (error) {
    if (isLost(error)) broken = error;
    else await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw asRefusal(error);
  } finally {
    client.release(broken);
  }
}

/**
 * Waits for statements that were sent in one go, which Postgres answers in order; throws the error of the first that failed,
 * as later ones only say that the transaction is aborted.
 */
export async function together<T extends readonly Promise<unknown>[]>(
  sent: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(sent);
  return Promise.all(sent);
}

// A plan made while a table was small would read all of it for each page until the next ANALYZE: rows are always looked up by
// key. Then one plan of each statement is good for ever, and planning it anew for each page is a sixth of Postgres' work.
const LOCK_SOURCE = `select pg_advisory_xact_lock(hashtext('checkout-sync'), hashtext($1)), set_config('enable_seqscan', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true)`;

/** Lets one transaction at a time write a source's tables: what it compares stays as it is until its commit. */
export async function lockSource(client: ClientBase, source: string): Promise<void> {
  await client.query({ name: 'checkout_sync_lock', text: LOCK_SOURCE, values: [source] });
}

const passing = /^(08|40|53|57P0)/;
const lost =
  /Connection terminated|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|not queryable|Query read timeout|timeout exceeded when trying to connect/;

/** True when the session itself is gone, or answers no more: nothing can be asked of it. */
const isLost = (error: unknown): error is Error => error instanceof Error && lost.test(error.message);

/** True for an error that the same transaction may not meet again: a lost connection, a restart, a deadlock. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return passing.test(code) || lost.test(`${code} ${error.message}`);
}
