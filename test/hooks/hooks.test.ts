import { CORE_STREAMS } from '../support/source.ts';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deliver, deliverDue, pauseAfter } from '../../src/hooks/deliver.ts';
import { openHook } from '../../src/hooks/send.ts';
import { recordStale } from '../../src/ledger/events.ts';
import { notCompleted } from '../../src/ledger/overdue.ts';
import { claimDeliveries, turnHookOff, turnHookOn } from '../../src/ledger/hook-deliveries.ts';
import { prune } from '../../src/ledger/prune.ts';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase, sharedDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { backends, queueSettings, startService, until } from '../support/service.ts';
import { accept, refuse, webhookEndpoint, type ReceivedWebhook } from '../support/webhook-endpoint.ts';

const SECRET = 'hook-secret-0123456789';

interface SyncEvent {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

const connect = (url: string, db: Database) => ({
  DATABASE_URL: db.url,
  SYNC_HOOK_URL: url,
  SYNC_HOOK_SECRET: SECRET,
});

/** Throws unless the request is signed with the secret. */
const verify = ({ body, headers }: ReceivedWebhook<SyncEvent>) =>
  new Webhook(SECRET, { format: 'raw' }).verify(body, headers);

const idOf = ({ headers }: ReceivedWebhook<SyncEvent>) => headers['webhook-id'];

const undelivered = async (db: Database) =>
  Number(await value(db, 'select count(*)::int from sync.hook_deliveries where delivered_at is null'));

/** Queues events of runs that exist in the table of deliveries only. */
const queueEvents = (db: Database, count: number) =>
  db.pool.query(
    `insert into sync.hook_deliveries (id, type, event, created_at, next_attempt_at)
     select gen_random_uuid(), 'run.completed', '{"type":"run.completed"}', now(), now() from generate_series(1, $1)`,
    [count],
  );

describe.each(backends)('hooks of a service with its queue on %s', (backend) => {
  test('a receiver gets each event signed, the same id at each attempt, and those of an outage once it is back', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 3 })];
    let isDown = true;
    const { url, got } = await webhookEndpoint<SyncEvent>((response, number) =>
      (isDown ? refuse : accept)(response, number),
    );
    await startService(db, {
      ...connect(url, db),
      ...(await queueSettings(backend)),
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      ...CORE_STREAMS,
      // The first walks of both streams alone: a schedule that comes due meanwhile would be a third event.
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
      SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'off',
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off',
    });
    await until('two events were refused', async () => new Set(got.map(idOf)).size >= 2);
    await until('the refusals are recorded', async () =>
      Boolean(
        await value(db, 'select count(*) = 2 from sync.hook_deliveries where attempts > 0 and last_status = 500'),
      ),
    );
    isDown = false;
    await until('all are delivered', async () => (await undelivered(db)) === 0);
    for (const request of got) expect(() => verify(request)).not.toThrow();
    const delivered = new Map(got.map((request) => [idOf(request), request.event]));
    expect([...delivered.values()].map(({ type, data }) => [type, data.stream])).toEqual(
      expect.arrayContaining([
        ['run.completed', 'polar.checkout_links'],
        ['run.completed', 'polar.checkouts'],
      ]),
    );
    expect(got[0]).toMatchObject({ path: '/hooks?of=test', headers: { 'content-type': 'application/json' } });
  });

  test('a receiver that does not respond delays neither walks nor the end of the service', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 3 })];
    const { url } = await webhookEndpoint<SyncEvent>(() => undefined);
    const settings = await queueSettings(backend);
    await turnHookOn(db.pool);
    await queueEvents(db, 20);
    const service = await startService(db, {
      ...connect(url, db),
      ...settings,
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      ...CORE_STREAMS,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
    });
    await until('walks follow each other', async () =>
      Boolean(await value(db, `select count(*) >= 4 from sync.runs where outcome = 'complete'`)),
    );
    const before = performance.now();
    await service.close();
    expect(performance.now() - before, 'an attempt may take ten seconds').toBeLessThan(9000);
  });
});

