import { expect, test } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { savePage } from '../../src/load/checkpoint.ts';
import type { Database } from '../../src/load/database.ts';
import { acquireLease, type Lease } from '../../src/load/lease.ts';
import { beginRun, dropWalk } from '../../src/load/runs.ts';
import { freshDatabase } from '../database.ts';
import { rows } from '../records.ts';

const STREAM = 'polar.checkouts';

/** A process that held the lease too long, and the one that took it over and has stored a page. */
async function takenOver(): Promise<{ db: Database; late: Lease; walkId: string }> {
  const db = await freshDatabase();
  const late = await acquireLease(db, STREAM, 'full');
  await db.pool.query(`update sync.leases set expires_at = now() - interval '1 second'`);
  const next = await acquireLease(db, STREAM, 'full');
  const { checkpoint, runId } = await beginRun(db.pool, next, 'full', 'the list');
  await savePage(db.pool, checkpoint.walkId, { runId, number: 1, span: {}, ids: [], sourceTime: undefined });
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

test('a process that lost its lease does not drop the walk that the next goes on with', async () => {
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
