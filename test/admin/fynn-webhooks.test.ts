import { isDeepStrictEqual } from 'node:util';
import { createHmac } from 'node:crypto';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/model/log.ts';
import { databaseIdentity } from '../../src/database/identity.ts';
import { openQueue } from '../../src/queue/queue.ts';
import { signedWebhook } from '../../src/simulator/fynn/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { rows, value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';
import { shared } from '../support/shared.ts';

const SECRET = 'a secret that Fynn signs with'.replaceAll(' ', '_');
const OLDER = 'the_secret_before_this_one';
const OFF = { SYNC_SCHEDULE_FYNN_CHECKOUT_LINKS_FULL: 'off', SYNC_SCHEDULE_FYNN_PRICE_PLANS_FULL: 'off' };

/** The service with webhooks of a Fynn that was walked once, and ways to send it some. */
async function receiver(settings: Record<string, string> = OFF) {
  const [db, simulator] = [await freshDatabase(), await startFynn({ links: 4, prices: 8 })];
  await syncingFynn(simulator, db).syncAll();
  const service = await startService(db, {
    FYNN_API_KEY: simulator.apiKey,
    FYNN_API_URL: simulator.url,
    FYNN_REQUESTS_PER_MINUTE: '100000',
    FYNN_WEBHOOK_SECRET: `${SECRET},${OLDER}`,
    ...settings,
  });
  const post = async (body: string, headers: Record<string, string>) => {
    const response = await fetch(`${service.url}/webhooks/fynn`, { method: 'POST', body, headers });
    const text = await response.text();
    return { status: response.status, outcome: (JSON.parse(text) as { outcome?: string }).outcome };
  };
  const send = (body: string) => post(body, { 'x-webhook-signature': sign(body) });
  const ledger = () =>
    rows(db, 'select source, type, outcome, record_id from sync.webhook_events order by received_at');
  const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
  const status = async () => (await (await fetch(`${service.url}/status.json`)).json()) as Status;
  return { db, simulator, fynn: simulator.fynn, service, post, send, ledger, metrics, status };
}

/** One such service for the tests that do not look at its queue. Each finds an empty ledger. */
const running = shared(() => receiver());
beforeEach(() => running().db.pool.query('truncate sync.webhook_events, sync.rejected_records'));

interface Status {
  queue: { counts: Record<string, number> };
  streams: { stream: string; staleAfterMs: number | null; rows: number }[];
  webhooks: object[];
}

