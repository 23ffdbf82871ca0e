import { describe, expect, test } from 'vitest';
import { differences } from '../oracle/oracle.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { backends, queueSettings, startServiceProcess, until } from '../support/service.ts';
import { completeRuns, connect, count, holdPage, runs } from '../support/walking-worker.ts';

const HELD = 'select count(*)::int from sync.walk_leases where expires_at > now()';

describe.each(backends)('a worker with its queue on %s', (backend) => {
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
    const isInTime = !first.log().includes('stopping takes too long'); // after nine seconds, a busy machine gives back nothing
    if (isInTime) expect(await value(db, HELD)).toBe(0);
    hold.open();
    const asked = polar.requests.length;
    const second = await startServiceProcess(settings);
    await until('the walk is complete', async () => (await completeRuns(db, `and stream = 'polar.checkouts'`)) > 0);
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
  expect(service.log()).toContain('stopping took too long');
});

test('a second signal ends a worker immediately', async () => {
  const service = await blockedWorker();
  service.kill('SIGTERM');
  await until('it says that it stops', () => service.log().includes('stopping'));
  service.kill('SIGTERM');
  expect(await service.ended).toBe(130);
});
