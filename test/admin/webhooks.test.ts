import { createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { webhookReceivers } from '../../src/admin/receive-webhook.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { prune } from '../../src/ledger/prune.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';
import { CORE_STREAMS, sourceOf } from '../support/source.ts';
import { startProxy } from '../support/proxy.ts';
import { startService, startServiceProcess, until } from '../support/service.ts';
import { shared } from '../support/shared.ts';

const WHOLE = 'polar_whs_a_secret_made_before_september';
const ENCODED = `whsec_${Buffer.from('a key that Polar made since then').toString('base64')}`;

/** A merchant whose links and sessions are stored. */
async function prepare() {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 3, checkouts: 20 });
  await syncing(polar, db).sync('polar.checkouts');
  await syncing(polar, db).sync('polar.checkout_links');
  return { db, polar };
}

/** Settings with webhooks on and nothing scheduled. */
const settingsOf = (polar: Simulator, secrets: string) => ({
  POLAR_ACCESS_TOKEN: polar.token,
  POLAR_API_URL: polar.url,
  ...CORE_STREAMS,
  POLAR_WEBHOOK_SECRET: secrets,
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'off',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off',
});

/** The service with webhooks on, and ways to send it some. */
async function receiver() {
  const { db, polar } = await prepare();
  const service = await startService(db, settingsOf(polar, WHOLE));
  const post = async (body: string | Buffer, headers: Record<string, string>) => {
    const response = await fetch(`${service.url}/webhooks/polar`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers,
    });
    const text = await response.text();
    return { status: response.status, outcome: JSON.parse(text).outcome as string | undefined, text };
  };
  type Options = Parameters<typeof signedWebhook>[2];
  const send = (type: Parameters<typeof signedWebhook>[1]['type'], id: string, options: Partial<Options> = {}) => {
    const { headers, body } = signedWebhook(polar.polar, { type, id }, { secret: WHOLE, ...options });
    return post(body, headers);
  };
  const ledger = () => rows(db, 'select type, outcome, record_id from sync.webhook_events order by received_at');
  return { db, polar, service, post, send, ledger };
}

/** One such service for the tests that neither stop it nor take its database away. Each finds empty ledgers. */
const running = shared(receiver);
beforeEach(() => running().db.pool.query('truncate sync.webhook_events, sync.rejected_records'));

/** Sends webhooks to a receiver with these settings, without a service around it. */
function directly(db: Database, settings: Record<string, string>) {
  const services = { db: () => Promise.resolve(db), requestWalk: () => undefined, log: createLogger('silent') };
  const [receive] = webhookReceivers([sourceOf(settings)], services).map(({ receive: take }) => take);
  return (from: Simulator, event: Parameters<typeof signedWebhook>[1], secret = WHOLE) => {
    const { headers, body } = signedWebhook(from.polar, event, { secret });
    const header = (name: string) => new Map(Object.entries(headers)).get(name);
    return receive?.({ body: Buffer.from(body), header });
  };
}

test('each account has schedules and an address for webhooks of its own', async () => {
  const { db, polar } = await prepare();
  const acme = await startPolar({ seed: 2, links: 1, checkouts: 3 });
  const named = Object.entries({ ...settingsOf(acme, ENCODED) }).filter(([name]) => name.startsWith('POLAR_'));
  const service = await startService(db, {
    ...settingsOf(polar, WHOLE),
    ...Object.fromEntries(named.map(([name, text]) => [`${name}__ACME`, text])),
    SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: '0 4 * * *',
  });
  const schedules = await rows(db, 'select scheduler_id as id from bullmq.scheduler order by 1');
  expect(schedules.map(({ id }) => id)).toEqual(['polar.checkouts.full', 'polar.checkouts/acme.full']);
  const stored = (account: string) =>
    value(db, 'select count(*)::int from polar.checkouts where account = $1', [account]);
  await until('both accounts are walked', async () => (await stored('acme')) === 3 && (await stored('default')) === 20);
  const { id } = acme.polar.createCheckout();
  const { headers, body } = signedWebhook(acme.polar, { type: 'checkout.created', id }, { secret: ENCODED });
  const send = async (path: string) => (await fetch(`${service.url}${path}`, { method: 'POST', headers, body })).status;
  expect(await send('/webhooks/polar')).toBe(401);
  expect(await send('/webhooks/polar/acme')).toBe(200);
  expect(await rows(db, 'select account from polar.checkouts where id = $1', [id])).toEqual([{ account: 'acme' }]);
  expect(await rows(db, 'select account, outcome from sync.webhook_events')).toEqual([
    { account: 'acme', outcome: 'applied' },
  ]);
});

