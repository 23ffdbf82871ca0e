import type { Database } from '../../src/database/database.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { rows, value } from './records.ts';
import { CORE_STREAMS } from './source.ts';

/** Settings that connect a worker to a simulator and a database. */
export const connect = (polar: Simulator, db: Database) => ({
  DATABASE_URL: db.url,
  POLAR_ACCESS_TOKEN: polar.token,
  POLAR_API_URL: polar.url,
  ...CORE_STREAMS,
  POLAR_REQUESTS_PER_MINUTE: '100000',
});

/** Returns how many sessions are stored. */
export const count = (db: Database) => value(db, 'select count(*)::int from polar.checkouts');
/** Returns the runs of the sessions. */
export const runs = (db: Database) =>
  rows(db, `select mode, outcome from sync.runs where stream = 'polar.checkouts' order by id`);
/** Returns how many runs are complete. */
export const completeRuns = async (db: Database, more = '') =>
  Number(await value(db, `select count(*)::int from sync.runs where outcome = 'complete' ${more}`));

/** Holds back the response with this page of sessions until the gate opens. */
export function holdPage(polar: Simulator, page: number) {
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  polar.intercept(async ({ path, query }) => {
    if (path !== '/v1/checkouts/' || Number(query.get('page')) !== page || query.get('sorting') !== 'created_at')
      return;
    reached.resolve();
    await gate.promise;
  });
  return { reached: reached.promise, open: gate.resolve };
}
