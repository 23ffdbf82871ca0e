import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';
import { followedViews } from './check-views.ts';
import { followSeller } from './seller.ts';
import type { ReportRow } from './oracle/checkouts.ts';
import { counted, expectedAbandoned } from './oracle/derived.ts';

/** The values of all formulas of analytics.metrics, each over its whole view. */
async function evaluate(db: Database): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { metric, view, formula } of await rows(db, 'select * from analytics.metrics')) {
    const [row] = await rows(db, `select (${String(formula)})::float8 as value from analytics.${String(view)}`);
    values[String(metric)] = row?.value;
  }
  return values;
}

test('each formula of analytics.metrics runs over its view, and counts what happened', async () => {
  const size = { checkouts: 50, edits: 40 };
  const { db, checkouts, read } = await followedViews({ seed: 7, timezone: 'UTC', size });
  await followSeller(db, { timezone: 'UTC', seed: 3, size: { checkouts: 120, edits: 8 }, account: 'shop' });
  const values = await evaluate(db);
  expect(Object.entries(values).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
  const number = (is: (row: ReportRow) => boolean) => checkouts.filter(is).length;
  const outcomes = (...names: string[]) => number(({ outcome }) => names.includes(String(outcome)));
  const settled = number(({ is_settled }) => is_settled === true);
  const paid = checkouts.filter(({ outcome }) => outcome === 'paid');
  expect(values).toMatchObject({
    opened: checkouts.length,
    engaged: outcomes('paid', 'free', 'paying', 'abandoned', 'active'),
    settled,
    paid: paid.length,
    free: outcomes('free'),
    abandoned: outcomes('abandoned'),
    unengaged: outcomes('unengaged'),
    conversion: expect.closeTo(paid.length / settled, 10),
    recovered: expectedAbandoned(checkouts, read.now).filter(({ recovered_by }) => recovered_by !== null).length,
    ...counted(paid, ['net_amount', 'total_amount']),
    ...counted(checkouts, ['discount_given']),
    new_customers: paid.filter(({ is_first_purchase }) => is_first_purchase === true).length,
  });
});

/** Three sessions were paid before the history began; since then three were viewed: one was paid, one free, one came to nothing. */
const SESSIONS = `
  insert into sync.accounts (source, account, identity, first_seen_at, last_seen_at)
    values ('polar', 'default', '{}', now() - interval '5 days', now());
  update sync.histories set since = now() - interval '5 days' where relation = 'polar.checkouts';
  insert into polar.checkouts (id, account, created_at, modified_at, expires_at, observed_at, status, total_amount)
    select gen_random_uuid(), 'default', at, at + interval '1 hour', at + interval '2 hours', now(), status, total_amount
    from (values (9, 'succeeded', 100), (8, 'succeeded', 100), (7, 'succeeded', 100), (3, 'succeeded', 100), (3, 'succeeded', 0), (2, 'expired', 100))
      session(days_ago, status, total_amount), lateral (select now() - make_interval(days => days_ago) as at) made;
  insert into history.checkouts (account, checkout_id, valid_from, observed_at, via, is_exact, status, modified_at, has_email, has_address)
    select account, id, modified_at, now(), 'webhook', true, status, modified_at, false, false
    from polar.checkouts where created_at > now() - interval '5 days'`;

test('conversion_viewed of a range that begins before the history counts the sessions since then alone, free ones included', async () => {
  const db = await freshDatabase();
  await db.pool.query(SESSIONS);
  const { opened, paid, free, viewed, conversion_viewed } = await evaluate(db);
  expect({ opened, paid, free, viewed }).toEqual({ opened: 6, paid: 4, free: 1, viewed: 3 });
  expect(conversion_viewed).toBeCloseTo(2 / 3, 10);
});
