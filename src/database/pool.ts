import pg, { type Pool, type PoolClient, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';
import { hasCode } from '../model/errors.ts';
import { borrowPool } from './borrowed-pool.ts';
import { APPLICATION, type ServerAddress } from './client.ts';
import type { Pooler } from './pooler.ts';
import { ownParsers } from './parsers.ts';
import { asRefusal } from './refusals.ts';
import { settingsText } from './session-settings.ts';

/** The address at which sessions are opened. */
export interface Address {
  /** Empty if the sessions are lent. */
  url: string;
  pooler: Pooler;
  /** The user's pool that lends its sessions; undefined for sessions of our own. */
  lender?: Pool | undefined;
}

/**
 * Returns the configuration of a single session. The lender's query timeout does not apply to our sessions, such as
 * that of a long migration.
 */
export const serverOf = ({ url, lender }: Pick<Address, 'url' | 'lender'>): ServerAddress =>
  lender ? { ...lender.options, password: lender.options.password, query_timeout: 0 } : url; // pg hides the password from copies

/** Number of sessions in a pool, and the timeout of a query. */
export interface PoolLimits {
  max: number;
  queryTimeoutMs: number;
  name?: string;
  /** The search path, if the sessions are not shared. */
  searchPath?: string;
}

/** A pool, and the function that closes it. */
export interface OpenPool {
  pool: Pool;
  close: () => Promise<void>;
}

/**
 * Opens a pool of sessions. A query that exceeds the timeout fails here and on the server. Lent sessions remain the
 * lender's, who decides on their number; closing leaves them open.
 */
export function openPool(address: Address, limits: PoolLimits): OpenPool {
  if (address.lender) return { pool: lentPool(address.lender, limits), close: () => Promise.resolve() };
  const pool = address.pooler === 'transaction' ? sharedPool(address, limits) : ownPool(address, limits);
  pool.on('error', () => undefined); // the pool has already dropped the connection; the next query gets a new one or an error
  pool.on('connect', (client) => client.on('error', () => undefined)); // the query of a session in use fails by itself
  let closed: Promise<void> | undefined;
  return { pool, close: () => (closed ??= pool.end()) };
}

/**
 * Opens sessions before they are needed, until a pool has `sessions` or its maximum: amid other work, that takes
 * several times as long. A failure is ignored, and opening is tried again when needed.
 */
export function openAhead(pool: Pool, sessions: number): void {
  const wanted = Math.min(sessions, pool.options.max);
  if (pool.totalCount + pool.waitingCount >= wanted) return;
  const busy = pool.totalCount - pool.idleCount;
  for (let taken = busy; taken < wanted; taken++)
    pool.connect().then(
      (session) => session.release(),
      () => undefined,
    );
}

// Statements are pipelined, and executed in order.
const configOf = ({ url }: Address, { max, queryTimeoutMs, name = APPLICATION }: PoolLimits): PoolConfig => ({
  connectionString: url,
  application_name: name,
  max,
  types: ownParsers,
  pipeline: true,
  keepAlive: true,
  connectionTimeoutMillis: Math.min(10_000, queryTimeoutMs),
  query_timeout: queryTimeoutMs,
});

function ownPool(address: Address, limits: PoolLimits): Pool {
  const path = limits.searchPath === undefined ? '' : `; set search_path = ${limits.searchPath}`;
  const settings = settingsText('session', limits.queryTimeoutMs) + path;
  const verify: PoolConfig['verify'] = (client, done) => client.query(settings, (error) => done(error));
  return new pg.Pool({ ...configOf(address, limits), verify });
}

/** The first statements of each transaction, for pools whose sessions are shared with other clients. */
const preludes = new WeakMap<Pool, string>();

/**
 * Creates a pool that leaves nothing in a session, for a pooler in transaction mode: each query is a transaction with
 * its own settings, and no statement is prepared under a name.
 */
function sharedPool(address: Address, limits: PoolLimits): Pool {
  const pool: Pool = new pg.Pool(configOf(address, limits));
  pool.on('connect', leaveUnnamed);
  return Object.assign(pool, { query: settledQuery(pool, limits) });
}

/** Returns the user's pool, in whose sessions nothing is kept or changed for longer than a transaction. */
function lentPool(lender: Pool, limits: PoolLimits): Pool {
  const pool: Pool = borrowPool(lender, { queryTimeoutMs: limits.queryTimeoutMs, query: (...sent) => query(...sent) });
  const query = settledQuery(pool, limits);
  return pool;
}

/** Sends each statement to a pool as a transaction with settings of its own. */
function settledQuery(pool: Pool, { queryTimeoutMs }: PoolLimits) {
  preludes.set(pool, settingsText('local', queryTimeoutMs));
  return (statement: string | QueryConfig, values?: unknown[]) =>
    inTransaction(pool, 'begin isolation level read committed', (client) => client.query(statement, values));
}

function leaveUnnamed(client: PoolClient): void {
  const send: (statement: unknown, ...rest: unknown[]) => unknown = client.query.bind(client);
  const query = (statement: unknown, ...rest: unknown[]) => send(withoutName(statement), ...rest);
  Object.assign(client, { query });
}

const withoutName = (statement: unknown) =>
  typeof statement === 'object' && statement && 'name' in statement ? { ...statement, name: undefined } : statement;

/**
 * Runs a function in one transaction that begins with a statement: committed when it returns, rolled back when it
 * throws. Throws a RefusedError if Postgres refuses its writes. The function may send the `COMMIT` itself, behind its
 * last statements.
 */
export async function inTransaction<T>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient, commit: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let sent: Promise<QueryResult> | undefined;
  const commit = () => (sent ??= client.query('commit'));
  try {
    await client.query([begin, preludes.get(pool) ?? []].flat().join('; ')); // awaited, because without a transaction each statement would commit by itself
    const result = await work(client, commit);
    const { command } = await commit();
    if (command !== 'COMMIT') throw new Error('Postgres rolled the transaction back instead of committing it');
    return result;
  } catch (error) {
    if (isUseless(error)) broken = error;
    else await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw asRefusal(error);
  } finally {
    client.release(broken);
  }
}

const lost =
  /Connection terminated|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|not queryable|Query read timeout|timeout exceeded when trying to connect/;

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '');

/** True if the server refuses a write because it is read-only, as after a failover. */
export const isReadOnly = (error: unknown): error is Error => hasCode(error, '25006');

/** True for a session that is lost, does not respond, or is on a read-only server. */
const isUseless = (error: unknown): error is Error =>
  isReadOnly(error) || (error instanceof Error && lost.test(error.message));

/**
 * Connection lost, conflict, resources, read-only, session or transaction cut, lock or statement waited too long,
 * restart, I/O.
 */
const passing = /^(08|40|53|58|25006|25P0[34]|55P03|57014|57P0)/;

/**
 * True for an error that the same transaction may not meet again: a lost connection, a restart, a failover, a lock, a
 * deadlock.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return passing.test(code) || lost.test(`${code} ${error.message}`);
}

/** True if Postgres cancelled a statement because of its lock or statement timeout. */
export const hasWaited = (error: unknown) => error instanceof Error && /^(55P03|57014)$/.test(codeOf(error));
