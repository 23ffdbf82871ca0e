import type { Server, ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { checkouts, present, simulate } from '../support/ask.ts';
import { accept, refuse, webhookEndpoint, type Respond } from '../support/webhook-endpoint.ts';

const secret = 'polar_whs_Zm9v';

/** Resolves when the first connection has ended. */
function disconnected(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('connection', (socket) => socket.once('close', () => resolve()));
  });
}

test('events arrive one at a time, in order, each as its edit left the session', async () => {
  const responses: ServerResponse[] = [];
  const { url, got } = await webhookEndpoint((response) => responses.push(response));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret });
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

test('no 2xx, a redirect, a broken connection and no whole answer in time are all failures', async () => {
  const failures: Respond[] = [
    (response) => response.writeHead(404).end(),
    (response) => response.writeHead(307, { location: '/hooks' }).end(),
    (response) => response.destroy(),
    () => undefined,
    (response) => response.writeHead(200).write('not yet'),
    accept,
  ];
  const { url, got } = await webhookEndpoint((response, number) => (failures[number] ?? accept)(response, number));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret, retryMs: 1, timeoutMs: 200 });
  polar.createCheckout();
  await deliveries.settled();
  expect(got.length).toBeGreaterThanOrEqual(6); // a slow machine may accept too late
  expect(new Set(got.map(({ path }) => path))).toEqual(new Set(['/hooks?of=test']));
  expect(deliveries).toMatchObject({ delivered: 1, failed: 0 });
});

test('an event is given up after ten tries with ever longer pauses, and the next one is delivered', async () => {
  const { url, got } = await webhookEndpoint((response, number) => (number < 10 ? refuse : accept)(response, number));
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret, retryMs: 1 });
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
  simulator.webhooks({ url: 'http://127.0.0.1:1/', secret });
  for (let number = 0; number < 100; number++) simulator.polar.createCheckout();
  expect((await checkouts(simulator)).pagination.total_count).toBe(100);
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 100 });
  await simulator.close();
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 0 });
});

test('an endpoint that never answers stops neither edits nor close', async () => {
  const { url, got, server } = await webhookEndpoint(() => undefined);
  const closed = disconnected(server);
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  simulator.webhooks({ url, secret });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(1);
  for (let number = 1; number < 100; number++) simulator.polar.createCheckout();
  expect((await checkouts(simulator)).pagination.total_count).toBe(100);
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 100 });
  await simulator.close();
  await closed;
  expect(got).toHaveLength(1);
});

test('another endpoint takes over immediately, and without one nothing is sent', async () => {
  const [old, next] = [await webhookEndpoint(() => undefined), await webhookEndpoint()];
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url: old.url, secret });
  polar.createCheckout();
  await expect.poll(() => old.got.length).toBe(1);
  simulator.webhooks({ url: next.url, secret });
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
  expect(() => simulator.webhooks({ url: 'nowhere', secret })).toThrow('Invalid URL');
});

test('close breaks off the pause before the next try and the connection that was kept', async () => {
  const { url, got, server } = await webhookEndpoint(refuse);
  const closed = disconnected(server);
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  simulator.webhooks({ url, secret, retryMs: 600_000 });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(1);
  await simulator.close();
  await closed;
  expect(timers()).toBeLessThanOrEqual(before);
});

test('an event whose last try is broken off is not a failed one', async () => {
  const { url, got } = await webhookEndpoint((response, number) => number < 9 && refuse(response, number));
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  simulator.webhooks({ url, secret, retryMs: 1 });
  simulator.polar.createCheckout();
  await expect.poll(() => got.length).toBe(10);
  await simulator.close();
  expect(simulator.deliveries).toMatchObject({ delivered: 0, failed: 0, pending: 0 });
});
