import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, createSync, type SyncEvents } from '../../src/index.ts';
import { isObject } from '../../src/model/json.ts';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { differences, witness } from '../oracle/oracle.ts';
import { connectClient, freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { makePool } from '../support/pool.ts';
import { CORE_STREAMS } from '../support/source.ts';

const SECRET = 'polar_whs_a_secret_made_before_september';

const settingsOf = ({ token, url }: Simulator) => ({
  POLAR_ACCESS_TOKEN: token,
  POLAR_API_URL: url,
  POLAR_WEBHOOK_SECRET: SECRET,
  ...CORE_STREAMS,
});

/** A pool of the application, which ends after the test. */
function applicationPool(options: pg.PoolConfig): pg.Pool {
  const pool = makePool(options);
  onTestFinished(() => pool.end());
  return pool;
}

test('a sync through the pool of an application leaves the tables equal to the source, and the pool as it was', async () => {
  const polar = await startPolar({ links: 6, checkouts: 30 });
  const db = await freshDatabase();
  const pool = applicationPool({ connectionString: db.url, max: 1 });
  const sync = createSync({ settings: settingsOf(polar), pool });
  const events: (keyof SyncEvents)[] = [];
  const stopListening = sync.on('page', () => events.push('page'));
  sync.on('run', () => events.push('run'));
  const { runs } = await sync.sync();
  expect(runs).toMatchObject([{ outcome: 'complete' }, { outcome: 'complete' }]);
  expect(events).toEqual(['page', 'run', 'page', 'run']);
  expect(await differences(polar, db, witness(polar))).toEqual([]);

  stopListening();
  const [id = ''] = polar.polar.checkouts.keys();
  expect(await sync.pull('polar.checkouts', [id])).toEqual([{ account: 'default', id, outcome: 'unchanged' }]);
  expect(await sync.verify({ streams: ['polar.checkouts'] })).toMatchObject({
    isEqual: true,
    streams: [{ records: 30 }],
  });
  expect((await sync.status({ exact: true })).streams.map(({ rows }) => rows)).toEqual([6, 30]);
  await sync.close();
  await expect(sync.sync()).rejects.toThrow('checkout-sync was closed');
  const { rows } = await pool.query(
    `select current_setting('lock_timeout') as lock, count(*)::int as prepared from pg_prepared_statements`,
  );
  expect(rows).toEqual([{ lock: '0', prepared: 0 }]);
  expect(pool.totalCount).toBe(1);
});

test('what differs is reported as it is found', async () => {
  const polar = await startPolar({ links: 2, checkouts: 3 });
  const sync = createSync({ settings: { ...settingsOf(polar), DATABASE_URL: await freshDatabaseUrl() } });
  onTestFinished(() => sync.close());
  await sync.sync();
  const [id = ''] = polar.polar.links.keys();
  polar.polar.deleteLink(id);
  const found: string[] = [];
  const onDifference = ({ stream, kind, record }: { stream: string; kind: string; record: string }) =>
    found.push(`${stream} ${kind} ${record}`);
  expect(await sync.verify({ onDifference })).toMatchObject({ isEqual: false });
  expect(found).toContain(`polar.checkout_links extra ${id}`);
});

test('settings are checked before anything is opened, with the messages of the command line', () => {
  const open = (settings: Record<string, string>) => () => createSync({ settings });
  expect(open({ DATABASE_URL: 'nonsense', PORT: 'x' })).toThrow(ConfigError);
  expect(open({ PORT: 'x', POLAR_STREAM: 'y' })).toThrow(/PORT must be a port.*\nPOLAR_STREAM is not a setting/);
  expect(open({ POLAR_ACCESS_TOKEN: 'polar_oat_x' })).toThrow('DATABASE_URL must be set in the settings of createSync');
});

test('options and settings of another kind are refused by name, as a caller in JavaScript learns of them nowhere else', async () => {
  const polar = await startPolar({ links: 1, checkouts: 1 });
  const settings = { ...settingsOf(polar), DATABASE_URL: 'postgres://localhost/never_opened' };
  await using sync = createSync({ settings });
  const refusals: [unknown, string][] = [
    [sync.sync(JSON.parse('{"mode": "sideways"}')), 'mode must be full or incremental'],
    [
      sync.sync(JSON.parse('{"signal": 5, "streams": "polar.checkouts"}')),
      'streams must be a list of streams\nsignal must be',
    ],
    [sync.verify({ sample: 0 }), 'sample must be 1 or more'],
    [sync.verify({ sample: -1.5 }), 'sample must be a whole number'],
    [sync.status({ fresherThan: Number.NaN }), 'fresherThan must be a number of milliseconds'],
  ];
  for (const [refused, message] of refusals) await expect(refused).rejects.toThrow(message);
  expect(() => createSync({ settings: JSON.parse('{"PORT": 3000}') })).toThrow('PORT must be a text');
  const ofProcess = Object.assign(Object.create({}) as Record<string, string>, settings); // process.env is no plain object
  await createSync({ settings: ofProcess }).close();
  for (const name of ['done', 'toString'])
    expect(() => sync.on(JSON.parse(`"${name}"`), () => undefined)).toThrow(
      `there is no event ${name}: page, run, due`,
    );
  const created: [options: object | null, message: string][] = [
    [null, 'options must be an object'],
    [{}, 'settings must be an object'],
    [{ settings, pool: {} }, 'pool must have connect, query, end'],
    [{ settings, logger: {} }, 'logger must have debug, info, warn, error'],
  ];
  for (const [options, message] of created)
    expect(() => createSync(JSON.parse(JSON.stringify(options)))).toThrow(new ConfigError('CS1104', message));
});

test('a signal ends a sync, and closing ends it as well', async () => {
  const polar = await startPolar({ links: 2, checkouts: 5 });
  const sync = createSync({ settings: { ...settingsOf(polar), DATABASE_URL: await freshDatabaseUrl() } });
  const stop = new AbortController();
  const stopListening = sync.on('run', () => stop.abort(new Error('enough')));
  const { runs: aborted } = await sync.sync({ signal: stop.signal });
  expect(aborted).toMatchObject([{ outcome: 'complete' }, { outcome: 'failed', error: 'enough' }]);
  stopListening();
  sync.on('run', () => void sync.close());
  const { runs: closed } = await sync.sync();
  const error = expect.stringContaining('checkout-sync was closed');
  expect(closed).toMatchObject([{ outcome: 'complete' }, { outcome: 'failed', error }]);
  await sync.close();
});

test('whoever closes it, waits until it is closed', async () => {
  const sync = createSync({ settings: { DATABASE_URL: await freshDatabaseUrl() } });
  await sync.migrate();
  const order: string[] = [];
  const first = sync.close().then(() => order.push('first'));
  await Promise.all([first, sync.close().then(() => order.push('second'))]);
  expect(order).toEqual(['first', 'second']);
});

test('a pool whose queries end early does not end a migration', async () => {
  const pool = applicationPool({ connectionString: await freshDatabaseUrl('template0'), query_timeout: 1 });
  await using sync = createSync({ settings: {}, pool });
  const { applied } = await sync.migrate();
  expect(applied).toBeGreaterThan(0);
});

test('a listener that throws or rejects is logged, and harms neither the walk nor other listeners', async () => {
  const polar = await startPolar({ links: 2, checkouts: 2 });
  const lines: string[] = [];
  const ignore = () => undefined;
  const logger = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (_: object, message: string) => lines.push(message),
  };
  const settings = { ...settingsOf(polar), DATABASE_URL: await freshDatabaseUrl() };
  await using sync = createSync({ settings, logger });
  sync.on('page', () => {
    throw new Error('no');
  });
  const rejecting = (): unknown => Promise.reject(new Error('not later either'));
  sync.on('page', rejecting);
  let called = 0;
  sync.on('page', () => void (called += 1));
  expect((await sync.sync({ streams: ['polar.checkouts'] })).runs).toMatchObject([{ outcome: 'complete' }]);
  expect(lines).toContain('a listener of the event page failed: no');
  expect(lines).toContain('a listener of the event page failed: not later either');
  expect(called).toBe(1);
});

