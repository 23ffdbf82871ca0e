import pg, { type Client, type ClientConfig } from 'pg';
import { FatalError } from '../errors.ts';

/** The name our sessions carry in `pg_stat_activity`. */
export const APPLICATION = 'checkout-sync';

/** The name that the sessions of a worker carry. */
export const WORKER = 'checkout-sync worker';

/** How long a host that does not answer is waited for. */
const TIMEOUT_MS = 10_000;

/** Opens one session of its own. When it is lost, the next query on it fails; nothing else happens. Throws a FatalError that names the address. */
export async function connect(connectionString: string, config: ClientConfig = {}): Promise<Client> {
  const client = new pg.Client({ connectionTimeoutMillis: TIMEOUT_MS, ...config, connectionString });
  client.on('error', () => undefined); // without a listener, a lost idle session would end the process
  try {
    await client.connect();
  } catch (error) {
    const { host, port, database } = client;
    throw new FatalError(`cannot connect to database ${database} at ${host}:${port} (DATABASE_URL)`, { cause: error });
  }
  return client;
}
