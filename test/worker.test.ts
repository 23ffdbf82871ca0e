import { connect as connectSocket } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { connectClient, freshDatabase } from './support/database.ts';
import { startPolar } from './support/polar.ts';
import { CORE_STREAMS, polarAt } from './support/source.ts';
import { rows, value } from './support/records.ts';
import { backends, queueSettings, spawnService, startService, startServiceProcess, until } from './support/service.ts';
import { differences } from './oracle/oracle.ts';
import type { Database } from '../src/database/database.ts';
import type { Simulator } from '../src/simulator/simulator.ts';

/** Settings that connect a worker to a simulator and a database. */
const connect = (polar: Simulator, db: Database) => ({
  DATABASE_URL: db.url,
  POLAR_ACCESS_TOKEN: polar.token,
  POLAR_API_URL: polar.url,
  ...CORE_STREAMS,
  POLAR_REQUESTS_PER_MINUTE: '100000',
});

const count = (db: Database) => value(db, 'select count(*)::int from polar.checkouts');
const runs = (db: Database) =>
  rows(db, `select mode, outcome from sync.runs where stream = 'polar.checkouts' order by id`);
const completeRuns = async (db: Database, more = '') =>
  Number(await value(db, `select count(*)::int from sync.runs where outcome = 'complete' ${more}`));

/** Holds the answer to the request for this page of sessions until the gate opens. */
function holdPage(polar: Simulator, page: number) {
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  polar.intercept(async ({ path, query }) => {
    if (path !== '/v1/checkouts/' || Number(query.get('page')) !== page || query.get('sorting') !== 'created_at')
      return;
    reached.resolve();
    await gate.promise;
  });
  return { reached: reached.promise, open: gate.resolve };
}

/** Polar's own answer to a token that has expired. */
const EXPIRED = { error: 'invalid_token', error_description: 'The access token provided is expired' };

test('the service is ready while its source hangs, and walks when it responds', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 10 })];
  const gate = Promise.withResolvers<void>();
  polar.intercept(() => gate.promise);
  const { POLAR_STREAMS: _, ...settings } = connect(polar, db);
  const service = await startService(db, settings, { isWalking: false });
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  gate.resolve();
  await service.walking;
  expect(await value(db, 'select count(scopes_asked_at)::int from sync.accounts')).toBe(1);
});