test('webhooks are taken as requests of the Fetch API: verified, limited in size, and asked for again while the database is away', async () => {
  const polar = await startPolar({ links: 2, checkouts: 3 });
  const url = await freshDatabaseUrl();
  await using sync = createSync({ settings: { ...settingsOf(polar), DATABASE_URL: url } });
  const handle = sync.webhooks();
  const [id = ''] = polar.polar.checkouts.keys();
  const { headers, body } = signedWebhook(polar.polar, { type: 'checkout.updated', id }, { secret: SECRET });
  const send = async (changes: RequestInit) => {
    const response = await handle(
      new Request('http://app/api/webhooks', { method: 'POST', headers, body, ...changes }),
    );
    return [response.status, await response.json()];
  };
  expect(await send({})).toEqual([200, { outcome: 'applied' }]);
  expect(await send({})).toEqual([200, { outcome: 'duplicate' }]);
  expect((await send({ body: `${body} ` }))[0]).toBe(401);
  expect((await send({ headers: { ...headers, 'content-encoding': 'gzip' } }))[0]).toBe(415);
  expect((await send({ body: 'x'.repeat(1_100_000) }))[0]).toBe(413);
  expect((await send({ method: 'GET', body: null }))[0]).toBe(405);
  const read = new Request('http://app/api/webhooks', { method: 'POST', headers, body });
  await read.text();
  await expect(handle(read)).rejects.toThrow('the body of the webhook was read already: give the handler the request');
  const client = await connectClient(url);
  const { rows } = await client.query('select id::text from polar.checkouts');
  expect(rows).toEqual([{ id }]);

  const unreachable = createSync({ settings: { ...settingsOf(polar), DATABASE_URL: 'postgres://localhost:1/none' } });
  const response = await unreachable.webhooks()(new Request('http://app/', { method: 'POST', headers, body }));
  expect(response.status).toBe(503);
  await unreachable.close();
});

