import { expect, test, vi } from 'vitest';
import { databaseTime } from '../../src/ledger/overdue.ts';
import { handleJob } from '../../src/queue/handle-job.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { value } from '../support/records.ts';

/** A stream that was walked completely just now, and jobs for it. */
async function walked() {
  const [polar, db] = [await startPolar({ links: 3, checkouts: 0 }), await freshDatabase()];
  const { context, sync } = syncing(polar, db);
  const before = await databaseTime(db.pool);
  await sync('polar.checkout_links');
  const [stream] = context.source.streams;
  if (!stream) throw new Error('there is no stream');
  const walk = async (since?: number) => {
    const remembered: number[] = [];
    const remember = async (at: number) => void remembered.push(at);
    const due = {
      account: 'default',
      stream: stream.name,
      mode: 'full' as const,
      remember,
      ...(since !== undefined && { since }),
    };
    const { signal } = new AbortController();
    const ending = await handleJob(
      [{ context, stream }],
      due,
      { onProgress: () => undefined, onRun: () => undefined },
      signal,
    );
    return { ending, remembered };
  };
  return { db, before, walk, runs: () => value(db, 'select count(*)::int from sync.runs') };
}

test('what came due before a walk of its stream began, and waited, is not walked again', async () => {
  const { before, walk, runs } = await walked();
  expect(await walk(before)).toMatchObject({ ending: { result: 'skip', reason: expect.anything() } });
  expect(await runs()).toBe(1);
});

test("a job is judged by the database's clock, however far behind the worker's own is", async () => {
  const { db, walk, runs } = await walked();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 180_000 });
  try {
    const { ending, remembered } = await walk();
    expect(ending).toMatchObject({ result: 'done', value: { outcome: 'complete' } });
    expect(await walk(remembered[0])).toMatchObject({ ending: { result: 'skip' } });
    expect(await walk(await databaseTime(db.pool))).toMatchObject({ ending: { value: { outcome: 'complete' } } });
    expect(await runs()).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

test('a run that a wrong clock dated into the future keeps no walk away', async () => {
  const { db, walk, runs } = await walked();
  await db.pool.query(`update sync.runs set started_at = started_at + interval '1 day'`);
  expect(await walk(await databaseTime(db.pool))).toMatchObject({ ending: { value: { outcome: 'complete' } } });
  expect(await runs()).toBe(2);
});
