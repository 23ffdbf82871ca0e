import { parseConfig } from '../src/config/config.ts';
import { openDatabase, type Database } from '../src/database/database.ts';
import { migrate } from '../src/database/migrate.ts';
import { rollUpDays } from '../src/ledger/roll-up-days.ts';
import { reportingViews } from '../src/reporting/reporting-views.ts';

/** Runs a function with a database of the product, which is closed afterwards. */
export async function onDatabase<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(url);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Migrates a database, with the views for reports. */
export const createViews = (url: string) =>
  onDatabase(url, (db) => migrate(db, reportingViews(parseConfig({}).report)));

/** Rolls up the days that are due. Returns their number, and the milliseconds that they take together. */
export const rollUp = (url: string): Promise<{ days: number; ms: number }> =>
  onDatabase(url, async ({ pool }) => {
    const started = performance.now();
    const days = await rollUpDays(pool, Infinity, new AbortController().signal);
    return { days, ms: performance.now() - started };
  });
