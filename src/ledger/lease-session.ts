import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { APPLICATION, connect, type ServerAddress } from '../database/client.ts';
import { settingsText } from '../database/session-settings.ts';

/** Interval of heartbeats; shorter than any likely timeout of an idle session. */
const HEARTBEAT_MS = 1000;

/** Timeout of a heartbeat, after which the session counts as lost without notice. */
const ANSWER_MS = 10_000;

/** Pause before another try, and the longest wait for the server to close a session. */
const [REOPEN_MS, GOODBYE_MS] = [250, 1000];

/** Opens a session that shows that the holder of a lease is alive. */
export async function openLeaseSession(server: ServerAddress): Promise<Client> {
  const client = await connect(server, { application_name: APPLICATION, keepAlive: true, query_timeout: ANSWER_MS });
  try {
    await client.query(settingsText('session', ANSWER_MS));
    return client;
  } catch (error) {
    await client.end(); // an open session would keep the process alive
    throw error;
  }
}

/** Registers a session as the holder's. Returns false if the holder no longer has the lease. */
type Register = (client: Client) => Promise<boolean>;

/**
 * Keeps such a session busy, and replaces it as soon as it is lost, as long as the lease is ours. Returns a function
 * that closes it.
 */
export function keepLeaseSession(server: ServerAddress, first: Client, register: Register): () => Promise<void> {
  const closing = new AbortController();
  const kept = keep(server, first, register, closing.signal);
  return async () => {
    closing.abort();
    await kept;
  };
}

async function keep(server: ServerAddress, first: Client, register: Register, signal: AbortSignal): Promise<void> {
  let client: Client | undefined = first;
  while (client) {
    await untilLost(client, signal);
    client = await replace(server, register, signal);
  }
}

/**
 * Opens and registers another session, and retries until that succeeds. Returns undefined if none is needed any more.
 */
async function replace(server: ServerAddress, register: Register, signal: AbortSignal): Promise<Client | undefined> {
  while (!signal.aborted) {
    const client = await openLeaseSession(server).catch(() => undefined);
    const isOurs = client && (await register(client).catch(() => undefined));
    if (isOurs) return client;
    if (client) await end(client);
    if (isOurs === false) return undefined;
    await pause(REOPEN_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  return undefined;
}

/** Sends heartbeats until the session is lost or stops responding, or until the signal; then closes it. */
async function untilLost(client: Client, signal: AbortSignal): Promise<void> {
  const lost = new AbortController();
  client.once('end', () => lost.abort());
  const either = AbortSignal.any([signal, lost.signal]);
  const over = once(either, 'abort');
  while (!either.aborted) {
    await pause(HEARTBEAT_MS, undefined, { signal: either }).catch(() => undefined); // aborted: the loop ends
    if (!either.aborted) await Promise.race([client.query('select 1').catch(() => lost.abort()), over]);
  }
  await end(client);
}

/** Closes a session; does not wait for one that was lost without notice. */
async function end(client: Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), GOODBYE_MS);
  await client.end();
  clearTimeout(timer);
}
