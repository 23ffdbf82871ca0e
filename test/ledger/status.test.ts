import { expect, test } from 'vitest';
import { estimateRowsOf, statusOf } from '../../src/ledger/status.ts';
import { checkoutLink } from '../../src/sources/polar/checkout-link.ts';
import { freshDatabase } from '../support/database.ts';
import { value } from '../support/records.ts';
import { call } from '../support/run.ts';

const FILL = `
insert into polar.checkout_links (id, account, observed_at, extra, deleted_at)
select gen_random_uuid(), $1, now(), '{}', case when n % 10 = 0 then now() end from generate_series(1, $2) n`;

test('rows of a large table are estimated by account, without reading it, and counted if asked', async () => {
  const db = await freshDatabase();
  await db.pool.query(FILL, ['default', 30_000]);
  await db.pool.query(FILL, ['acme', 10_000]);
  await db.pool.query('analyze polar.checkout_links');
  const near = (found: number, truth: number) => expect(Math.abs(found - truth)).toBeLessThan(truth / 10);
  for (const [account, truth] of [
    ['default', 30_000],
    ['acme', 10_000],
  ] as const) {
    const { rows, deleted, isEstimated } = await estimateRowsOf(db.pool, account, checkoutLink);
    expect(isEstimated).toBe(true);
    near(rows + deleted, truth);
    near(rows, truth * 0.9);
  }
  await db.pool.query(`insert into sync.walk_leases (account, stream, token, holder, acquired_at, expires_at)
    values ('default', 'polar.checkout_links', 1, '', now(), now())`);
  const status = async (...options: string[]) => (await call(['status', ...options], { DATABASE_URL: db.url })).stdout;
  expect(await status()).toMatch(/rows +about \d+,\d+, about \d,\d+ more deleted at the source/);
  expect(await status('--exact')).toMatch(/rows +27,000, 3,000 more deleted at the source/);
});

test('rows of a small table are counted', async () => {
  const db = await freshDatabase();
  await db.pool.query(FILL, ['default', 25]);
  const ref = { account: 'default', stream: 'polar.checkout_links' };
  expect(await statusOf(db.pool, ref, checkoutLink)).toMatchObject({ rows: 23, deleted: 2, isEstimated: false });
  expect(await value(db, 'select count(*)::int from polar.checkout_links')).toBe(25);
});
