import pg, { type Client, type ClientConfig } from 'pg';
import { certificateFault, type CertificateFault } from '../model/certificate.ts';
import { systemCodeOf } from '../model/error-code-of.ts';
import { ConfigError, formatError, FatalError } from '../model/errors.ts';
import { ownParsers } from './parsers.ts';

/** The URL of a database, or the `pg` configuration of a user's pool. */
export type ServerAddress = string | ClientConfig;

/** The name of our sessions in `pg_stat_activity`. */
export const APPLICATION = 'checkout-sync';

/** The name of a worker's sessions. */
export const WORKER = 'checkout-sync worker';

/** Timeout of connecting to a host that does not respond. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Matches the messages of servers and poolers that refuse a connection because it lacks TLS. */
const NEEDS_TLS = /no encryption$|SSL off$|(SSL|TLS)( connection is|) required|connection is insecure/i;

/**
 * Opens a single session. If it is lost, only the next query on it fails. Throws a FatalError that names the address,
 * and a ConfigError if the URL names a file that cannot be read.
 */
export async function connect(address: ServerAddress, config: ClientConfig = {}): Promise<Client> {
  const server = typeof address === 'string' ? { connectionString: address } : address;
  const client = clientOf({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...server, ...config, types: ownParsers });
  client.on('error', () => undefined); // without a listener, a lost idle session would end the process
  try {
    await client.connect();
  } catch (error) {
    throw connectionRefusal(client, error);
  }
  return client;
}

function clientOf(config: ClientConfig): Client {
  try {
    return new pg.Client(config);
  } catch (error) {
    throw new ConfigError('CS1203', `DATABASE_URL cannot be used: ${formatError(error)}`);
  }
}

/** Message for each fault of a certificate, with the remedy. */
const REMEDY: Record<CertificateFault, (found: string) => string> = {
  dates: (found) => `is not valid at this time (${found}): it must be renewed, or this machine's clock put right`,
  host: (found) => `is for another host (${found}): use a name of the certificate as the host in DATABASE_URL`,
  trust: (found) =>
    `is not trusted (${found}): add sslrootcert=<file with the provider's CA> to DATABASE_URL; docs/operations.md says where to get it`,
};

/**
 * Returns the error of a failed connection. Node's message about a certificate names options of Node, so only its code
 * and the names are used.
 */
function connectionRefusal({ host, port, database }: Client, error: unknown): FatalError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = formatError(error);
  const fault = certificateFault(code);
  if (fault) {
    const [, names] = /.*altnames: (.*)/.exec(text) ?? [];
    const found = [code, ...(names === undefined ? [] : [names])].join(', ');
    return new FatalError('CS2104', `the certificate of ${host}:${port} (DATABASE_URL) ${REMEDY[fault](found)}`);
  }
  if (NEEDS_TLS.test(text))
    return new FatalError(
      'CS2108',
      `${host}:${port} (DATABASE_URL) refuses a connection that is not encrypted (${text}): add sslmode=require to DATABASE_URL, or let it in by pg_hba.conf`,
    );
  if (/does not support SSL/.test(text))
    return new FatalError(
      'CS2108',
      `${host}:${port} (DATABASE_URL) takes no encrypted connection: remove sslmode from DATABASE_URL if the network in between is yours`,
    );
  return new FatalError(
    systemCodeOf(error) ?? 'CS2101',
    `cannot connect to database ${database} at ${host}:${port} (DATABASE_URL)`,
    { cause: error },
  );
}
