import pg, { type Client, type ClientConfig } from 'pg';

/** The name our sessions carry in `pg_stat_activity`. */
export const APPLICATION = 'checkout-sync';

/** Opens one session of its own. When it is lost, the next query on it fails; nothing else happens. */
export async function connect(connectionString: string, config: ClientConfig = {}): Promise<Client> {
  const client = new pg.Client({ ...config, connectionString });
  client.on('error', () => undefined); // without a listener, a lost idle session would end the process
  await client.connect();
  return client;
}
