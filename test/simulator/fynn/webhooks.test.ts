import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { signedWebhook } from '../../../src/simulator/fynn/webhooks.ts';
import { startFynnSimulator, type FynnSimulator } from '../../../src/simulator/fynn-simulator.ts';
import { present } from '../../support/ask.ts';
import { webhookEndpoint } from '../../support/webhook-endpoint.ts';

const secret = 'geheim';

/** An endpoint for one test; `statusOf` gives the status for the webhook of a number, null for no response. */
function endpoint(statusOf: (number: number) => number | null = () => 200) {
  return webhookEndpoint<{ event: { type: string }; data: Record<string, unknown> }>((response, number) => {
    const status = statusOf(number);
    return status === null ? undefined : response.writeHead(status).end();
  });
}

async function simulate(): Promise<FynnSimulator> {
  const simulator = await startFynnSimulator();
  onTestFinished(() => simulator.close());
  return simulator;
}

test('a webhook is signed with hex HMAC-SHA256 over its body, and names type and record only', async () => {
  const { url, got } = await endpoint();
  const simulator = await simulate();
  const { fynn, deliveries } = simulator;
  simulator.webhooks({ url, secret });
  const product = fynn.createProduct({ name: 'Größe XL' });
  const price = fynn.archivePrice(fynn.createPrice().id);
  await deliveries.settled();
  expect(deliveries).toMatchObject({ delivered: 2, failed: 0, pending: 0 });
  for (const { headers, body } of got) {
    const signature = createHmac('sha256', secret).update(Buffer.from(body)).digest('hex');
    expect(headers['x-webhook-signature']).toBe(signature);
    expect(Object.keys(headers).filter((name) => /webhook/.test(name))).toEqual(['x-webhook-signature']);
  }
  expect(got.map(({ event }) => event)).toEqual([
    { event: { type: 'product.created' }, data: fynn.json.product(product.id) },
    { event: { type: 'price_plan.archived' }, data: fynn.json.pricePlan(price.id) },
  ]);
});

test('a webhook carries its record as the edit left it, and is the same to the byte in each try', async () => {
  const { url, got } = await endpoint((number) => (number < 2 ? 500 : 202));
  const simulator = await simulate();
  const { fynn, deliveries } = simulator;
  simulator.webhooks({ url, secret, retryMs: 1 });
  const { id } = fynn.createProduct({ name: 'Erst' });
  fynn.updateProduct(id, { name: 'Dann' });
  await deliveries.settled();
  expect(got.map(({ event }) => event.data.name)).toEqual(['Erst', 'Erst', 'Erst', 'Dann']);
  expect(new Set(got.slice(0, 3).map(({ body }) => body)).size).toBe(1);
  expect(deliveries).toMatchObject({ delivered: 2, failed: 0 });
});

test('an event is given up after five tries, and the next one is delivered', async () => {
  const { url, got } = await endpoint((number) => (number < 5 ? 307 : 200));
  const simulator = await simulate();
  simulator.webhooks({ url, secret, retryMs: 1 });
  simulator.fynn.createProduct({ name: 'Eins' });
  simulator.fynn.createProduct({ name: 'Zwei' });
  await simulator.deliveries.settled();
  expect(got.map(({ event }) => event.data.name)).toEqual([...Array(5).fill('Eins'), 'Zwei']);
  expect(simulator.deliveries).toMatchObject({ delivered: 1, failed: 1, pending: 0 });
});

test('an endpoint that never answers is tried again in time, and stops neither edits nor close', async () => {
  const [well, dead] = [await endpoint(), await endpoint(() => null)];
  const simulator = await startFynnSimulator();
  simulator.webhooks({ url: well.url, secret });
  simulator.fynn.createProduct();
  await simulator.deliveries.settled();
  simulator.webhooks({ url: dead.url, secret, retryMs: 1, timeoutMs: 100 });
  for (let number = 0; number < 50; number++) simulator.fynn.createProduct();
  await expect.poll(() => dead.got.length).toBeGreaterThan(2);
  expect(simulator.deliveries.delivered).toBe(1);
  expect(simulator.deliveries.pending).toBeGreaterThan(0);
  await simulator.close();
  expect(simulator.deliveries).toMatchObject({ delivered: 1, pending: 0 });
});

test('another endpoint takes over immediately, and without one nothing is sent', async () => {
  const [old, next] = [await endpoint(() => null), await endpoint()];
  const simulator = await simulate();
  const { fynn, deliveries } = simulator;
  simulator.webhooks({ url: old.url, secret });
  fynn.createProduct();
  await expect.poll(() => old.got.length).toBe(1);
  simulator.webhooks({ url: next.url, secret });
  fynn.createProduct();
  await deliveries.settled();
  simulator.webhooks(null);
  const { id } = fynn.createProduct();
  fynn.tamper(id, () => {
    throw new Error('nobody asked for it');
  });
  fynn.updateProduct(id, { name: 'Ungesagt' });
  await deliveries.settled();
  expect([old.got.length, next.got.length]).toEqual([1, 1]);
  expect(() => simulator.webhooks({ url: 'nowhere', secret })).toThrow('Invalid URL');
});

test('a webhook made by hand is one that would be sent', async () => {
  const { url, got } = await endpoint();
  const simulator = await simulate();
  simulator.webhooks({ url, secret });
  const { id } = simulator.fynn.createProduct();
  await simulator.deliveries.settled();
  const { body, headers } = signedWebhook(simulator.fynn, { type: 'product.created', id }, secret);
  expect([body, headers['x-webhook-signature']]).toEqual([
    present(got[0]).body,
    present(got[0]).headers['x-webhook-signature'],
  ]);
});