test('a webhook of another organization than the settings name is recorded as ignored, with the reason, and changes nothing', async () => {
  const { db, polar } = running();
  const other = await startPolar({ seed: 2, links: 1, checkouts: 3 });
  const [{ organization_id: ours } = { organization_id: '' }] = polar.polar.links.values();
  const send = directly(db, { ...settingsOf(polar, WHOLE), POLAR_ORGANIZATION_ID: ours.toUpperCase() });
  const before = await contents(db);
  const ignored = { status: 200, body: { outcome: 'ignored' } };
  const [[session = ''], [product = ''], [discount = ''], [benefit = '']] = [
    [...other.polar.checkouts.keys()],
    [...other.polar.products.keys()],
    [...other.polar.discounts.keys()],
    [...other.polar.benefits.keys()],
  ];
  expect(await send(other, { type: 'checkout.updated', id: session })).toEqual(ignored);
  expect(await send(other, { type: 'product.updated', id: product })).toEqual(ignored);
  expect(await send(other, { type: 'discount.deleted', id: discount })).toEqual(ignored);
  expect(await send(other, { type: 'benefit.updated', id: benefit })).toEqual(ignored);
  expect(await contents(db)).toEqual(before);
  expect(await rows(db, 'select distinct outcome, reason from sync.webhook_events')).toEqual([
    { outcome: 'ignored', reason: 'it is of another organization than POLAR_ORGANIZATION_ID' },
  ]);
  const applied = { status: 200, body: { outcome: 'applied' } };
  expect(await send(polar, { type: 'checkout.updated', id: aSession(polar) })).toEqual(applied);
});

/** Any session of the simulated merchant. */
const aSession = ({ polar }: Simulator) => {
  const [session] = polar.checkouts.values();
  if (!session) throw new Error('there are no sessions');
  return session.id;
};

/** A body of our own making, signed as Polar does. */
function sign(body: string | Buffer, id: string = randomUUID(), secret = WHOLE) {
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${id}.${at}.`).update(body).digest('base64');
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` },
  };
}

test.each([
  ['a secret that is the key as it stands', WHOLE, WHOLE],
  ['a secret whose key is base64', ENCODED, ENCODED],
  ['the older of two secrets', `${ENCODED},${WHOLE}`, WHOLE],
  ['the newer of two secrets', `${ENCODED}, ${WHOLE}`, ENCODED],
])('%s signs a webhook, and its record is stored', async (_name, secrets, secret) => {
  const { polar, db, ledger } = running();
  const { id } = polar.polar.createCheckout();
  const send = directly(db, settingsOf(polar, secrets));
  expect(await send(polar, { type: 'checkout.updated', id }, secret)).toMatchObject({ body: { outcome: 'applied' } });
  expect(await value(db, 'select count(*)::int from polar.checkouts where id = $1', [id])).toBe(1);
  expect(await ledger()).toEqual([{ type: 'checkout.updated', outcome: 'applied', record_id: id }]);
});

test('the same webhook twice changes nothing, nor does it three times together', async () => {
  const { polar, db, send, ledger } = running();
  const id = aSession(polar);
  const twice = { id: 'evt_twice' };
  expect(await send('checkout.updated', id, twice)).toMatchObject({ status: 200, outcome: 'applied' });
  const before = await rows(db, 'select xmin, * from polar.checkouts where id = $1', [id]);
  polar.polar.updateCheckout(id, { customer_name: 'Someone else' });
  expect(await send('checkout.updated', id, twice)).toMatchObject({ status: 200, outcome: 'duplicate' });
  expect(await rows(db, 'select xmin, * from polar.checkouts where id = $1', [id])).toEqual(before);
  const thrice = { id: 'evt_thrice' };
  const outcomes = await Promise.all([1, 2, 3].map(() => send('checkout.updated', id, thrice)));
  expect(outcomes.map(({ outcome }) => String(outcome)).toSorted()).toEqual(['applied', 'duplicate', 'duplicate']);
  expect(await ledger()).toHaveLength(2);
});

