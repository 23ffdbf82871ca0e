import type { Client } from 'pg';
import { connect, APPLICATION } from './client.ts';
import { settingsText } from './session-settings.ts';

const BEGIN_READING = 'begin isolation level repeatable read read only';

/**
 * Runs a function that reads one state of the database throughout, on a session of its own, which may copy data out.
 * The signal closes the session.
 */
export async function readSnapshot<T>(
  url: string,
  work: (client: Client) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const client = await connect(url, { application_name: APPLICATION, keepAlive: true }); // not pipelined, which COPY cannot be
  const close = () => void client.end();
  signal.addEventListener('abort', close, { once: true });
  try {
    await client.query(`${BEGIN_READING}; ${settingsText('local', 0)}`);
    return await work(client);
  } catch (error) {
    signal.throwIfAborted(); // otherwise only a lost connection would be reported
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    await client.end();
  }
}
