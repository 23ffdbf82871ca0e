import type { Database } from '../../src/database/database.ts';
import { rows, value } from './records.ts';
import { until } from './service.ts';

/** Settings by which each kind of walk of Polar's streams is due every few seconds, one by a cron pattern. */
export const SHORT_SCHEDULES = {
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 3s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 3s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: '*/6 * * * * *',
};
const WALKS = ['polar.checkout_links full', 'polar.checkouts full', 'polar.checkouts incremental'];

/** Number of walks per second that these schedules make. */
export const WALKS_PER_SECOND = 1 / 3 + 1 / 3 + 1 / 6;

/** Returns the number of runs in a database. */
export const runCount = async (db: Database) => Number(await value(db, 'select count(*)::int from sync.runs'));

/** Waits until each of these schedules has made this many more complete walks. */
export async function untilWalked(db: Database, times: number): Promise<void> {
  const last = await value(db, 'select coalesce(max(id), 0) from sync.runs');
  const counts = async () => {
    const found = await rows(
      db,
      `select stream || ' ' || mode as walk, count(*)::int from sync.runs where id > $1 and outcome = 'complete' group by 1`,
      [last],
    );
    return WALKS.map((walk) => Number(found.find((row) => row.walk === walk)?.count ?? 0));
  };
  const what = `each of ${WALKS.join(', ')} walks ${times} times`;
  await until(what, async () => Math.min(...(await counts())) >= times).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${(await counts()).join(', ')}`);
  });
}
