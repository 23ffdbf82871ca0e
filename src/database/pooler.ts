import type { Client, ClientConfig } from 'pg';
import { FatalError } from '../model/errors.ts';
import { APPLICATION, connect } from './client.ts';

/** What stands between us and Postgres: nothing, or a pooler that lends a session to each client, or to each transaction. */
export type Pooler = 'none' | 'session' | 'transaction';

/** How long a second client may wait for a session before the pooler counts as one that has none left to lend. */
const PATIENCE_MS = 3000;

/**
 * Finds out through what the URL leads. A pooler makes up the process id that it greets with; one in transaction mode gives
 * itself away when two clients meet in one session, or one client in two. Throws a FatalError for one without transactions.
 */
export async function detectPooler(url: string, limits: ClientConfig = {}): Promise<Pooler> {
  const client = await connect(url, { application_name: APPLICATION, ...limits });
  try {
    const pid = await backendOf(client);
    if ('processID' in client && client.processID === pid) return 'none';
    return (await sharesSessions(client, pid, url)) ? 'transaction' : 'session';
  } finally {
    await client.end();
  }
}

async function backendOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  if (!rows[0]) throw new Error('Postgres did not say its process id');
  return rows[0].pid;
}

/** Whether the client changes its session, or loses it to another one, which takes one and holds on to it. */
async function sharesSessions(client: Client, pid: number, url: string): Promise<boolean> {
  const isMoved = async () => (await backendOf(client)) !== pid;
  if (await isMoved()) return true;
  const other = await connect(url, { application_name: APPLICATION, query_timeout: PATIENCE_MS });
  try {
    const taken = await holdSession(other);
    if (taken === undefined) return false;
    const isShared = taken === pid || (await isMoved());
    await other.query('rollback');
    return isShared;
  } finally {
    await other.end();
  }
}

/** Begins a transaction; its session, or nothing where the pooler has none left. */
async function holdSession(other: Client): Promise<number | undefined> {
  try {
    await other.query('begin');
    return await backendOf(other);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (/statement pooling/i.test(error.message))
      throw new FatalError(
        'DATABASE_URL leads through a pooler in statement mode, which allows no transactions: set it to the server itself, or to a pooler in session or transaction mode',
      );
    if (/Query read timeout|query_wait_timeout/.test(error.message)) return undefined;
    throw error;
  }
}
