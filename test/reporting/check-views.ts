import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';
import { differences } from './compare.ts';
import { followMerchant, type MerchantSize } from './merchant.ts';
import { expectedCheckouts, type ReportRow } from './oracle/checkouts.ts';
import { expectedAbandoned, expectedRevenue } from './oracle/derived.ts';
import { expectedAnswers, expectedLinks, expectedStates } from './oracle/details.ts';
import {
  expectedCampaigns,
  expectedCustomers,
  expectedDaily,
  expectedDiscountPerformance,
  expectedLinkPerformance,
  expectedProductPerformance,
} from './oracle/performance.ts';
import {
  expectedCohorts,
  expectedMonths,
  expectedOrders,
  expectedOrdersDaily,
  expectedRefundsDaily,
  expectedSubscriptions,
} from './oracle/sales.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { sourceOf } from '../support/source.ts';
import { readViews, type ReadViews } from './read-views.ts';
import { rollUpAll, shownAndPlain } from './rolled-up-days.ts';

/** Two merchants, whose days begin in a time zone. */
export interface Scenario {
  seed: number;
  timezone: string;
  size: MerchantSize;
}

/** Follows the merchants into a new database, and reads all views at one moment. */
export async function followedViews({ seed, timezone, size }: Scenario) {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: timezone }).report));
  const walkedAt = Date.now() * 1000;
  const follow = async (account: string, share: number) => {
    const part = { checkouts: Math.ceil(size.checkouts * share), edits: Math.ceil(size.edits * share) };
    return { account, polar: await followMerchant(db, { seed: seed * 2 + share, account, ...part }) };
  };
  const merchants = [await follow('default', 1), await follow('acme', 0.2)];
  // As if the merchants had been followed for two days: sessions before that are those of a backfill.
  await db.pool.query(`update sync.histories set since = now() - interval '9 days';
    update sync.accounts set first_seen_at = now() - interval '2 days'`);
  const read = await readViews(db);
  const truths = merchants.map((merchant) => ({ ...merchant, ...read, walkedAt, timezone }));
  const checkouts = truths.flatMap(expectedCheckouts);
  const links = truths.flatMap(expectedLinks);
  const expected: Expected[] = [
    ['checkouts', 'checkout_id', checkouts],
    ['abandoned_checkouts', 'checkout_id', expectedAbandoned(checkouts, read.now)],
    ['revenue_daily', 'account day product_id currency', expectedRevenue(checkouts, timezone)],
    ['checkout_states', 'checkout_id valid_from', truths.flatMap(expectedStates)],
    ['links', 'link_id', links],
    ['custom_field_answers', 'checkout_id custom_field_id', truths.flatMap(expectedAnswers)],
    ['checkouts_daily', 'account day product_id currency country', expectedDaily(checkouts, { ...read, timezone })],
    ['link_performance', 'account link_id link_match currency', expectedLinkPerformance(checkouts, links)],
    ['product_performance', 'account product_id currency', expectedProductPerformance(checkouts, truths)],
    ['discount_performance', 'account discount_id currency', expectedDiscountPerformance(checkouts)],
    ['campaigns', 'account utm_source utm_medium utm_campaign currency', expectedCampaigns(checkouts)],
    ['customers', 'account customer_key', expectedCustomers(checkouts)],
  ];
  return { db, wrong: [...wrongCells(read, expected), ...(await wrongDays(db))], read, checkouts };
}

/** Returns the lines that differ in the views once days are rolled up, and again once some sessions were rewritten. */
async function wrongDays(db: Database): Promise<string[]> {
  const days = await rollUpAll(db);
  const rolledUp = await shownAndPlain(db);
  await db.pool.query(`update polar.checkouts set observed_at = observed_at where id::text < '2'`);
  const partly = await shownAndPlain(db);
  const wrong = [rolledUp, partly].flatMap(({ shown, plain }) => shown.filter((line) => !plain.includes(line)));
  return days === 0 ? ['no day was rolled up'] : wrong;
}

/** A view, the columns that identify its rows, and the expected rows. */
type Expected = [view: Parameters<ReadViews['rows']>[0], key: string, rows: ReportRow[]];

const wrongCells = (read: ReadViews, expected: readonly Expected[]) =>
  expected.flatMap(([view, key, rows]) =>
    differences(withoutIdle(view, read.rows(view)), rows, key).map((line) => `${view} ${line}`),
  );

/** Syncs the sales of a merchant, with refunds and changes of subscriptions, into an account. Returns what happened. */
export async function sellTo(
  db: Database,
  { seed, size, account }: Pick<Scenario, 'seed' | 'size'> & { account?: string },
): Promise<Polar> {
  const simulator = await startPolar({ seed, links: 3, checkouts: size.checkouts, scopes: 'every' });
  const { polar } = simulator;
  const paid = [...polar.streams.orders.records.values()].filter(
    ({ status, net_amount }) => status === 'paid' && net_amount > 0,
  );
  for (const [index, { id }] of paid.slice(0, size.edits).entries())
    polar.createRefund(id, index % 2 ? { amount: 1 } : {});
  const engine = engineOf(sourceOf({ ...simulator.settings }, account), db);
  for (const stream of ['products', 'discounts', 'orders', 'refunds', 'subscriptions'])
    await engine.sync(`polar.${stream}`);
  return polar;
}

/** Syncs the sales of a merchant into a new database, and compares the views of these. */
export async function soldViews({ seed, timezone, size }: Scenario): Promise<string[]> {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: timezone }).report));
  const polar = await sellTo(db, { seed, size });
  const read = await readViews(db);
  const truth = { polar, timezone, now: read.now };
  const [orders, subscriptions] = [expectedOrders(truth), expectedSubscriptions(truth)];
  const { mrr, churn } = expectedMonths(subscriptions, truth);
  const expected: Expected[] = [
    ['orders', 'order_id', orders],
    ['orders_daily', 'day product_id billing_reason currency', expectedOrdersDaily(orders)],
    ['refunds_daily', 'day product_id reason currency', expectedRefundsDaily(truth)],
    ['customer_cohorts', 'cohort months_later currency', expectedCohorts(orders)],
    ['subscriptions', 'subscription_id', subscriptions],
    ['mrr_monthly', 'month currency', mrr],
    ['churn_monthly', 'month currency', churn],
  ];
  const empty = expected.filter(([, , rows]) => rows.length === 0).map(([view]) => `${view} has no rows`);
  return [...empty, ...wrongCells(read, expected)];
}

/** Without the products and discounts that no session offers or names: which of those are stored depends on what else nests them. */
const withoutIdle = (view: string, rows: ReportRow[]) =>
  /^(product|discount)_performance$/.test(view)
    ? rows.filter(({ opened, offered = 0 }) => opened !== 0 || offered !== 0)
    : rows;
