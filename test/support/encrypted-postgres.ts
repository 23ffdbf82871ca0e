import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbedded } from '../../src/database/embedded.ts';
import { withClient } from './database-pool.ts';
import { atEnd } from './shared.ts';

/** Files of a certificate, and of the authority that signed it. */
export interface Certificate {
  ca: string;
  cert: string;
  key: string;
}

/** Roles of this one may not log in without TLS. */
export const ENCRYPTED = 'encrypted_only';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** Makes a certificate for these hosts, and an authority that nobody knows. */
async function makeCertificate(folder: string, hosts: readonly string[]): Promise<Certificate> {
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join()}\n`;
  await writeFile(join(folder, 'names'), names);
  await openssl('req', '-x509', ...EC, '-subj', '/CN=an authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  await openssl('req', ...EC, '-subj', '/CN=a server', '-keyout', 'server.key', '-out', 'server.csr');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1', '-days', '2'];
  await openssl('x509', '-req', '-in', 'server.csr', ...signer, '-extfile', 'names', '-out', 'server.pem');
  return { ca: join(folder, 'ca.pem'), cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
}

/** Lets a Postgres with this data directory take TLS with the certificate. */
async function encrypt(directory: string, { cert, key }: Certificate, url: string): Promise<void> {
  const { uid, gid } = await stat(directory);
  for (const [from, to] of [
    [cert, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    await writeFile(join(directory, to), await readFile(from), { mode: 0o600 });
    await chown(join(directory, to), uid, gid);
  }
  const rules = join(directory, 'pg_hba.conf');
  await writeFile(rules, `hostnossl all +${ENCRYPTED} all reject\n${await readFile(rules, 'utf8')}`);
  await withClient(url, async (client) => {
    await client.query(`create role ${ENCRYPTED}`);
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
  });
}

/** Starts a Postgres that takes TLS as well, with a certificate for these hosts; stopped at the end. */
export async function startEncryptedPostgres(hosts: readonly string[]): Promise<{ url: string } & Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-encrypted-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const certificate = await makeCertificate(folder, hosts);
  const directory = join(folder, 'postgres');
  const server = await startEmbedded(directory);
  atEnd(() => server.close());
  await encrypt(directory, certificate, server.tcpUrl);
  await Promise.all([chmod(folder, 0o755), chmod(certificate.key, 0o644)]); // PgBouncer may run as another user
  return { url: server.tcpUrl, ...certificate };
}
