import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, formatError, FatalError } from '../../src/model/errors.ts';
import { connect } from '../../src/database/client.ts';

const certificate = (name: string) => readFileSync(new URL(`../support/certificates/${name}`, import.meta.url));

/** A server that takes TLS as Postgres does, with a certificate that nobody has signed, and says no more. */
async function untrustedServer(): Promise<string> {
  const [key, cert] = [certificate('self-signed-key.pem'), certificate('self-signed.pem')];
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the client hangs up
    socket.once('data', () => {
      socket.write('S');
      new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => undefined);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `postgres://127.0.0.1:${(server.address() as AddressInfo).port}/db`;
}

test('a certificate that is not trusted is said with DATABASE_URL and the remedy, in one line', async () => {
  const url = await untrustedServer();
  const failure = await connect(`${url}?sslmode=verify-full`).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FatalError);
  expect(formatError(failure)).toMatch(
    /^the certificate of 127\.0\.0\.1:\d+ \(DATABASE_URL\) is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): add sslrootcert=[^\n]*$/,
  );
});

test('a certificate file that is not there is a wrong setting', async () => {
  const url = 'postgres://127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/none.pem';
  await expect(connect(url)).rejects.toThrow(ConfigError);
  await expect(connect(url)).rejects.toThrow(/^DATABASE_URL cannot be used: ENOENT.*none\.pem/);
});
