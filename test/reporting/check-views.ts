import type { Checkout } from '../../src/simulator/polar/checkouts/record.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';
import { wrongCells, type Expected } from './compare.ts';
import { followMerchant, type MerchantSize } from './merchant.ts';
import { expectedCheckouts, type ReportRow } from './oracle/checkouts.ts';
import { expectedAbandoned, expectedRevenue } from './oracle/derived.ts';
import { expectedAnswers, expectedContacts, expectedLinks, expectedStates } from './oracle/details.ts';
import {
  expectedCampaigns,
  expectedCustomers,
  expectedDaily,
  expectedDiscountPerformance,
  expectedLinkPerformance,
  expectedProductPerformance,
} from './oracle/performance.ts';
import { readViews } from './read-views.ts';
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
    ['analytics_contacts.checkouts', 'checkout_id', expectedContacts(checkouts, truths)],
  ];
  return {
    db,
    wrong: [...wrongCells(expected, (view) => withoutIdle(view, read.rows(view))), ...(await wrongDays(db))],
    read,
    checkouts,
    sessions: truths.flatMap(({ polar }) => [...polar.checkouts.values()]),
  };
}

/** Returns what the money of the taxed sales among sessions depends on: whether the price includes the tax, and a discount. */
export const taxedSales = (sessions: readonly Checkout[]) =>
  sessions
    .filter(({ status, tax_amount }) => status === 'succeeded' && Number(tax_amount) > 0)
    .map(({ tax_behavior, discount_id, currency }) => ({
      currency,
      tax_behavior,
      reduced: discount_id === null ? null : tax_behavior,
    }));

/** Returns the lines that differ in the views once days are rolled up, and again once some sessions were rewritten. */
async function wrongDays(db: Database): Promise<string[]> {
  const days = await rollUpAll(db);
  const rolledUp = await shownAndPlain(db);
  await db.pool.query(`update polar.checkouts set observed_at = observed_at where id::text < '2'`);
  const partly = await shownAndPlain(db);
  const wrong = [rolledUp, partly].flatMap(({ shown, plain }) => shown.filter((line) => !plain.includes(line)));
  return days === 0 ? ['no day was rolled up'] : wrong;
}

/** Without the products and discounts that no session offers or names: which of those are stored depends on what else nests them. */
const withoutIdle = (view: string, rows: ReportRow[]) =>
  /^(product|discount)_performance$/.test(view)
    ? rows.filter(({ opened, offered = 0 }) => opened !== 0 || offered !== 0)
    : rows;
