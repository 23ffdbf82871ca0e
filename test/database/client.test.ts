import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, formatError } from '../../src/model/errors.ts';
import { connect } from '../../src/database/client.ts';

const path = (name: string) => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));

/** A server that takes TLS as Postgres does, with this certificate, and says no more. */
async function serverWithTls(name: string): Promise<string> {
  const [key, cert] = [readFileSync(path(`${name}.key`)), readFileSync(path(`${name}.pem`))];
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the client hangs up
    socket.once('data', () => {
      socket.write('S');
      new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => undefined);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `postgres://localhost:${(server.address() as AddressInfo).port}/db?sslmode=verify-full`;
}

const trusted = `&sslrootcert=${path('ca.pem')}`;

test.each([
  ['good', '', /^is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\): add sslrootcert=/],
  ['other', trusted, /^is for another host \(ERR_TLS_CERT_ALTNAME_INVALID, DNS:other\.example\): use a name of/],
  ['expired', trusted, /^is not valid at this time \(CERT_HAS_EXPIRED\): it must be renewed/],
])(
  'a refused certificate (%s%s) is said with DATABASE_URL and the remedy, in one line',
  async (name, options, line) => {
    const failure = await connect((await serverWithTls(name)) + options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'FatalError', code: 'CS2104' });
    const [, said = ''] =
      /^the certificate of localhost:\d+ \(DATABASE_URL\) ([^\n]*)$/.exec(formatError(failure)) ?? [];
    expect(said).toMatch(line);
  },
);

/** Starts a server that sends these bytes after the first bytes of a connection, and hangs up. */
async function serverThatSays(answer: string | Buffer): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the client hangs up
    socket.once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `postgres://user:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/db`;
}

/** A refusal as Postgres sends it. */
function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

test.each([
  ['28000', 'no pg_hba.conf entry for host "10.0.0.1", user "user", database "db", no encryption'],
  ['28000', 'no pg_hba.conf entry for host "10.0.0.1", user "user", database "db", SSL off'],
  ['28000', 'pg_hba.conf rejects connection for host "10.0.0.1", user "user", database "db", no encryption'],
  ['08P01', 'SSL required'],
  ['28000', 'connection is insecure (try using `sslmode=require`)'],
  ['XX000', 'SSL connection is required. Please specify SSL options and retry.'],
])('a server that wants TLS is said with the remedy, in one line: %s %s', async (code, message) => {
  const url = await serverThatSays(refusal(code, message));
  const failure = await connect(url).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'FatalError', code: 'CS2108' });
  expect(formatError(failure)).toMatch(
    /^[^\n]*is not encrypted \([^\n]*\): add sslmode=require to DATABASE_URL[^\n]*$/,
  );
});

test('a server that has no TLS is said with the remedy', async () => {
  const url = await serverThatSays('N');
  const failure = await connect(`${url}?sslmode=verify-full`).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'FatalError', code: 'CS2108' });
  expect(formatError(failure)).toMatch(/takes no encrypted connection: remove sslmode from DATABASE_URL/);
});

test('a certificate file that is not there is a wrong setting', async () => {
  const url = 'postgres://127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/none.pem';
  await expect(connect(url)).rejects.toThrow(ConfigError);
  await expect(connect(url)).rejects.toThrow(/^DATABASE_URL cannot be used: ENOENT.*none\.pem/);
});
