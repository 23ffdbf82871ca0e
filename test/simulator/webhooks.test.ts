import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeSimulator } from '../../src/commands/simulate.ts';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { call } from '../support/run.ts';
import { checkouts, first, present, simulate } from '../support/ask.ts';

/** A webhook as an endpoint got it. */
interface Got {
  path: string;
  headers: Record<string, string>;
  body: string;
  event: { type: string; timestamp: string; data: Record<string, unknown>; api_version: string };
}

type Respond = (response: ServerResponse, number: number) => unknown;

const accept: Respond = (response) => response.writeHead(202).end();
const refuse: Respond = (response) => response.writeHead(500).end();

/** An endpoint for one test; `respond` gets how many webhooks came before. */
async function endpoint(respond: Respond = accept) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    void received(request).then((webhook) => respond(response, got.push(webhook) - 1));
  });
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?of=polar`, got, server };
}

/** Resolves when the first connection has ended. */
function disconnected(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('connection', (socket) => socket.once('close', () => resolve()));
  });
}

async function received(request: IncomingMessage): Promise<Got> {
  const body = await text(request);
  return { path: request.url ?? '', headers: request.headers as Record<string, string>, body, event: JSON.parse(body) };
}

const MERCHANTS = { secret: 'polar_whs_Zm9v', key: Buffer.from('polar_whs_Zm9v') };
const POLARS = { secret: 'whsec_AAECAwQFBgcICQoLDA0ODw==', key: Buffer.from([...Array(16).keys()]) };
const verifies = (key: Buffer, { body, headers }: Pick<Got, 'body' | 'headers'>) =>
  new Webhook(key, { format: 'raw' }).verify(body, headers);

test.each([
  ['a merchant’s secret as a whole', MERCHANTS, undefined],
  ['Polar’s own secret decoded', POLARS, undefined],
  ['an old secret with the new prefix as a whole', { ...POLARS, key: Buffer.from(POLARS.secret) }, 'whole'],
  ['a secret that only looks encoded as a whole', { secret: 'whsec_AAE', key: Buffer.from('whsec_AAE') }, undefined],
  ['a prefix alone as a whole', { secret: 'whsec_', key: Buffer.from('whsec_') }, undefined],
  ['a secret that is said to be encoded decoded', { secret: 'Zm9v', key: Buffer.from('foo') }, 'base64'],
] as const)('the key is %s', async (_name, { secret, key }, format) => {
  const { url, got } = await endpoint();
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret, ...(format && { format }) });
  polar.createCheckout();
  await deliveries.settled();
  expect(verifies(key, present(got[0]))).toEqual(present(got[0]).event);
  expect(() => verifies(Buffer.from('another key'), present(got[0]))).toThrow('No matching signature');
});

test('a webhook has the headers and the body that Polar sends', async () => {
  const { url, got } = await endpoint();
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: MERCHANTS.secret });
  const { id } = polar.createCheckout();
  await deliveries.settled();
  const { path, headers, body, event } = present(got[0]);
  expect(path).toBe('/hooks?of=polar');
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'polar.sh webhooks',
    'webhook-id': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    'webhook-api-version': '2026-10',
  });
  expect(body).toMatch(/^\{"type":"checkout\.created","timestamp":"2026-11-21T08:00:00\.\d{6}Z","data":\{/);
  expect(event).toMatchObject({ data: polar.json.checkout(id), api_version: '2026-10' });
});

test('events arrive one at a time, in order, each as its edit left the session', async () => {
  const responses: ServerResponse[] = [];
  const { url, got } = await endpoint((response) => responses.push(response));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: MERCHANTS.secret });
  const { id } = polar.createCheckout({ discount_id: null });
  polar.succeed(polar.confirm(id).id);
  polar.createProduct();
  expect(deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 4 });
  for (let number = 0; number < 4; number++) {
    await expect.poll(() => responses.length).toBe(number + 1);
    expect(deliveries).toMatchObject({ delivered: number, pending: 4 - number });
    accept(present(responses[number]), number);
  }
  await deliveries.settled();
  expect(got.map(({ event }) => [event.type, event.data.status])).toEqual([
    ['checkout.created', 'open'],
    ['checkout.updated', 'confirmed'],
    ['checkout.updated', 'succeeded'],
    ['product.created', undefined],
  ]);
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  expect(deliveries).toMatchObject({ delivered: 4, failed: 0, pending: 0 });
});

test('a discount and a benefit are told of when they are deleted, as they were, with a new modified_at', async () => {
  const { url, got } = await endpoint();
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  const discount = polar.createDiscount({ code: 'GONE', product_ids: [first(polar.products.keys())] });
  const benefit = polar.createBenefit({ description: 'Gone' });
  simulator.webhooks({ url, secret: MERCHANTS.secret });
  const at = '2026-11-21T09:00:00.000001Z';
  polar.deleteDiscount(discount.id, at);
  polar.deleteBenefit(benefit.id, at);
  await deliveries.settled();
  expect(got.map(({ event }) => event)).toMatchObject([
    { type: 'discount.deleted', data: { id: discount.id, code: 'GONE', modified_at: at, products: [{}] } },
    { type: 'benefit.updated', data: { id: benefit.id, description: 'Gone', modified_at: at, is_deleted: true } },
  ]);
  expect(got.map(({ event }) => event.data)).toEqual([
    polar.json.discount(discount.id),
    polar.json.benefit(benefit.id),
  ]);
});

test('a repetition keeps id and body, and is signed at its own time', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { url, got } = await endpoint((response, number) => {
    vi.setSystemTime(Date.now() + 30_000);
    (number < 2 ? refuse : accept)(response, number);
  });
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: POLARS.secret, retryMs: 1 });
  polar.createCheckout();
  polar.createProduct();
  await deliveries.settled();
  const tries = got.slice(0, 3).map(({ headers, body }) => ({ headers, body }));
  for (const each of tries) verifies(POLARS.key, each);
  const distinct = (value: (each: (typeof tries)[number]) => unknown) => new Set(tries.map(value)).size;
  expect(distinct(({ headers }) => headers['webhook-id'])).toBe(1);
  expect(distinct(({ body }) => body)).toBe(1);
  expect(distinct(({ headers }) => headers['webhook-signature'])).toBe(3);
  const times = tries.map(({ headers }) => Number(headers['webhook-timestamp']));
  expect(times.map((time) => time - present(times[0]))).toEqual([0, 30, 60]);
  expect(present(got[3]).event.type).toBe('product.created');
  expect(deliveries).toMatchObject({ delivered: 2, failed: 0 });
});

test('no 2xx, a redirect, a broken connection and no whole answer in time are all failures', async () => {
  const failures: Respond[] = [
    (response) => response.writeHead(404).end(),
    (response) => response.writeHead(307, { location: '/hooks' }).end(),
    (response) => response.destroy(),
    () => undefined,
    (response) => response.writeHead(200).write('not yet'),
    accept,
  ];
  const { url, got } = await endpoint((response, number) => present(failures[number])(response, number));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: MERCHANTS.secret, retryMs: 1, timeoutMs: 200 });
  polar.createCheckout();
  await deliveries.settled();
  expect(got.map(({ path }) => path)).toEqual(Array(6).fill('/hooks?of=polar'));
  expect(deliveries).toMatchObject({ delivered: 1, failed: 0 });
});

test('an event is given up after ten tries with ever longer pauses, and the next one is delivered', async () => {
  const { url, got } = await endpoint((response, number) => (number < 10 ? refuse : accept)(response, number));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: MERCHANTS.secret, retryMs: 1 });
  polar.createCheckout();
  polar.createProduct();
  const start = performance.now();
  await deliveries.settled();
  expect(performance.now() - start).toBeGreaterThanOrEqual(500);
  expect(got.map(({ event }) => event.type)).toEqual([...Array(10).fill('checkout.created'), 'product.created']);
  expect(deliveries).toMatchObject({ delivered: 1, failed: 1, pending: 0 });
});

test('an endpoint that is dead stops neither edits nor answers', async () => {
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  simulator.webhooks({ url: 'http://127.0.0.1:1/', secret: MERCHANTS.secret });
  for (let number = 0; number < 100; number++) simulator.polar.createCheckout();
  expect((await checkouts(simulator)).pagination.total_count).toBe(100);
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 100 });
  await simulator.close();
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 0 });
});

test('an endpoint that never answers stops neither edits nor close', async () => {
  const { url, got, server } = await endpoint(() => undefined);
  const closed = disconnected(server);
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  simulator.webhooks({ url, secret: MERCHANTS.secret });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(1);
  for (let number = 1; number < 100; number++) simulator.polar.createCheckout();
  expect((await checkouts(simulator)).pagination.total_count).toBe(100);
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 100 });
  await simulator.close();
  await closed;
  expect(got).toHaveLength(1);
});

test('another endpoint takes over at once, and without one nothing is told', async () => {
  const [old, next] = [await endpoint(() => undefined), await endpoint()];
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url: old.url, secret: MERCHANTS.secret });
  polar.createCheckout();
  await expect.poll(() => old.got.length).toBe(1);
  simulator.webhooks({ url: next.url, secret: MERCHANTS.secret });
  polar.createProduct();
  await deliveries.settled();
  simulator.webhooks(null);
  const { id } = polar.createBenefit();
  const read = vi.fn((json: unknown) => json);
  polar.tamper(id, read);
  polar.updateBenefit(id, { description: 'Untold' });
  await deliveries.settled();
  expect(read).not.toHaveBeenCalled();
  expect(next.got.map(({ event }) => event.type)).toEqual(['product.created']);
  expect(deliveries).toMatchObject({ delivered: 1, failed: 0, pending: 0 });
  expect(() => simulator.webhooks({ url: 'nowhere', secret: MERCHANTS.secret })).toThrow('Invalid URL');
});

test('webhooks draw nothing from the seed of the edits', async () => {
  const { url } = await endpoint();
  const [told, quiet] = [await simulate(), await simulate()];
  told.webhooks({ url, secret: MERCHANTS.secret });
  const ids = [told, quiet].map(({ polar }) => [polar.createCheckout().id, polar.createDiscount().id]);
  expect(ids[0]).toEqual(ids[1]);
});

test('close breaks off the pause before the next try and the connection that was kept', async () => {
  const { url, got, server } = await endpoint(refuse);
  const closed = disconnected(server);
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  simulator.webhooks({ url, secret: MERCHANTS.secret, retryMs: 600_000 });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(1);
  await simulator.close();
  await closed;
  expect(timers()).toBeLessThanOrEqual(before);
});

test('an event whose last try is broken off is not a failed one', async () => {
  const { url, got } = await endpoint((response, number) => number < 9 && refuse(response, number));
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  simulator.webhooks({ url, secret: MERCHANTS.secret, retryMs: 1 });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(10);
  await simulator.close();
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 0 });
});

test('a webhook made by hand may be old and may repeat an id', async () => {
  const { polar } = await simulate();
  const event = { type: 'checkout.updated', id: polar.createCheckout().id } as const;
  const fresh = signedWebhook(polar, event, { secret: POLARS.secret, id: 'again' });
  expect(verifies(POLARS.key, fresh)).toMatchObject({ type: 'checkout.updated', data: { id: event.id } });
  expect(fresh.headers['webhook-id']).toBe('again');
  const old = signedWebhook(polar, event, { secret: POLARS.secret, at: new Date(Date.now() - 301_000) });
  expect(() => verifies(POLARS.key, old)).toThrow('Message timestamp too old');
});

test('simulate delivers webhooks while it runs, says so, and ends on a signal', async () => {
  const { url, got } = await endpoint(refuse);
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as AddressInfo;
  await once(reserved.close(), 'close');
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const args = ['simulate', '--port', port, '--links', 5, '--checkouts', 5, '--live', 50].map(String);
  const child = spawn(process.execPath, [cli, ...args, '--webhooks', url, '--webhook-secret', POLARS.secret]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = text(child.stdout);
  await expect.poll(() => got.length, { timeout: 120_000 }).toBeGreaterThan(0);
  verifies(POLARS.key, present(got[0]));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await printed).toContain(url);
});

test.each([
  [['--webhooks', 'http://127.0.0.1:1/'], "options '--webhooks <url>' and '--webhook-secret <secret>' need each other"],
  [['--webhook-secret', 'x'], "options '--webhooks <url>' and '--webhook-secret <secret>' need each other"],
  [['--webhooks', 'http://127.0.0.1:1/', '--webhook-secret', ''], 'need each other'],
  [['--webhooks', 'nowhere', '--webhook-secret', 'x'], 'It must be a URL'],
  [['--webhooks', 'ftp://127.0.0.1/', '--webhook-secret', 'x'], 'It must be a URL'],
])('simulate %j is wrong usage', async (args, problem) => {
  const { code, stderr } = await call(['simulate', ...args]);
  expect(stderr).toContain(problem);
  expect(code).toBe(2);
});

test('the help of simulate names both options, and webhooks are told of only when on', async () => {
  const { stdout } = await call(['simulate', '--help']);
  expect(stdout).toMatch(/--webhooks <url> .*--webhook-secret <secret>/s);
  const simulator = await simulate();
  const quiet = { port: 1, host: '', links: 1, checkouts: 1, seed: 1, token: '', limit: 0, latency: 0, live: 0 };
  expect(describeSimulator({ polar: simulator, fynn: undefined }, quiet)).toHaveLength(2);
});