test("a webhook is as old as the database's clock says, whatever this machine's does", async () => {
  const [{ polar, send }, now] = [running(), Date.now()];
  vi.useFakeTimers({ toFake: ['Date'], now: now + 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  const signedAt = (ms: number) =>
    send('checkout.updated', aSession(polar), { id: `evt_${ms}`, secret: WHOLE, at: new Date(ms) });
  expect(await signedAt(now)).toMatchObject({ status: 200, outcome: 'applied' });
  expect(await signedAt(now + 86_400_000)).toMatchObject({ status: 401 });
});

describe('what does not prove that it comes from Polar is refused, and nothing is stored', () => {
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);

  test.each<[string, () => Parameters<typeof signedWebhook>[2]]>([
    ['another secret', () => ({ secret: 'polar_whs_of_somebody_else' })],
    ['a time six minutes ago', () => ({ secret: WHOLE, at: minutes(-6) })],
    ['a time in six minutes', () => ({ secret: WHOLE, at: minutes(6) })],
    ['an id that no ledger can hold', () => ({ secret: WHOLE, id: 'x'.repeat(300) })],
  ])('%s', async (_name, options) => {
    const { polar, send, ledger } = running();
    expect(await send('checkout.updated', aSession(polar), options())).toMatchObject({ status: 401 });
    expect(await ledger()).toEqual([]);
  });

  test('a body, an id or a time that was changed, or a header that is missing', async () => {
    const { polar, post, ledger } = running();
    const event = { type: 'checkout.updated' as const, id: aSession(polar) };
    const { headers, body } = signedWebhook(polar.polar, event, { secret: WHOLE });
    const { 'webhook-signature': signature, ...unsigned } = headers;
    const attempts = [
      post(`${body} `, headers),
      post(body, { ...headers, 'webhook-id': 'another' }),
      post(body, { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) }),
      post(body, { ...headers, 'webhook-timestamp': 'now' }),
      post(body, unsigned),
      post(body, { ...unsigned, 'webhook-signature': 'v1' }),
      post(body, { ...unsigned, 'webhook-signature': signature.replace('v1,', 'v2,') }),
      post('', {}),
    ];
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual(attempts.map(() => 401));
    expect(await ledger()).toEqual([]);
  });

  test('one right signature among others is enough', async () => {
    const { polar, post } = running();
    const event = { type: 'checkout.updated' as const, id: aSession(polar) };
    const { headers, body } = signedWebhook(polar.polar, event, { secret: WHOLE });
    const signatures = `v1,AAAA v1a,xxxx ${headers['webhook-signature']}`;
    expect(await post(body, { ...headers, 'webhook-signature': signatures })).toMatchObject({ status: 200 });
  });
});

test('a body over a megabyte is too large, whoever signed it', async () => {
  const { post, ledger } = running();
  const { body, headers } = sign(JSON.stringify({ type: 'checkout.updated', data: 'x'.repeat(1_048_577) }));
  expect(await post(body, headers)).toMatchObject({ status: 413 });
  expect(await ledger()).toEqual([]);
});

test.each(['', ';', 'json', 'application/json; charset="', 'ü', 'multipart/form-data'])(
  'a body is taken whatever it says it is: %j',
  async (type) => {
    const { post, ledger } = running();
    const { body, headers } = sign(JSON.stringify({ type: 'order.paid', data: null }));
    expect(await post(body, { ...headers, 'content-type': type })).toMatchObject({ status: 200, outcome: 'ignored' });
    expect(await ledger()).toHaveLength(1);
  },
);

test('a compressed body is refused for being compressed, not for its signature', async () => {
  const { post, ledger } = running();
  const { body, headers } = sign('{"type":"x","data":{}}');
  for (const encoding of ['gzip', 'br', 'gzip, gzip'])
    expect(await post(gzipSync(body), { ...headers, 'content-encoding': encoding })).toMatchObject({
      status: 415,
      text: expect.stringContaining(`the body is encoded (${encoding})`),
    });
  expect(await ledger()).toEqual([]);
  expect(await post(body, { ...headers, 'content-encoding': 'identity' })).toMatchObject({ status: 200 });
});