describe.each(backends)('the service with its queue on %s', (backend) => {
  test('walks at once what was never walked, keeps it fresh by its schedules, and shows it', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 5, checkouts: 350 })];
    const settings = {
      ...connect(polar, db),
      ...(await queueSettings(backend)),
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
    };
    const service = await startService(db, settings);
    await until('both streams are stored', async () => (await completeRuns(db)) >= 2);
    const created = polar.polar.createCheckout();
    polar.polar.updateLink([...polar.polar.links.keys()][0] ?? '', { label: 'Autumn' });
    await until('the new session is stored', async () => (await count(db)) === 351);
    await until('the link has its new label', async () =>
      Boolean(await value(db, `select count(*)::int from polar.checkout_links where label = 'Autumn'`)),
    );
    expect(await value(db, 'select status from polar.checkouts where id = $1', [created.id])).toBe(created.status);

    const read = async () => (await fetch(`${service.url}/metrics`)).text();
    await until('an incremental walk is counted', async () =>
      /runs_total\{[^}]*"incremental",outcome="complete"\} [1-9]/.test(await read()),
    );
    const metrics = await read();
    expect(metrics).toMatch(
      /checkout_sync_runs_total\{account="default",stream="polar.checkouts",mode="incremental",outcome="complete"\} [1-9]/,
    );
    expect(metrics).toMatch(/checkout_sync_requests_total\{source="polar",account="default",status="200"\} [1-9]/);
    expect(metrics).toMatch(
      /checkout_sync_rows_total\{account="default",stream="polar.checkouts",table="polar.checkouts",effect="inserted"\} 351/,
    );
    expect(metrics).toMatch(/checkout_sync_freshness_seconds\{account="default",stream="polar.checkouts"\} \d/);
    expect(metrics).toMatch(/checkout_sync_queue_jobs\{state="delayed"\} \d/);
    expect(metrics).toMatch(/checkout_sync_budget_used_ratio\{source="polar",account="default"\} \d/);
    const status = (await (await fetch(`${service.url}/status.json`)).json()) as { queue: object; streams: object[] };
    expect(status.queue).toMatchObject({ backend });
    expect(status.streams).toContainEqual(expect.objectContaining({ stream: 'polar.checkouts', rows: 351 }));
    expect(JSON.stringify(status) + metrics).not.toContain(polar.token);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    await service.close();
  });

  test('SIGTERM finishes the page in hand and ends with 0; the next worker goes on at once', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 2000 })];
    const settings = { ...connect(polar, db), ...(await queueSettings(backend)) };
    const hold = holdPage(polar, 6);
    const first = await startServiceProcess(settings);
    await hold.reached;
    await until('the pages before are stored', async () => Number(await count(db)) >= 600);
    const stored = Number(await count(db));
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await runs(db)).toEqual([{ mode: 'full', outcome: 'interrupted' }]);
    hold.open();
    const asked = polar.requests.length;
    const second = await startServiceProcess(settings);
    await until(
      'the walk is complete',
      async () => (await completeRuns(db, `and stream = 'polar.checkouts'`)) > 0,
      8000,
    );
    expect(await count(db)).toBe(2000);
    const pages = polar.requests.slice(asked).filter(({ path }) => path === '/v1/checkouts/');
    expect(pages.length).toBeLessThanOrEqual(Math.ceil((2000 - stored) / 100) + 3);
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('a killed worker’s walk is taken over by another, and ends equal to the source', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 20, checkouts: 1500 })];
    const settings = { ...connect(polar, db), ...(await queueSettings(backend)) };
    const hold = holdPage(polar, 5);
    const first = await startServiceProcess(settings);
    await hold.reached;
    const second = await startServiceProcess(settings);
    first.kill('SIGKILL');
    await first.ended;
    hold.open();
    const isComplete = async () => (await completeRuns(db, `and stream = 'polar.checkouts'`)) > 0;
    await until('the walk is complete', isComplete);
    await until(
      'the links are walked',
      async () => (await completeRuns(db, `and stream = 'polar.checkout_links'`)) > 0,
    );
    expect(await differences(polar, db)).toEqual([]);
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('a run that fails is tried again by itself; one that somebody must mend waits for its schedule', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 3, checkouts: 30 })];
    polar.intercept(({ path }) =>
      path === '/v1/checkouts/' ? { fault: 'status', status: 401, body: EXPIRED } : undefined,
    );
    const off = { SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off', SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off' };
    const service = await startService(db, { ...connect(polar, db), ...(await queueSettings(backend)), ...off });
    await until('the links are stored', async () => (await completeRuns(db)) === 1);
    await until('the sessions have failed', async () => (await runs(db)).length === 1);
    await until('their job has failed for good', async () =>
      /"failed":1\b/.test(await (await fetch(`${service.url}/status.json`)).text()),
    );
    expect(await runs(db)).toEqual([{ mode: 'full', outcome: 'failed' }]);
  });
});

/** A worker whose first page cannot be committed, because another session holds what it needs. */
async function blockedWorker() {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 500 })];
  const lock = await connectClient(db.url);
  await lock.query(`select pg_advisory_lock(hashtext('checkout-sync'), hashtext('polar'))`);
  const service = await startServiceProcess(connect(polar, db));
  const waiting = `select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`;
  await until('a page waits for its turn', async () => Number(await value(db, waiting)) > 0);
  return service;
}

test('a stop that takes too long is given up after nine seconds: nothing is lost, what is not stored is read again', async () => {
  const service = await blockedWorker();
  const started = performance.now();
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(performance.now() - started).toBeLessThan(55_000); // a statement that waits gives up after a minute
  expect(service.log()).toContain('stopping takes too long');
});

