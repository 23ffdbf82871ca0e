import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';

test('a full walk stores every link and session and says so', async () => {
  const polar = await startPolar({ links: 230, checkouts: 1050 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  const links = await sync('polar.checkout_links');
  const sessions = await sync('polar.checkouts');
  expect(links).toMatchObject({ outcome: 'complete', records: 230, inserted: 230, updated: 0, unchanged: 0 });
  expect(sessions).toMatchObject({ outcome: 'complete', records: 1050, inserted: 1050, updated: 0, unchanged: 0 });
});