test('types without a table, bodies that are no event and records that cannot be rows are recorded, and not sent again', async () => {
  const { db, post } = running();
  const bodies = [
    JSON.stringify({ type: 'member.created', data: { id: 'f0000000-0000-4000-8000-000000000001' } }),
    JSON.stringify({ type: 'brand_new.thing', data: null }),
    JSON.stringify({
      type: 'checkout.updated',
      data: { status: 'preview', client_secret: 'polar_c_secret_of_a_preview' },
    }),
    JSON.stringify({ type: 'checkout.updated', data: 'preview' }),
    JSON.stringify({ type: 'checkout.updated' }),
    JSON.stringify([1, 2, 3]),
    '{"type": "checkout.upd',
    '',
  ];
  const outcomes = [];
  for (const body of bodies) {
    const { body: sent, headers } = sign(body);
    outcomes.push(await post(sent, headers));
  }
  expect(outcomes.map(({ status }) => status)).toEqual(bodies.map(() => 200));
  expect(await rows(db, 'select type, outcome, reason from sync.webhook_events order by received_at')).toEqual([
    { type: 'member.created', outcome: 'ignored', reason: null },
    { type: 'brand_new.thing', outcome: 'ignored', reason: null },
    { type: 'checkout.updated', outcome: 'rejected', reason: 'no id' },
    { type: 'checkout.updated', outcome: 'rejected', reason: 'not an object' },
    { type: 'checkout.updated', outcome: 'rejected', reason: 'not an object' },
    { type: 'unreadable', outcome: 'rejected', reason: 'the body is not an event' },
    { type: 'unreadable', outcome: 'rejected', reason: 'the body is not an event' },
    { type: 'unreadable', outcome: 'rejected', reason: 'the body is not an event' },
  ]);
  expect(await value(db, `select string_agg(payload::text, '') from sync.rejected_records`)).not.toContain('polar_c_');
});