describe('events', () => {
  const shared = sharedDatabase();

  test('each run that ends is heard once by a listener, complete or failed', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 3 })];
    const client = await db.pool.connect();
    onTestFinished(() => client.release(true));
    const heard: SyncEvent[] = [];
    client.on('notification', ({ payload = '' }) => heard.push(JSON.parse(payload) as SyncEvent));
    await client.query('listen checkout_sync');
    const { sync } = syncing(polar, db);
    await sync('polar.checkouts');
    polar.polar.settings.token = 'polar_oat_another';
    await sync('polar.checkouts');
    await until('both are heard', () => heard.length >= 2);
    const documented = /```json\n(.*?)```/s.exec(readFileSync('docs/hooks.md', 'utf8'))?.[1] ?? '';
    const example = JSON.parse(documented) as SyncEvent;
    expect(Object.keys(heard[0] ?? {})).toEqual(Object.keys(example));
    expect(Object.keys(heard[0]?.data ?? {})).toEqual(Object.keys(example.data));
    const found = heard.map(({ type, data: { account, stream, mode, records } }) => ({
      type,
      account,
      stream,
      mode,
      records,
    }));
    const of = { account: 'default', stream: 'polar.checkouts', mode: 'full' };
    expect(found).toEqual([
      { type: 'run.completed', ...of, records: 3 },
      { type: 'run.failed', ...of, records: 0 },
    ]);
    expect(await value(db, 'select count(*)::int from sync.hook_deliveries')).toBe(0);
  });

  test('a notification is shorter than Postgres allows, whatever a run failed with', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 1, checkouts: 1 })];
    polar.intercept(() => ({ fault: 'status', status: 422, body: { error: '\u0001"'.repeat(9000) } }));
    expect(await syncing(polar, db).sync('polar.checkouts')).toMatchObject({ outcome: 'failed' });
    expect(await value(db, `select outcome from sync.runs`)).toBe('failed');
  });

  test('a rejected record, and a field without a column, are events once, and tell nothing of the record', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 1, checkouts: 2 })];
    await turnHookOn(db.pool);
    const [first] = polar.polar.checkouts.keys();
    const spoil = (item: Record<string, unknown>) =>
      item.id === first ? { email: 'ada@example.com' } : { ...item, loyalty_tier: 'gold' };
    const json = (body: unknown) => {
      const page = body as { items: Record<string, unknown>[] };
      return { ...page, items: page.items.map(spoil) };
    };
    polar.intercept(({ path }) => (path === '/v1/checkouts/' ? { fault: 'rewrite', json } : undefined));
    const { sync } = syncing(polar, db);
    await sync('polar.checkouts');
    await sync('polar.checkouts');
    const events = await rows(
      db,
      `select type, event->'data' as data from sync.hook_deliveries where type !~ '^run' order by 1`,
    );
    expect(events).toEqual([
      {
        type: 'drift.new_field',
        data: { account: 'default', stream: 'polar.checkouts', field: 'polar.checkouts.loyalty_tier' },
      },
      {
        type: 'record.rejected',
        data: {
          account: 'default',
          stream: 'polar.checkouts',
          recordId: null,
          fingerprint: await value(db, 'select fingerprint from sync.rejected_records'),
        },
      },
    ]);
    expect(await value(db, 'select event::text from sync.hook_deliveries')).not.toContain('ada@example.com');
  });

  test('a command delivers what its runs caused, and leaves the rest to the next one', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 3 })];
    let isDown = true;
    const { url, got } = await webhookEndpoint<SyncEvent>((response, number) =>
      (isDown ? refuse : accept)(response, number),
    );
    const settings = {
      ...connect(url, db),
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      ...CORE_STREAMS,
    };
    const first = await call(['sync', '--json'], settings);
    expect(first.code, 'a receiver that is down fails no command').toBe(0);
    expect(await undelivered(db)).toBe(2);
    isDown = false;
    await call(['sync'], settings);
    await db.pool.query('update sync.hook_deliveries set next_attempt_at = now() where next_attempt_at is not null');
    await call(['sync', 'polar.checkouts'], settings);
    expect(await undelivered(db)).toBe(0);
    expect(new Set(got.map(idOf)).size).toBe(5);
  });

  test('a delivery that is claimed is left alone by others, and retried when whoever claimed it died', async () => {
    const db = shared();
    await db.pool.query('truncate sync.hook_deliveries');
    await queueEvents(db, 3);
    expect((await claimDeliveries(db.pool, 2)).length + (await claimDeliveries(db.pool, 2)).length).toBe(3);
    expect(await claimDeliveries(db.pool, 2)).toEqual([]);
    await db.pool.query(`update sync.hook_deliveries set next_attempt_at = now() - interval '1 second'`);
    expect(await claimDeliveries(db.pool, 5)).toHaveLength(3);
  });

  test('an event is given up after three days, and said so', async () => {
    const db = shared();
    await db.pool.query('truncate sync.hook_deliveries');
    await queueEvents(db, 1);
    const [id = ''] = await claimDeliveries(db.pool, 1);
    const refusing = { send: () => Promise.resolve({ status: 503, error: 'the receiver responded 503' }) };
    let attempts = 0;
    let waited = 0;
    while ((await undelivered(db)) === 1 && attempts < 1000) {
      await deliver(db.pool, refusing, id);
      waited += pauseAfter((attempts += 1), 0.5) ?? 0;
      if (await value(db, 'select given_up_at is not null from sync.hook_deliveries')) break;
    }
    expect(waited / 3_600_000).toBeGreaterThan(70);
    expect(
      await rows(db, 'select attempts, last_status, last_error, next_attempt_at from sync.hook_deliveries'),
    ).toEqual([{ attempts, last_status: 503, last_error: 'the receiver responded 503', next_attempt_at: null }]);
  });

  test('nothing is queued while no receiver is set, and what waits is given up when it is removed', async () => {
    const db = shared();
    await db.pool.query('truncate sync.hook_deliveries');
    await turnHookOn(db.pool);
    await queueEvents(db, 2);
    expect(await turnHookOff(db.pool)).toBe(2);
    expect(await turnHookOff(db.pool)).toBe(0);
    await db.pool.query(`update sync.hook_deliveries set created_at = now() - interval '15 days'`);
    await prune(db.pool, 30);
    expect(await value(db, 'select count(*)::int from sync.hook_deliveries')).toBe(0);
  });

  test('a stream that falls behind is one event for each outage', async () => {
    const db = shared();
    await db.pool.query('truncate sync.hook_deliveries, sync.runs');
    await turnHookOn(db.pool);
    const stale = { account: 'default', stream: 'polar.checkouts' };
    const end = (outcome: string, at: string) =>
      db.pool.query(
        `insert into sync.runs (account, stream, mode, list, walk_id, started_at, finished_at, outcome)
         values ('default', 'polar.checkouts', 'full', '', gen_random_uuid(), now() - interval '${at}', now() - interval '${at}', $1)`,
        [outcome],
      );
    const count = () => value(db, `select count(*)::int from sync.hook_deliveries where type = 'stream.stale'`);
    await end('complete', '3 hours');
    await end('failed', '1 minute');
    const since = Date.now() - 3_600_000;
    expect(await notCompleted(db.pool, [{ ...stale, mode: 'full', since }])).toEqual([{ ...stale, mode: 'full' }]);
    await recordStale(db.pool, [stale, stale]);
    await recordStale(db.pool, [stale]);
    expect(await count()).toBe(1);
    await end('complete', '-1 second');
    await db.pool.query(`update sync.runs set finished_at = clock_timestamp() where outcome = 'complete'`);
    expect(await notCompleted(db.pool, [{ ...stale, mode: 'full', since }])).toEqual([]);
    await recordStale(db.pool, [stale]);
    expect(await count()).toBe(2);
  });

  test('a receiver that redirects, is not there, or responds without end is recorded with why', async () => {
    const db = shared();
    const endpoint = await webhookEndpoint<SyncEvent>((response, number) => {
      if (number === 0) return response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      response.writeHead(200);
      return response.write('x');
    });
    const hook = (url: string) => {
      const opened = openHook(
        { url, secret: `whsec_${Buffer.from(SECRET).toString('base64')}`, proxy: undefined },
        new AbortController().signal,
      );
      onTestFinished(() => opened.close());
      return opened.send({ id: randomUUID(), body: '{}', attempts: 0 });
    };
    expect(await hook(endpoint.url)).toEqual({ status: 302, error: 'the receiver responded 302' });
    expect(await hook(endpoint.url)).toEqual({ status: 200 });
    expect(await hook('http://127.0.0.1:1/')).toMatchObject({ status: undefined, error: /ECONNREFUSED/ });
    await db.pool.query('truncate sync.hook_deliveries');
    await deliverDue(db.pool, { send: () => Promise.reject(new Error('nothing is due')) }, 1000);
  });
});

