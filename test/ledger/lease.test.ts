import { expect, onTestFinished, test, vi } from 'vitest';
import { LeaseHeldError, LeaseLostError } from '../../src/model/errors.ts';
import { savePages } from '../../src/ledger/checkpoint.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { acquireLease, type Lease } from '../../src/ledger/lease.ts';
import { beginRun, dropWalk } from '../../src/ledger/runs.ts';
import { abandonedStreams } from '../../src/ledger/abandoned-walks.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { rows, value } from '../support/records.ts';
import { until } from '../support/service.ts';

const STREAM = { account: 'default', stream: 'polar.checkouts' };

/** A process that held the lease too long, and the one that took it over and has stored a page. */
async function takenOver(): Promise<{ db: Database; late: Lease; walkId: string }> {
  const db = await freshDatabase();
  const late = await acquireLease(db, STREAM, 'full');
  await db.pool.query(`update sync.walk_leases set expires_at = now() - interval '1 second'`);
  const next = await acquireLease(db, STREAM, 'full');
  const { checkpoint, runId } = await beginRun(db.pool, next, 'full', 'the list');
  await savePages(db.pool, { walkId: checkpoint.walkId, runId }, [
    { number: 1, span: {}, ids: [], sourceTime: undefined },
  ]);
  return { db, late, walkId: checkpoint.walkId };
}

const state = async (db: Database) => ({
  runs: await rows(db, 'select list, outcome from sync.runs'),
  checkpoints: await rows(db, 'select list, pages from sync.checkpoints'),
  pages: await rows(db, 'select number from sync.seen_pages'),
});

const UNTOUCHED = {
  runs: [{ list: 'the list', outcome: null }],
  checkpoints: [{ list: 'the list', pages: 1 }],
  pages: [{ number: 1 }],
};

test('a process that lost its lease before it began its run leaves the run and the checkpoint of the next alone', async () => {
  const { db, late } = await takenOver();
  await expect(beginRun(db.pool, late, 'full', 'another list')).rejects.toThrow(LeaseLostError);
  expect(await state(db)).toEqual(UNTOUCHED);
});

test('a process that lost its lease does not drop the walk that the next one continues', async () => {
  const { db, late, walkId } = await takenOver();
  await dropWalk(db.pool, late, walkId);
  expect(await state(db)).toEqual(UNTOUCHED);
});

test('a run that a kill cut off keeps the records it had reported, though its walk is forgotten', async () => {
  const { db, late, walkId } = await takenOver();
  await db.pool.query('update sync.runs set records = 5');
  const lease = { ...late, token: late.token + 1 };
  await dropWalk(db.pool, lease, walkId);
  await beginRun(db.pool, lease, 'full', 'the list');
  expect(await rows(db, 'select outcome, records from sync.runs order by id')).toEqual([
    { outcome: 'interrupted', records: 5 },
    { outcome: null, records: 0 },
  ]);
});

test('a lease whose renewal waits for a lock is not renewed a second time meanwhile', async () => {
  const db = await freshDatabase();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const lease = await acquireLease(db, STREAM, 'full');
  const other = await connectClient(db.url);
  await other.query('begin; select from sync.walk_leases for update');
  const renewals = vi.spyOn(db.pool, 'query');
  await vi.advanceTimersByTimeAsync(40_000);
  expect(renewals).toHaveBeenCalledOnce();
  await other.query('commit');
  await until('it is renewed again', async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    return renewals.mock.calls.length > 1;
  });
  await lease.release();
});

/** The same database as another process sees it. */
async function elsewhere({ url }: Database): Promise<Database> {
  const db = await openDatabase(url);
  onTestFinished(() => db.close());
  return db;
}

const pidOf = (db: Database) => value(db, 'select backend_pid from sync.walk_leases');

test('a holder whose session is cut keeps its lease, against others and itself', async () => {
  const db = await freshDatabase();
  const other = await elsewhere(db);
  const lease = await acquireLease(db, STREAM, 'full');
  for (let cut = 1; cut <= 3; cut++) {
    const pid = await pidOf(db);
    await db.pool.query('select pg_terminate_backend($1)', [pid]);
    for (const taker of [db, other]) await expect(acquireLease(taker, STREAM, 'full')).rejects.toThrow(LeaseHeldError);
    await until('another session is shown', async () => (await pidOf(db)) !== pid);
  }
  expect(await rows(db, 'select token from sync.walk_leases')).toEqual([{ token: String(lease.token) }]);
  await lease.release();
});

test('nothing cuts the session of a lease for being idle', async () => {
  const db = await freshDatabase();
  const name = new URL(db.url).pathname.slice(1);
  await db.pool.query(`alter database ${name} set idle_session_timeout = '300ms'`);
  const lease = await acquireLease(db, STREAM, 'full');
  const pid = await pidOf(db);
  const idle = await connectClient(db.url);
  await new Promise<void>((done) => idle.once('end', done));
  expect(await pidOf(db)).toBe(pid);
  await lease.release();
});

test('a holder that is gone is succeeded within seconds, a released lease immediately', async () => {
  const db = await freshDatabase();
  const lease = await acquireLease(db, STREAM, 'full');
  await lease.release();
  const next = await acquireLease(await elsewhere(db), STREAM, 'full');
  expect(next.token).toBe(lease.token + 1);
  await next.release();
  await db.pool.query(
    `update sync.walk_leases set expires_at = now() + interval '45 seconds', backend_pid = 1, backend_started_at = now() - interval '1 hour'`,
  );
  const third = await acquireLease(db, STREAM, 'full');
  expect(third.token).toBe(next.token + 1);
  await third.release();
});

test('behind a pooler in transaction mode a lease ends by time alone', async () => {
  const db = await freshDatabase();
  const pooled: Database = { ...db, pooler: 'transaction' };
  const lease = await acquireLease(pooled, STREAM, 'full');
  expect(await pidOf(db)).toBeNull();
  await beginRun(db.pool, lease, 'full', 'the list');
  expect(await abandonedStreams(db.pool)).toEqual([]);
  await expect(acquireLease(await elsewhere(db), STREAM, 'full')).rejects.toThrow(LeaseHeldError);
  await db.pool.query(`update sync.walk_leases set expires_at = now() - interval '1 second'`);
  expect(await abandonedStreams(db.pool)).toEqual([STREAM]);
  const next = await acquireLease(await elsewhere(db), STREAM, 'full');
  expect(next.token).toBe(lease.token + 1);
  await next.release();
  await lease.release();
});