test('a handler of webhooks is of one account, which is named where there are several', async () => {
  const polar = await startPolar({ links: 2, checkouts: 3 });
  const settings = { ...settingsOf(polar), DATABASE_URL: 'postgres://localhost/never_opened' };
  const { POLAR_WEBHOOK_SECRET: _secret, ...without } = settings;
  expect(() => createSync({ settings: without }).webhooks()).toThrow('no account takes webhooks');
  const named = Object.fromEntries(Object.entries(settingsOf(polar)).map(([name, value]) => [`${name}__ACME`, value]));
  const sync = createSync({ settings: { ...settings, ...named } });
  expect(() => sync.webhooks()).toThrow('polar (account default), polar (account acme)');
  expect(() => sync.webhooks({ source: 'fynn' })).toThrow('fynn (account default) takes no webhooks');
  expect(sync.webhooks({ source: 'polar', account: 'acme' })).toBeTypeOf('function');
});

/** Runs a program in a process of its own, which must end by itself, and returns what it printed as JSON. */
async function runProgram(args: readonly string[], input: unknown): Promise<unknown> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(input));
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  return JSON.parse(printed);
}

test('two accounts are embedded in one process with its own Fastify and pools, whose parsers are others; it ends by itself', async () => {
  const merchants = await Promise.all(
    [1, 2].map(async (seed) => {
      const polar = await startPolar({ seed, links: 4, checkouts: 12 * seed });
      const [id = ''] = polar.polar.checkouts.keys();
      const webhook = signedWebhook(polar.polar, { type: 'checkout.updated', id }, { secret: SECRET });
      const db = await freshDatabase();
      return { polar, db, input: { settings: settingsOf(polar), databaseUrl: db.url, prefix: `/m${seed}`, webhook } };
    }),
  );
  const program = fileURLToPath(new URL('../support/embedding.ts', import.meta.url));
  const printed = await runProgram(
    [program],
    merchants.map(({ input }) => input),
  );
  if (!isObject(printed)) throw new Error('the program prints an object');
  expect(printed.results).toMatchObject([
    { isEqual: true, rows: [4, 12], works: 1, responses: [200, 200] },
    { isEqual: true, rows: [4, 24], works: 1, responses: [200, 200] },
  ]);
  expect(printed.seen).toHaveLength(4);
  expect(printed.left).toEqual([]);
  expect(printed.listeners).toEqual([0, 0, 0, 0]);
  for (const { polar, db } of merchants) expect(await differences(polar, db, witness(polar))).toEqual([]);
});

test('importing the library starts nothing, and loads no queue', async () => {
  const code = `
    const index = ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
    await import(index);
    await new Promise(setImmediate); // the files that were read are closed
    const listeners = ['SIGINT', 'SIGTERM', 'exit', 'uncaughtException'].map((name) => process.listenerCount(name));
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(index).cache).filter((path) => /node_modules.(bullmq|ioredis|fastify|commander)./.test(path));
    console.log(JSON.stringify({ started: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap'), listeners, loaded }));`;
  expect(await runProgram(['--input-type=module', '--eval', code], null)).toEqual({
    started: [],
    listeners: [0, 0, 0, 0],
    loaded: [],
  });
});
