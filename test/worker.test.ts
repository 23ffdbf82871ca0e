import { connect as connectSocket } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { freshDatabase } from './support/database.ts';
import { startPolar } from './support/polar.ts';
import { polarAt } from './support/source.ts';
import { value } from './support/records.ts';
import { backends, queueSettings, spawnService, startService, startServiceProcess, until } from './support/service.ts';
import { completeRuns, connect, count, holdPage, runs } from './support/walking-worker.ts';
import { parseConfig } from '../src/config/config.ts';
import { migrate } from '../src/database/migrate.ts';
import { reportingViews } from '../src/reporting/reporting-views.ts';

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
  const first = await startService(db, connect(polar, db));
  await first.close();
  const [role, schemas] = [`role_${process.pid}`, 'polar, fynn, sync, history, bullmq'];
  await db.pool.query(`create role ${role} login password 'a' `);
  await db.pool.query(`grant usage on schema ${schemas} to ${role}`);
  await db.pool.query(`grant select, insert, update, delete on all tables in schema ${schemas} to ${role}`);
  await db.pool.query(`grant usage on all sequences in schema ${schemas} to ${role}`);
  const url = Object.assign(new URL(db.url), { username: role, password: 'a' }).href;
  await migrate({ url }, reportingViews(parseConfig({}).report));
  const service = await startService({ ...db, url }, connect(polar, db));
  await until('both streams are stored', async () => (await completeRuns(db)) >= 2);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  await service.close();
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
  await startService({ ...db, url }, connect(polar, db));
  await until('both streams are stored', async () => (await completeRuns(db)) >= 2);
});

test.runIf(inject('redisUrl'))('a Redis that does not have the database of the URL is a wrong setting', async () => {
  const db = await freshDatabase();
  const service = spawnService({ DATABASE_URL: db.url, REDIS_URL: new URL('/9999', inject('redisUrl')).href });
  expect(await service.ended).toBe(2);
  expect(service.log()).toMatch(
    /^checkout-sync: CS3102: REDIS_URL is refused by Redis: ERR DB index is out of range$/m,
  );
});
