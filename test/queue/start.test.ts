import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';
import { completeRuns, connect } from '../support/walking-worker.ts';

/** Ends the sessions that wait for a lock. */
const END_WAITING = `
  select count(pg_terminate_backend(pid))::int from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

/** Locks a table against everybody until the returned function is called. */
async function lockTable(db: Database, table: string): Promise<() => Promise<unknown>> {
  const session = await db.pool.connect();
  onTestFinished(() => session.release(true));
  await session.query(`begin; lock table ${table} in access exclusive mode`);
  return () => session.query('rollback');
}

/** A worker that is ready, and starts its walks once the source responds. */
async function readyWorker() {
  const [db, polar, warnings] = [await freshDatabase(), await startPolar({ links: 3, checkouts: 30 }), [] as string[]];
  const gate = Promise.withResolvers<void>();
  polar.intercept(() => gate.promise);
  const { POLAR_STREAMS: _, ...settings } = connect(polar, db);
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const service = await startService(db, settings, { log, isWalking: false });
  return { db, service, warnings, respond: gate.resolve };
}

const failedStarts = (warnings: readonly string[]) => warnings.filter((line) => line.includes('could not be started'));

test.each([
  ['looks for streams that were never walked', 'sync.runs'],
  ['connects to the queue', 'bullmq.migration'],
])('a ready worker whose session is lost while it %s starts its walks afterwards', async (_, table) => {
  const { db, service, warnings, respond } = await readyWorker();
  const unlock = await lockTable(db, table);
  respond();
  await until('three attempts have failed', async () => {
    await value(db, END_WAITING);
    return failedStarts(warnings).length >= 3;
  });
  await unlock();
  await service.walking;
  await until('the streams are stored', async () => (await completeRuns(db)) >= 2);
});

test('a ready worker that cannot start its walks is stopped at once', async () => {
  const { db, service, warnings, respond } = await readyWorker();
  await db.pool.query('alter table sync.runs rename to runs_elsewhere');
  const walking = expect(service.walking).rejects.toThrow('the service was stopped');
  respond();
  await until('an attempt has failed', () => failedStarts(warnings).length >= 1);
  await service.close();
  await walking;
});
