import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { signedWebhook } from '../../../src/simulator/polar/webhooks.ts';
import { first, present, simulate } from '../../support/ask.ts';
import { accept, refuse, webhookEndpoint, type ReceivedWebhook } from '../../support/webhook-endpoint.ts';

const MERCHANTS = { secret: 'polar_whs_Zm9v', key: Buffer.from('polar_whs_Zm9v') };
const POLARS = { secret: 'whsec_AAECAwQFBgcICQoLDA0ODw==', key: Buffer.from([...Array(16).keys()]) };
const verifies = (key: Buffer, { body, headers }: Pick<ReceivedWebhook, 'body' | 'headers'>) =>
  new Webhook(key, { format: 'raw' }).verify(body, headers);

test.each([
  ['a merchant’s secret as a whole', MERCHANTS, undefined],
  ['Polar’s own secret decoded', POLARS, undefined],
  ['an old secret with the new prefix as a whole', { ...POLARS, key: Buffer.from(POLARS.secret) }, 'whole'],
  ['a secret that only looks encoded as a whole', { secret: 'whsec_AAE', key: Buffer.from('whsec_AAE') }, undefined],
  ['a prefix alone as a whole', { secret: 'whsec_', key: Buffer.from('whsec_') }, undefined],
  ['a secret that is said to be encoded decoded', { secret: 'Zm9v', key: Buffer.from('foo') }, 'base64'],
] as const)('the key is %s', async (_name, { secret, key }, format) => {
  const { url, got } = await webhookEndpoint();
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret, ...(format && { format }) });
  polar.createCheckout();
  await deliveries.settled();
  expect(verifies(key, present(got[0]))).toEqual(present(got[0]).event);
  expect(() => verifies(Buffer.from('another key'), present(got[0]))).toThrow('No matching signature');
});

test('a webhook has the headers and the body that Polar sends', async () => {
  const { url, got } = await webhookEndpoint();
  const simulator = await simulate();
  const { polar, deliveries } = simulator;
  simulator.webhooks({ url, secret: MERCHANTS.secret });
  const { id } = polar.createCheckout();
  await deliveries.settled();
  const { path, headers, body, event } = present(got[0]);
  expect(path).toBe('/hooks?of=test');
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

test('a deleted discount and benefit are sent as they were, with a new modified_at', async () => {
  const { url, got } = await webhookEndpoint();
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
  const { url, got } = await webhookEndpoint((response, number) => {
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

test('webhooks draw nothing from the seed of the edits', async () => {
  const { url } = await webhookEndpoint();
  const [loud, quiet] = [await simulate(), await simulate()];
  loud.webhooks({ url, secret: MERCHANTS.secret });
  const ids = [loud, quiet].map(({ polar }) => [polar.createCheckout().id, polar.createDiscount().id]);
  expect(ids[0]).toEqual(ids[1]);
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
