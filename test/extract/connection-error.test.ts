import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { formatError, FatalError, RetryableError } from '../../src/model/errors.ts';
import { PROXY_PASSWORD, startForwardProxy } from '../support/forward-proxy.ts';
import { startPolar } from '../support/polar.ts';
import { get, httpOf, polarAt } from '../support/source.ts';

const PATH = '/v1/checkouts/';

/** Certificates for 127.0.0.1 of an authority of our own, made with openssl for a hundred years; `expired` for a day of 2020, `future` from 2090 on. */
const pem = (name: string) => readFileSync(new URL(`../support/tls/${name}`, import.meta.url), 'utf8');

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const https = (name: string, options = {}) =>
  listening(
    createServer({ cert: pem(`${name}.pem`), key: pem(`${name}.key`), ...options }, (_request, response) =>
      response.end('{"it":"works"}'),
    ),
  );

const trusted = getCACertificates('default');

/** Returns the outcome of a GET over TLS, and the number of requests it took. */
async function ask(port: number, settings = {}) {
  const http = httpOf(polarAt({ url: `https://127.0.0.1:${port}` }, settings));
  const outcome = await get(http, PATH);
  return { outcome, requests: http.sent(), said: formatError(outcome) };
}

beforeAll(() => setDefaultCACertificates([...trusted, pem('ca.pem')]));
afterAll(() => setDefaultCACertificates(trusted)); // the tests that this process runs next do not expect it

test.each([
  ['expired', /is not valid at this time \(CERT_HAS_EXPIRED\): it must be renewed, or this machine's clock/],
  ['future', /is not valid at this time \(CERT_NOT_YET_VALID\)/],
  ['other', /is for another host \(ERR_TLS_CERT_ALTNAME_INVALID\): check POLAR_API_URL \(.*IP: 127\.0\.0\.1/],
])('a certificate that is wrong (%s) ends it after one request, with what to do', async (name, says) => {
  const { outcome, requests, said } = await ask(await https(name));
  expect([outcome, requests]).toEqual([expect.any(FatalError), 1]);
  expect(said).toMatch(says);
  expect(said).toMatch(/^the certificate of https:\/\/127\.0\.0\.1:\d+ /);
});

test('an authority that is not known ends it after one request, and NODE_EXTRA_CA_CERTS is named', async () => {
  setDefaultCACertificates(trusted);
  onTestFinished(() => setDefaultCACertificates([...trusted, pem('ca.pem')]));
  const { outcome, requests, said } = await ask(await https('good'));
  expect([outcome, requests]).toEqual([expect.any(FatalError), 1]);
  expect(said).toMatch(/is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\): set NODE_EXTRA_CA_CERTS to a file/);
});

test('a port that speaks no TLS, or only an old one, ends it after one request', async () => {
  const plain = await listening(createHttpServer((_request, response) => response.end('{}')));
  const old = await https('good', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  for (const port of [plain, old]) {
    const { outcome, requests, said } = await ask(port);
    expect([outcome, requests]).toEqual([expect.any(FatalError), 1]);
    expect(said).toMatch(/supports no TLS version that this machine supports \(ERR_SSL_\w+\): check POLAR_API_URL/);
  }
});

test('what may pass is tried again, and each warning names the cause', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const http = httpOf(polarAt({ url: 'https://api.polar.invalid' }), {}, log);
  expect(await get(http, PATH)).toBeInstanceOf(RetryableError);
  expect(http.sent()).toBe(3);
  expect(lines).toHaveLength(3);
  for (const line of lines)
    expect(line).toMatch(/no response to GET \/v1\/checkouts\/ \(getaddrinfo \w+ api\.polar\.invalid\)/);
});

test('an https address is reached through HTTPS_PROXY, with its password', async () => {
  const proxy = await startForwardProxy();
  const port = await https('good');
  expect((await ask(port, { HTTPS_PROXY: proxy.url })).outcome).toEqual({ it: 'works' });
  expect((await ask(port, { HTTP_PROXY: proxy.url })).outcome).toEqual({ it: 'works' });
  expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${port}`, `CONNECT 127.0.0.1:${port}`]);
  expect((await ask(port, { HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost,127.0.0.0/8' })).outcome).toEqual({
    it: 'works',
  });
  expect(proxy.asked).toHaveLength(2);
});

test('an http address is reached through HTTP_PROXY or http_proxy', async () => {
  const [proxy, polar] = [await startForwardProxy(), await startPolar({ links: 3, checkouts: 3 })];
  for (const name of ['HTTP_PROXY', 'http_proxy'])
    expect(await get(httpOf(polarAt(polar, { [name]: proxy.url })), PATH)).toMatchObject({
      pagination: { total_count: 3 },
    });
  expect(proxy.asked).toEqual([`GET ${polar.url}${PATH}`, `GET ${polar.url}${PATH}`]);
});

test('a proxy that refuses is named, without its password, and asked again', async () => {
  const proxy = await startForwardProxy();
  const wrong = proxy.url.replace('user:', 'somebody:');
  const port = await https('good');
  const tunnel = await ask(port, { HTTPS_PROXY: wrong });
  const plain = httpOf(polarAt({ url: 'http://127.0.0.1:1' }, { HTTP_PROXY: wrong }));
  for (const { outcome, requests, said } of [
    tunnel,
    { outcome: await get(plain, PATH), requests: plain.sent(), said: '' },
  ]) {
    expect([outcome, requests]).toEqual([expect.any(RetryableError), 3]);
    const text = said || formatError(outcome);
    expect(text).toMatch(
      /^no response to GET \/v1\/checkouts\/ through the proxy http:\/\/127\.0\.0\.1:\d+, which refuses the user or password of HTTPS_PROXY or HTTP_PROXY \(.*407/,
    );
    expect(text).not.toContain(PROXY_PASSWORD);
  }
});
