import { expect, test } from 'vitest';
import { isMigrated } from '../../src/database/migrate.ts';
import { parseConfig } from '../../src/config/config.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';

test.for([
  ['no session is left idle when a migration follows', 'template1', 0],
  ['the session is kept when there is nothing to migrate', undefined, 1],
] as const)('%s', async ([, template, sessions]) => {
  const db = await freshDatabase(template);
  expect(await isMigrated(db.pool, reportingViews(parseConfig({}).report))).toBe(template === undefined);
  expect(db.pool.totalCount).toBe(sessions);
});