const sign = (body: string, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');
const event = (type: string, data: unknown = { id: 'one' }) => JSON.stringify({ event: { type }, data });

test('a body with its hex signature is accepted, by the newer secret and by the older, and counts once', async () => {
  const { fynn, post, send, ledger } = running();
  const [id = ''] = fynn.products.keys();
  const { body, headers } = signedWebhook(fynn, { type: 'product.created', id }, SECRET);
  expect(await post(body, headers)).toEqual({ status: 200, outcome: 'ignored' });
  expect(await post(body, headers)).toEqual({ status: 200, outcome: 'duplicate' });
  expect(await post(body, { 'x-webhook-signature': sign(body, OLDER) })).toEqual({ status: 200, outcome: 'duplicate' });
  expect(await ledger()).toEqual([{ source: 'fynn', type: 'product.created', outcome: 'ignored', record_id: id }]);
  const other = event('product.created', { id: 'ü' });
  const outcomes = await Promise.all([send(other), send(other), send(other)]);
  expect(outcomes.map(({ outcome }) => String(outcome)).toSorted()).toEqual(['duplicate', 'duplicate', 'ignored']);
  expect(await ledger()).toHaveLength(2);
});

test('what does not prove that it comes from Fynn is refused, and nothing is stored', async () => {
  const { post, ledger, metrics } = running();
  const body = event('product.updated');
  const right = sign(body);
  const signatures = [
    sign(body, 'the_secret_of_somebody_else'),
    sign(`${body} `),
    right.toUpperCase(),
    right.slice(0, 62),
    right.slice(0, 63),
    `${right}00`,
    `${right.slice(0, 63)}${right.endsWith('0') ? '1' : '0'}`,
    `sha256=${right}`,
    Buffer.from(right, 'hex').toString('base64'),
    'x'.repeat(64),
    '',
  ];
  for (const signature of signatures)
    expect(await post(body, { 'x-webhook-signature': signature }), signature).toMatchObject({ status: 401 });
  expect(await post(body, {})).toMatchObject({ status: 401 });
  expect(await ledger()).toEqual([]);
  expect(await metrics()).toContain(
    `webhooks_total{source="fynn",account="default",outcome="refused"} ${signatures.length + 1}`,
  );
});

test('events of other kinds and bodies that are no event are recorded, and bring nothing forward', async () => {
  const { db, send, status } = await receiver();
  const bodies = [
    event('invoice.paid'),
    event('cart.completed', { id: 'cart', items: [] }),
    event('subscription_item.terminated', null),
    event('productive.updated'),
    event('brand_new.thing', [1]),
    JSON.stringify({ event: 'product.updated' }),
    JSON.stringify([1]),
    '{"event": {"ty',
    '',
  ];
  for (const body of bodies) expect((await send(body)).status, body).toBe(200);
  expect(
    await rows(db, 'select type, outcome, reason, record_id from sync.webhook_events order by received_at'),
  ).toEqual([
    { type: 'invoice.paid', outcome: 'ignored', reason: null, record_id: 'one' },
    { type: 'cart.completed', outcome: 'ignored', reason: null, record_id: 'cart' },
    { type: 'subscription_item.terminated', outcome: 'ignored', reason: null, record_id: null },
    { type: 'productive.updated', outcome: 'ignored', reason: null, record_id: 'one' },
    { type: 'brand_new.thing', outcome: 'ignored', reason: null, record_id: null },
    ...Array.from({ length: 4 }, () => ({
      type: 'unreadable',
      outcome: 'rejected',
      reason: 'the body is not an event',
      record_id: null,
    })),
  ]);
  const { queue } = await status();
  expect(queue.counts).toMatchObject({ waiting: 0, delayed: 0, active: 0 });
});

const runs = (db: Parameters<typeof rows>[0]) =>
  rows(db, `select stream, count(*)::int as runs from sync.runs where outcome = 'complete' group by 1 order by 1`);

test('a burst about products and prices brings one walk of each stream forward, which stores what changed', async () => {
  const { db, simulator, fynn, service, status, metrics } = await receiver();
  simulator.webhooks({ url: `${service.url}/webhooks/fynn`, secret: SECRET });
  const [link] = fynn.links.values();
  const item = fynn.items.get(link?.itemIds[0] ?? '');
  for (let edit = 1; edit <= 5; edit++)
    fynn.updateProduct(fynn.prices.get(item?.priceId ?? '')?.productId ?? '', { name: `Name ${edit}` });
  fynn.archivePrice(item?.priceId ?? '');
  fynn.updateLink(link?.id ?? '', { slug: 'ohne-webhook' });
  await simulator.deliveries.settled();
  expect(simulator.deliveries).toMatchObject({ delivered: 6, failed: 0 });
  const jobs = async () => {
    const { active = 0, waiting = 0, delayed = 0, completed = 0 } = (await status()).queue.counts;
    return { open: active + waiting + delayed, completed };
  };
  await until('both walks are due', async () => Object.values(await jobs()).reduce((sum, count) => sum + count) === 2);
  await until('both walks are done', async () => isDeepStrictEqual(await jobs(), { open: 0, completed: 2 }));
  expect(await runs(db)).toEqual([
    { stream: 'fynn.checkout_links', runs: 2 },
    { stream: 'fynn.price_plans', runs: 2 },
  ]);
  expect(await fynnDifferences(simulator, db)).toEqual([]);
  expect(await value(db, `select count(*)::int from sync.webhook_events`)).toBe(6);
  const { streams, webhooks } = await status();
  expect(streams.map(({ stream }) => stream)).toEqual(['fynn.checkout_links', 'fynn.price_plans']);
  expect(webhooks).toEqual([expect.objectContaining({ source: 'fynn', received: 6, rejected: 0 })]);
  const text = await metrics();
  for (const line of [
    'runs_total{account="default",stream="fynn.checkout_links",mode="full",outcome="complete"} 1',
    'runs_total{account="default",stream="fynn.price_plans",mode="full",outcome="complete"} 1',
    'webhooks_total{source="fynn",account="default",outcome="ignored"} 6',
    'requests_total{source="fynn",account="default",status="404"} 1',
  ])
    expect(text).toContain(`checkout_sync_${line}`);
  expect(text).toMatch(
    /checkout_sync_rows_total\{account="default",stream="fynn.checkout_links",table="fynn.checkout_links",effect="updated"\} 1/,
  );
  expect(text).toMatch(/checkout_sync_freshness_seconds\{account="default",stream="fynn.price_plans"\} \d/);
  expect(text).toMatch(/checkout_sync_budget_used_ratio\{source="fynn",account="default"\} \d/);
  expect(text + JSON.stringify(await status())).not.toContain(simulator.apiKey);
});

test('both streams have their schedules, which settings replace', async () => {
  const { db, status } = await receiver({ SYNC_SCHEDULE_FYNN_PRICE_PLANS_FULL: 'every 20m' });
  expect((await status()).streams).toEqual([
    expect.objectContaining({ stream: 'fynn.checkout_links', rows: 4, staleAfterMs: 3 * 15 * 60_000 }),
    expect.objectContaining({ stream: 'fynn.price_plans', rows: 8, staleAfterMs: 3 * 20 * 60_000 }),
  ]);
  const queue = await openQueue(
    { redisUrl: undefined, prefix: `checkout-sync-${await databaseIdentity(db.pool)}` },
    db,
    createLogger('silent'),
    new AbortController().signal,
  );
  onTestFinished(() => queue.close());
  const stored = [...(await queue.schedules())].map(([id, { schedule }]) => [id, schedule] as const);
  expect(Object.fromEntries(stored)).toEqual({
    'fynn.checkout_links.full': { everyMs: 15 * 60_000 },
    'fynn.price_plans.full': { everyMs: 20 * 60_000 },
  });
});
