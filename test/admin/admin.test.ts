import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import { isLoopback } from '../../src/model/loopback.ts';
import { requireAdminToken } from '../../src/admin/admin.ts';
import { freshDatabase } from '../support/database.ts';
import { startService } from '../support/service.ts';

const TOKEN = 'a-token-of-the-operator';
const basic = (password: string) => `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`;

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** A request with headers that fetch would not let us set. */
function ask(base: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, fail) => {
    request(new URL(path, base), { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', fail)
      .end();
  });
}

const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;

test.each(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'])('%s is this machine alone', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '127.0.0.1.evil.com', ''])(
  '%s is more than this machine',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test('on another address than a loopback one the service refuses to start without a token', () => {
  const open = { host: '0.0.0.0', port: 3000, adminToken: undefined };
  expect(() => requireAdminToken(open)).toThrow(ConfigError);
  expect(() => requireAdminToken(open)).toThrow(/^ADMIN_TOKEN must be set when HOST is 0\.0\.0\.0/);
  expect(() => requireAdminToken({ ...open, adminToken: TOKEN })).not.toThrow();
  expect(() => requireAdminToken({ ...open, host: '127.0.0.1' })).not.toThrow();
});

describe('on another address', () => {
  const start = async () =>
    (await startService(await freshDatabase(), { HOST: '0.0.0.0', ADMIN_TOKEN: TOKEN })).url.replace(
      '0.0.0.0',
      '127.0.0.1',
    );

  test('the pages of the operator want the token, as bearer or as password', async () => {
    const url = await start();
    for (const path of ['/', '/status.json', '/metrics', '/queues/', '/queues/api/queues']) {
      expect(await status(url, path), path).toBe(401);
      expect(await status(url, path, { authorization: 'Bearer wrong' }), path).toBe(401);
      expect(await status(url, path, { authorization: basic('wrong') }), path).toBe(401);
      expect(await status(url, path, { authorization: `Bearer ${TOKEN}` }), path).toBe(200);
      expect(await status(url, path, { authorization: basic(TOKEN) }), path).toBe(200);
    }
    expect((await ask(url, '/')).headers).toMatchObject({ 'www-authenticate': expect.stringContaining('Basic realm') });
  });

  test('behind a proxy the token opens the pages', async () => {
    const forwarded = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '192.0.2.1' };
    expect(await status(await start(), '/status.json', forwarded)).toBe(200);
  });

  test('health and webhooks are open', async () => {
    const url = await start();
    expect(await status(url, '/livez')).toBe(200);
    expect(await status(url, '/readyz')).toBe(200);
    expect(await status(url, '/webhooks/polar', {}, 'POST')).toBe(404); // no secret is set: it is off
  });
});

describe('on this machine', () => {
  const start = async () => (await startService(await freshDatabase(), {})).url;

  test('the pages are open, and carry security headers', async () => {
    const url = await start();
    const { status: code, headers } = await ask(url, '/');
    expect(code).toBe(200);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'nonce-/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
  });

  test('no cache keeps a page', async () => {
    const url = await start();
    for (const path of [
      '/',
      '/status.json',
      '/metrics',
      '/livez',
      '/readyz',
      '/queues/',
      '/queues/api/queues',
      '/none',
    ])
      expect((await ask(url, path)).headers, path).toMatchObject({ 'cache-control': 'no-store' });
  });

  test('without a token, what a proxy forwards is refused, whatever host it asks for', async () => {
    const url = await start();
    const forwarding = [
      'forwarded',
      'x-forwarded',
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-real-ip',
      'cf-ray',
      'via',
    ];
    for (const header of forwarding) {
      for (const path of ['/', '/status.json', '/metrics', '/queues/api/queues']) {
        const { status: code, body } = await ask(url, path, { [header]: '192.0.2.1' });
        expect([code, body], `${path} with ${header}`).toEqual([403, expect.stringContaining('set ADMIN_TOKEN')]);
      }
      expect(await status(url, '/livez', { [header]: '192.0.2.1' })).toBe(200);
    }
  });

  test('without a token, HTTP/1.0 is refused: nginx sends it by default, with no header that names the client', async () => {
    const { port, host } = new URL(await start());
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`GET /status.json HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.[01] 403 /);
  });

  test('a name that another site points here sees nothing', async () => {
    const url = await start();
    expect(await status(url, '/status.json', { host: 'evil.example' })).toBe(403);
    expect(await status(url, '/status.json', { host: `localhost:${new URL(url).port}` })).toBe(200);
    expect(await status(url, '/livez', { host: 'evil.example' })).toBe(200);
  });

  test('another site cannot make the browser act on the queue', async () => {
    const url = await start();
    const { queues } = JSON.parse((await ask(url, '/queues/api/queues')).body) as { queues: { name: string }[] };
    const empty = `/queues/api/queues/${queues[0]?.name}/pause`;
    expect(await status(url, empty, { origin: 'https://evil.example' }, 'PUT')).toBe(403);
    expect(await status(url, empty, { origin: 'null' }, 'PUT')).toBe(403);
    expect(await status(url, empty, { 'sec-fetch-site': 'cross-site' }, 'PUT')).toBe(403);
    expect(await status(url, empty, { 'sec-fetch-site': 'same-site' }, 'PUT')).toBe(403);
    expect(await status(url, empty, { 'sec-fetch-site': 'same-origin' }, 'PUT')).toBe(200);
    expect(await status(url, empty, { origin: new URL(url).origin }, 'PUT')).toBe(200);
  });
});

test('the port that is taken is named in one line', async () => {
  const { url } = await startService(await freshDatabase(), {});
  const { port } = new URL(url);
  await expect(startService(await freshDatabase(), { PORT: port })).rejects.toThrow(
    new RegExp(`^cannot listen on HOST 127\\.0\\.0\\.1, PORT ${port}: .*EADDRINUSE`),
  );
});
