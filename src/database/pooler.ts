import type { Client, ClientConfig, QueryConfig } from 'pg';
import { FatalError } from '../model/errors.ts';
import { APPLICATION, connect, type ServerAddress } from './client.ts';
import { CLOCK, readClock } from './clock.ts';

/** The pooler between us and Postgres: none, or one that lends a session to each client or to each transaction. */
export type Pooler = 'none' | 'session' | 'transaction';

/** Timeout after which a pooler is assumed to have no session left for a client. */
const WAIT_MS = 3000;

/** Number of turns after which two clients that each kept one session are assumed to own it. */
const TURNS = 8;

/**
 * Detects the pooler in front of a server, which other clients may use meanwhile. A pooler invents the process id of its
 * greeting. In transaction mode, two clients get the same session, or one client gets two. Sets the clock of this
 * process from the database's. Throws a FatalError for a pooler that allows no transactions.
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

async function backendOf(client: Client, timeoutMs?: number): Promise<number> {
  const text = `select pg_backend_pid() as pid, ${CLOCK} as time`;
  const query: QueryConfig & Pick<ClientConfig, 'query_timeout'> = { text, query_timeout: timeoutMs };
  const ask = () => client.query<{ pid: number; time: number }>(query);
  const row = await readClock(ask);
  if (!row) throw new Error('Postgres did not say its process id');
  return row.pid;
}

/**
 * Returns true if one of two clients that take turns gets another session, or the other client's. While the other one
 * holds a session, the client gets a different one; after that, the session that was used last.
 */
async function sharesSessions(client: Client, pid: number, server: ServerAddress): Promise<boolean> {
  const other = await connect(server, { application_name: APPLICATION, query_timeout: WAIT_MS });
  const isMoved = async () => (await withinWait(backendOf(client, WAIT_MS))) !== pid;
  try {
    const held = new Set<number>();
    for (let turn = 1; turn <= TURNS; turn++) {
      const taken = await withinWait(holdSession(other));
      if (taken === undefined) return await isMoved(); // the other one waits: only a session of its own overtakes it
      if (taken === pid || held.add(taken).size > 1 || (await isMoved())) return true;
      await other.query('rollback');
      if (await isMoved()) return true;
    }
    return false;
  } finally {
    await other.end();
  }
}

/** Begins a transaction, and returns its session. */
async function holdSession(other: Client): Promise<number> {
  try {
    await other.query('begin');
    return await backendOf(other);
  } catch (error) {
    if (!(error instanceof Error && /statement pooling/i.test(error.message))) throw error;
    throw new FatalError(
      'CS2106',
      'DATABASE_URL leads through a pooler in statement mode, which allows no transactions: set it to the server itself, or to a pooler in session or transaction mode',
    );
  }
}

/** Returns the session that a client gets, or undefined if the pooler has none left for it. */
async function withinWait(session: Promise<number>): Promise<number | undefined> {
  try {
    return await session;
  } catch (error) {
    if (error instanceof Error && /Query read timeout|query_wait_timeout/.test(error.message)) return undefined;
    throw error;
  }
}