test('a webhook that a check of the user refuses is asked for again, and does not take the others of its batch with it', async () => {
  const { polar, db, post, send } = running();
  const id = aSession(polar);
  await db.pool.query(`alter table polar.checkouts add check (customer_name <> 'Refused')`);
  const event = { type: 'checkout.updated' as const, id: polar.polar.createCheckout().id };
  const { body } = signedWebhook(polar.polar, event, { secret: WHOLE });
  const refused = sign(body.replace(/"customer_name":[^,]+/, '"customer_name":"Refused"'));
  polar.polar.updateCheckout(id, { customer_name: 'Grace Hopper' });
  const outcomes = await Promise.all([
    send('checkout.updated', id),
    post(refused.body, refused.headers),
    send('checkout.updated', id),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([200, 503, 200]);
  expect(await value(db, 'select customer_name from polar.checkouts where id = $1', [id])).toBe('Grace Hopper');
  expect(await value(db, 'select count(*)::int from sync.rejected_records')).toBe(0);
  await db.pool.query('alter table polar.checkouts drop constraint checkouts_customer_name_check');
  expect(await post(refused.body, refused.headers)).toMatchObject({ status: 200, outcome: 'applied' });
});

test('characters that Postgres cannot hold harm neither their own webhook nor those beside it', async () => {
  const { polar, db, post, send } = running();
  const odd = [
    { type: 'foo\0bar', data: { id: '1' } },
    { type: 'checkout.updated', data: { id: '\0' } },
    { type: 'x'.repeat(5000), data: { id: 'y'.repeat(5000) } },
    { type: '\ud800', data: null },
  ].map((body) => sign(JSON.stringify(body)));
  const good = polar.polar.createCheckout().id;
  const statuses = await Promise.all([
    send('checkout.created', good),
    ...odd.map(({ body, headers }) => post(body, headers)),
    send('checkout.updated', aSession(polar)),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual(statuses.map(() => 200));
  expect(await value(db, 'select count(*)::int from sync.webhook_events')).toBe(6);
  expect(await value(db, 'select count(*)::int from polar.checkouts where id = $1', [good])).toBe(1);
});

test('what webhooks bring is counted as rows, surprises and rejected records', async () => {
  const { polar, service, post, send } = await receiver();
  polar.polar.tamper(aSession(polar), (json) => ({ ...(json as object), brand_new: 1 }));
  await send('checkout.updated', aSession(polar));
  const { body, headers } = sign(JSON.stringify({ type: 'checkout.updated', data: {} }));
  await post(body, headers);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(
    /rows_total\{account="default",stream="polar.webhooks",table="polar.checkouts",effect="updated"\} 1/,
  );
  expect(metrics).toMatch(/drift_total\{field="polar.checkouts.brand_new"\} 1/);
  expect(metrics).toMatch(/rejected_records_total\{account="default",stream="polar.checkouts"\} 1/);
});

test('a connection to Postgres that went silent is given up in time, and the webhook is stored on another', async () => {
  const { db, polar } = await prepare();
  const proxy = await startProxy(Number(new URL(db.url).port));
  const settings = { ...settingsOf(polar, WHOLE), DATABASE_URL: proxy.through(db.url) };
  const service = await startServiceProcess(settings);
  onTestFinished(() => proxy.close());
  const event = { type: 'checkout.updated' as const, id: aSession(polar) };
  const send = async () => {
    const { headers, body } = signedWebhook(polar.polar, event, { secret: WHOLE });
    const answer = await fetch(`${service.url}/webhooks/polar`, { method: 'POST', headers, body });
    return answer.status;
  };
  expect(await send()).toBe(200);
  proxy.silence();
  const started = performance.now();
  expect(await send()).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(1000);
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(await send()).toBe(200);
});

test('a discount that Polar deleted stays deleted, although sessions and links go on nesting it', async () => {
  const { polar, db, post, send } = running();
  const discount = [...polar.polar.links.values()].find(({ discount_id: id }) => id)?.discount_id ?? '';
  const before = signedWebhook(polar.polar, { type: 'discount.updated', id: discount }, { secret: WHOLE });
  polar.polar.deleteDiscount(discount);
  const deletedAt = () => value(db, 'select deleted_at from polar.discounts where id = $1', [discount]);
  await syncing(polar, db).sync('polar.checkout_links'); // observed before the webhook arrives
  expect(await deletedAt()).toBeNull();
  expect(await send('discount.deleted', discount)).toMatchObject({ outcome: 'applied' });
  expect(await deletedAt()).not.toBeNull();
  await syncing(polar, db).sync('polar.checkout_links');
  expect(await deletedAt()).not.toBeNull();
  const late = sign(before.body);
  expect(await post(late.body, late.headers)).toMatchObject({ outcome: 'applied' });
  expect(await deletedAt()).not.toBeNull();
});

test('a benefit that says it is deleted gets its tombstone, and an older webhook does not take it away', async () => {
  const { polar, db, post, send } = running();
  const [benefit] = polar.polar.benefits.keys();
  const id = benefit ?? '';
  const older = sign(signedWebhook(polar.polar, { type: 'benefit.updated', id }, { secret: WHOLE }).body);
  await send('benefit.created', id);
  expect(await rows(db, 'select deleted_at, is_deleted from polar.benefits where id = $1', [id])).toEqual([
    { deleted_at: null, is_deleted: false },
  ]);
  polar.polar.deleteBenefit(id);
  await send('benefit.updated', id);
  await post(older.body, older.headers);
  expect(
    await rows(db, 'select deleted_at is not null as deleted, is_deleted from polar.benefits where id = $1', [id]),
  ).toEqual([{ deleted: true, is_deleted: true }]);
});

test('while the database is away Polar is asked to send it again, and it is stored then', async () => {
  const { polar, db, send, service } = await receiver();
  const name = new URL(db.url).pathname.slice(1);
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  const id = aSession(polar);
  const event = { id: 'evt_later' };
  await admin.query(`alter database ${name} allow_connections false`);
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  expect(await send('checkout.updated', id, event)).toMatchObject({ status: 503 });
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  await admin.query(`alter database ${name} allow_connections true`);
  await admin.end();
  expect(await send('checkout.updated', id, event)).toMatchObject({ status: 200, outcome: 'applied' });
});

test('while a table is locked webhooks are refused in time, and no session is left behind', async () => {
  const { polar, db, send } = running();
  const id = aSession(polar);
  const owner = await connectClient(db.url);
  const waiting = `select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
    and query not like '%rolled_up_%'`; // maintenance may wait
  await owner.query('begin; lock table polar.checkouts in access exclusive mode');
  for (let round = 1; round <= 2; round++) {
    const started = performance.now();
    const answers = await Promise.all([1, 2, 3].map(() => send('checkout.updated', id)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(await value(db, waiting)).toBe(0);
  }
  await owner.query('rollback');
  expect(await send('checkout.updated', id)).toMatchObject({ status: 200, outcome: 'applied' });
});

test('the ledger keeps ninety days', async () => {
  const { polar, db, send, service } = await receiver();
  await send('checkout.updated', aSession(polar), { id: 'evt_old' });
  await send('checkout.updated', aSession(polar), { id: 'evt_new' });
  await service.close(); // it prunes as well
  await db.pool.query(
    `update sync.webhook_events set received_at = now() - interval '91 days' where webhook_id = 'evt_old'`,
  );
  expect(await prune(db.pool, 30)).toEqual({ webhooks: 1, rejections: 0, runs: 0, changes: 0 });
  expect(await rows(db, 'select webhook_id from sync.webhook_events')).toEqual([{ webhook_id: 'evt_new' }]);
});