test('a second signal ends a worker immediately', async () => {
  const service = await blockedWorker();
  service.kill('SIGTERM');
  await until('it says that it stops', () => service.log().includes('stopping'));
  service.kill('SIGTERM');
  expect(await service.ended).toBe(130);
});

test('a worker without a token on an open address ends with 2 and one line', async () => {
  const db = await freshDatabase();
  const start = startServiceProcess({ DATABASE_URL: db.url, HOST: '0.0.0.0' });
  await expect(start).rejects.toThrow(/^the worker ended with 2: checkout-sync: CS1214: ADMIN_TOKEN must be set/);
});

test('a worker that starts while Redis is away waits for it, and still ends with 0 when it is told to', async () => {
  const db = await freshDatabase();
  const service = spawnService({ DATABASE_URL: db.url, REDIS_URL: 'redis://127.0.0.1:1' });
  await until('it says what is wrong', () => service.log().includes('ECONNREFUSED'));
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
});

test('once the schema is up to date a worker needs no right to change it', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 5 })];
  const first = await startServiceProcess(connect(polar, db));
  first.kill('SIGTERM');
  await first.ended;
  const [role, schemas] = [`role_${process.pid}`, 'polar, fynn, sync, history, bullmq'];
  await db.pool.query(`create role ${role} login password 'a' `);
  await db.pool.query(`grant usage on schema ${schemas} to ${role}`);
  await db.pool.query(`grant select, insert, update, delete on all tables in schema ${schemas} to ${role}`);
  await db.pool.query(`grant usage on all sequences in schema ${schemas} to ${role}`);
  const url = Object.assign(new URL(db.url), { username: role, password: 'a' }).href;
  const service = await startServiceProcess({ ...connect(polar, db), DATABASE_URL: url });
  await until('both streams are stored', async () => (await completeRuns(db)) >= 2);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  await db.pool.query(`drop owned by ${role}`);
  await db.pool.query(`drop role ${role}`);
});

test('a client that does not finish its request does not hold a stop up', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 1500 })];
  const hold = holdPage(polar, 4);
  const service = await startServiceProcess({ ...connect(polar, db), POLAR_WEBHOOK_SECRET: 'polar_whs_slow_walk' });
  await hold.reached;
  const { port } = new URL(service.url);
  const slow = connectSocket(Number(port), '127.0.0.1');
  slow.on('error', () => undefined); // it is cut
  slow.write('POST /webhooks/polar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  await until('it is connected', () => slow.bytesWritten > 0);
  const started = performance.now();
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(performance.now() - started).toBeLessThan(8900); // then a stop that is held up is given up
  expect(await runs(db)).toEqual([{ mode: 'full', outcome: 'interrupted' }]);
  slow.destroy();
  hold.open();
});

test('a worker without a source leaves the schedules of others alone', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 0, checkouts: 5 })];
  await startService(db, connect(polar, db));
  const count = `select count(*)::int from bullmq.scheduler`;
  const before = await value(db, count);
  await startService(db, {});
  expect(before).toBe(polarAt(polar).streams.flatMap(({ schedules }) => Object.keys(schedules)).length);
  expect(await value(db, count)).toBe(before);
});

test('a DATABASE_URL with options of its own also serves the queue', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 5 })];
  const url = `${db.url}?options=-c%20work_mem%3D8MB`;
  const service = await startServiceProcess({ ...connect(polar, db), DATABASE_URL: url });
  await until('both streams are stored', async () => (await completeRuns(db)) >= 2);
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
});

test.runIf(inject('redisUrl'))('a Redis that does not have the database of the URL is a wrong setting', async () => {
  const db = await freshDatabase();
  const service = spawnService({ DATABASE_URL: db.url, REDIS_URL: new URL('/9999', inject('redisUrl')).href });
  expect(await service.ended).toBe(2);
  expect(service.log()).toMatch(
    /^checkout-sync: CS3102: REDIS_URL is refused by Redis: ERR DB index is out of range$/m,
  );
});
