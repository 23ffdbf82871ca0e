import { parseConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';
import type { Scenario } from './check-views.ts';
import { wrongCells, type Expected } from './compare.ts';
import type { ReportRow } from './oracle/checkouts.ts';
import {
  expectedCohorts,
  expectedMonths,
  expectedOrders,
  expectedOrdersDaily,
  expectedRefundsDaily,
  expectedSubscriptions,
} from './oracle/sales.ts';
import { readViews } from './read-views.ts';
import { followSeller } from './seller.ts';

/** Follows the sales of two merchants into a new database, and compares the views of these. */
export async function followedSales({ seed, timezone, size }: Scenario) {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: timezone }).report));
  const follow = async (account: string, share: number) => {
    const part = { checkouts: Math.ceil(size.checkouts * share), edits: Math.ceil(size.edits * share) };
    return { account, polar: await followSeller(db, { seed: seed * 2 + share, account, timezone, size: part }) };
  };
  const merchants = [await follow('default', 1), await follow('acme', 0.4)];
  const read = await readViews(db);
  const truths = merchants.map((merchant) => ({ ...merchant, timezone, now: read.now }));
  const [orders, subscriptions] = [truths.flatMap(expectedOrders), truths.flatMap(expectedSubscriptions)];
  const { mrr, churn } = expectedMonths(subscriptions, { timezone, now: read.now });
  const expected: Expected[] = [
    ['orders', 'order_id', orders],
    ['orders_daily', 'account day product_id billing_reason currency', expectedOrdersDaily(orders)],
    ['refunds_daily', 'account day product_id reason currency', truths.flatMap(expectedRefundsDaily)],
    ['customer_cohorts', 'account cohort months_later currency', expectedCohorts(orders)],
    ['subscriptions', 'subscription_id', subscriptions],
    ['mrr_monthly', 'account month currency', mrr],
    ['churn_monthly', 'account month currency', churn],
  ];
  const empty = expected.filter(([, , rows]) => rows.length === 0).map(([view]) => `${view} has no rows`);
  const wrong = [...empty, ...wrongCells(expected, (view) => read.rows(view).map(withDeletion))];
  return { wrong, orders, subscriptions, read };
}

/** The row with whether it was deleted instead of when that was noticed. */
const withDeletion = (row: ReportRow): ReportRow =>
  'deleted_at' in row ? { ...row, deleted_at: row.deleted_at !== null } : row;
