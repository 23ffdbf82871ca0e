import { beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { FatalError } from '../../src/model/errors.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';

const reports = (settings = {}) => reportingViews(parseConfig(settings).report);

const NAMES = reports().flatMap(({ name }) => (name.startsWith('analytics.') ? [name.split('.')[1]] : []));

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
  await db.pool.query(NAMES.map((name) => `create view mine_${name} as select * from analytics.${name}`).join('; '));
});

/** Returns the text of the views of a schema, which shows the views and columns that they read. */
const textsOf = (schema: string) =>
  rows(db, `select viewname, definition from pg_views where schemaname = '${schema}' order by viewname`);

/** Reads all views of the user; fails if one is not there. */
const readAll = () => db.pool.query(NAMES.map((name) => `select * from mine_${name}`).join('; '));

test('users’ views on all views for reports keep working with other settings', async () => {
  const [ours, mine] = [await textsOf('analytics'), await textsOf('public')];
  expect(mine).toHaveLength(ours.length);
  await db.pool.query(
    `insert into polar.orders (account, id, created_at, observed_at) values ('default', gen_random_uuid(), '2026-05-05T20:00Z', now())`,
  );
  const days = 'select created_day::text as day from mine_orders';
  expect(await rows(db, days)).toEqual([{ day: '2026-05-05' }]);
  await migrate(db, reports({ REPORT_TIMEZONE: 'Asia/Kolkata', REPORT_METADATA_KEYS: 'plan' }));
  expect(await textsOf('analytics')).not.toEqual(ours);
  expect(await textsOf('public')).toEqual(mine);
  expect(await rows(db, days)).toEqual([{ day: '2026-05-06' }]);
  await readAll();
});

/** The views of a version in which one view calls a column something else, and another has a column less. */
const changed = reports({ REPORT_TIMEZONE: 'Asia/Kolkata' }).map((view) => ({
  ...view,
  sql: view.sql
    .replace(/(?<=analytics\.revenue_daily as.*) as total_money/s, ' as gross_money')
    .replace(/(?<=analytics\.link_history as.*), h\.deleted_at/s, ''),
}));

test('users’ views on views for reports that lose a column are all listed, and nothing changes', async () => {
  const before = await Promise.all(['public', 'analytics', 'reporting'].map(textsOf));
  const refused: unknown = await migrate(db, changed).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FatalError);
  expect(
    String(refused)
      .match(/view \w+ depends on view analytics\.\w+/g)
      ?.toSorted(),
  ).toEqual(['link_history', 'revenue_daily'].map((name) => `view mine_${name} depends on view analytics.${name}`));
  expect(await Promise.all(['public', 'analytics', 'reporting'].map(textsOf))).toEqual(before);
  await readAll();
  await db.pool.query('drop view mine_link_history, mine_revenue_daily');
  await migrate(db, changed);
});