test('status --fresher-than ends with 1 and names the streams that are older or were never walked', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 3 })];
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS };
  const status = (...args: string[]) => call(['status', '--fresher-than', '1h', ...args], settings);
  expect((await status()).code).toBe(1);
  expect((await call(['sync', 'polar.checkouts'], settings)).code).toBe(0);
  expect(await status('polar.checkouts')).toMatchObject({ code: 0 });
  const all = await status();
  expect(all.code).toBe(1);
  expect(all.stdout).toContain(
    'polar.checkout_links is older than --fresher-than allows, or was never walked completely',
  );
  expect(JSON.parse((await status('--json')).stdout)).toMatchObject({ stale: ['polar.checkout_links'] });
  await db.pool.query(`update sync.runs set walk_started_at = now() - interval '61 minutes'`);
  expect((await status('polar.checkouts')).code).toBe(1);
  // An optional stream may be without its scope: until a walk of it begins, it is stale only where it is asked for.
  expect((await call(['sync', 'polar.checkouts', 'polar.checkout_links'], settings)).code).toBe(0);
  const anyStream = { ...settings, POLAR_STREAMS: '' };
  expect((await call(['status', '--fresher-than', '1h'], anyStream)).code).toBe(0);
  expect((await call(['status', '--fresher-than', '1h', 'polar.customers'], anyStream)).code).toBe(1);
  expect((await status('polar.checkout')).stderr).toContain('did you mean polar.checkouts?');
  const wrong = await call(['status', '--fresher-than', 'an hour'], settings);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('such as 15m');
});
