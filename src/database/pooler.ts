import type { Client, ClientConfig } from 'pg';
import { FatalError } from '../model/errors.ts';
import { APPLICATION, connect, type ServerAddress } from './client.ts';
import { CLOCK, readClock } from './clock.ts';

/** The pooler between us and Postgres: none, or one that lends a session to each client or to each transaction. */
export type Pooler = 'none' | 'session' | 'transaction';

/** Timeout after which the pooler is assumed to have no session left for a second client. */
const DETECTION_TIMEOUT_MS = 3000;

/**
 * Detects the pooler in front of a server. A pooler invents the process id of its greeting. In transaction mode, two
 * clients get the same session, or one client gets two. Sets the clock of this process from the database's. Throws a
 * FatalError for a pooler that allows no transactions.
 */
export async function detectPooler(server: ServerAddress, limits: ClientConfig = {}): Promise<Pooler> {
  const client = await connect(server, { application_name: APPLICATION, ...limits });
  try {
    const pid = await backendOf(client);
    if ('processID' in client && client.processID === pid) return 'none';
    return (await sharesSessions(client, pid, server)) ? 'transaction' : 'session';
  } finally {
    await client.end();
  }
}

async function backendOf(client: Client): Promise<number> {
  const ask = () => client.query<{ pid: number; time: number }>(`select pg_backend_pid() as pid, ${CLOCK} as time`);
  const row = await readClock(ask);
  if (!row) throw new Error('Postgres did not say its process id');
  return row.pid;
}

/** Returns true if the client's session changes, or goes to a second client that holds it in a transaction. */
async function sharesSessions(client: Client, pid: number, server: ServerAddress): Promise<boolean> {
  const isMoved = async () => (await backendOf(client)) !== pid;
  if (await isMoved()) return true;
  const other = await connect(server, { application_name: APPLICATION, query_timeout: DETECTION_TIMEOUT_MS });
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

/** Begins a transaction. Returns its session, or undefined if the pooler has none left. */
async function holdSession(other: Client): Promise<number | undefined> {
  try {
    await other.query('begin');
    return await backendOf(other);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (/statement pooling/i.test(error.message))
      throw new FatalError(
        'CS2106',
        'DATABASE_URL leads through a pooler in statement mode, which allows no transactions: set it to the server itself, or to a pooler in session or transaction mode',
      );
    if (/Query read timeout|query_wait_timeout/.test(error.message)) return undefined;
    throw error;
  }
}
