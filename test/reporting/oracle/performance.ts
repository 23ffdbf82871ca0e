import { counted, grouped, picked, type Checkouts } from './derived.ts';
import type { ReportRow } from './checkouts.ts';
import { dayIn, digitsOf, major, type AccountTruth } from './truth.ts';

/** The outcomes and money of a group of sessions; what was not sold is null. */
function measures(group: Checkouts): ReportRow {
  const of = (outcome: string) => group.filter((row) => row.outcome === outcome);
  const [paid, settled] = [of('paid'), group.filter(({ is_settled }) => is_settled === true).length];
  const money = counted(paid, ['net_amount', 'discount_given', 'total_amount']);
  const currency = String(group[0]?.currency);
  return {
    opened: group.length,
    settled,
    paid: paid.length,
    free: of('free').length,
    abandoned: of('abandoned').length,
    conversion: settled === 0 ? null : Math.round((paid.length / settled) * 10_000) / 10_000,
    ...money,
    net_money: major(money.net_amount ?? null, currency),
    discount_given_money: major(money.discount_given ?? null, currency),
    total_money: major(money.total_amount ?? null, currency),
  };
}

const NOTHING = { ...measures([]), currency: null, minor_digits: null };

/** Groups with measures, and a row for each thing that has no session. */
function performance(checkouts: Checkouts, columns: string, idle: readonly ReportRow[] = []): ReportRow[] {
  return [...grouped(checkouts, columns, measures), ...idle.map((row) => ({ ...NOTHING, ...row }))];
}

/** Returns the expected rows of analytics.campaigns. */
export const expectedCampaigns = (checkouts: Checkouts) =>
  performance(checkouts, 'source account organization_id utm_source utm_medium utm_campaign currency minor_digits');

/** Returns the expected rows of analytics.link_performance. */
export function expectedLinkPerformance(checkouts: Checkouts, links: Checkouts): ReportRow[] {
  const labels = new Map(links.map(({ link_id, label }) => [link_id, label]));
  const rows = checkouts.map((row) => ({ ...row, label: labels.get(row.link_id) ?? null }));
  const used = new Set(checkouts.map(({ link_id }) => link_id));
  const idle = links
    .filter(({ link_id }) => !used.has(link_id))
    .map((link) => ({ ...picked(link, 'source account organization_id link_id label'), link_match: 'metadata' }));
  return performance(rows, 'source account organization_id link_id label link_match currency minor_digits', idle);
}

/** Returns the expected rows of analytics.product_performance, for the products that sessions offer or name. */
export function expectedProductPerformance(checkouts: Checkouts, truths: readonly AccountTruth[]): ReportRow[] {
  const columns = 'source account organization_id product_id product_name currency minor_digits';
  const keyOf = (row: ReportRow) => JSON.stringify([row.account, row.product_id, row.currency]);
  const offers = new Map(
    grouped(truths.flatMap(offersOf), columns, (group) => ({ offered: group.length })).map((row) => [keyOf(row), row]),
  );
  const chosen = performance(checkouts, columns).map((row) => ({
    ...row,
    offered: offers.get(keyOf(row))?.offered ?? 0,
  }));
  const known = new Set(chosen.map(keyOf));
  return [
    ...chosen,
    ...[...offers.values()].filter((row) => !known.has(keyOf(row))).map((row) => ({ ...NOTHING, ...row })),
  ];
}

/** A row for each product that a session offers. */
const offersOf = ({ account, polar }: AccountTruth): ReportRow[] =>
  [...polar.checkouts.values()].flatMap(({ product_ids, currency }) =>
    product_ids.map((product_id) => ({
      source: 'polar',
      account,
      organization_id: polar.organizationId,
      product_id,
      product_name: polar.products.get(product_id)?.name ?? null,
      currency,
      minor_digits: digitsOf(currency),
    })),
  );

/** Returns the expected rows of analytics.discount_performance, for the discounts that sessions name. */
export const expectedDiscountPerformance = (checkouts: Checkouts) =>
  performance(
    checkouts,
    'source account organization_id discount_id discount_name discount_code currency minor_digits',
  );

/** Returns the expected rows of analytics.checkouts_daily; the history begins with the first walk. */
export function expectedDaily(
  checkouts: Checkouts,
  { timezone, now, since }: Pick<AccountTruth, 'timezone' | 'now'> & { since: Readonly<Record<string, number>> },
): ReportRow[] {
  const rows = checkouts.map((row) => ({ ...row, day: row.created_day }));
  const columns = 'source account organization_id day product_id product_name currency minor_digits country';
  return grouped(rows, columns, (group) => {
    const { opened, settled, paid, free, abandoned, net_money, total_money, discount_given_money } = measures(group);
    const isKnown = group.every(
      ({ account, created_at }) => Number(created_at) >= (since[String(account)] ?? Infinity),
    );
    const reached = (...steps: string[]) => group.filter(({ step }) => steps.includes(String(step))).length;
    const sums = counted(
      group.filter(({ outcome }) => outcome === 'paid'),
      ['net_amount', 'tax_amount', 'discount_given', 'total_amount'],
    );
    return {
      opened,
      settled,
      paid,
      free,
      abandoned,
      viewed: isKnown
        ? group.filter(({ opened_at, step }) => opened_at !== null || /^(attempted|completed)$/.test(String(step)))
            .length
        : null,
      identified: reached('identified', 'attempted', 'completed'),
      attempted: isKnown ? reached('attempted', 'completed') : null,
      unengaged: group.filter(({ outcome }) => outcome === 'unengaged').length,
      is_final: settled === group.length && String(group[0]?.created_day) < dayIn(timezone, now),
      ...Object.fromEntries(Object.entries(sums).map(([column, value]) => [column, value ?? 0])),
      net_money: net_money ?? 0,
      total_money: total_money ?? 0,
      tax_money: major(sums.tax_amount ?? null, String(group[0]?.currency)) ?? 0,
      discount_given_money: discount_given_money ?? 0,
    };
  });
}

/** Returns the expected rows of analytics.customers. */
export function expectedCustomers(checkouts: Checkouts): ReportRow[] {
  const known = checkouts.filter(({ customer_key }) => customer_key !== null);
  return grouped(known, 'source account organization_id customer_key', (group) => {
    const paid = group.filter(({ outcome }) => outcome === 'paid');
    const moments = (rows: Checkouts) =>
      rows.map(({ created_at }) => Number(created_at)).toSorted((one, other) => one - other);
    const located = group
      .filter(({ country }) => country !== null)
      .toSorted((one, other) => Number(one.created_at) - Number(other.created_at));
    const sums = grouped(paid, 'currency', (rows) => counted(rows, ['net_amount']));
    return {
      first_seen_at: moments(group)[0],
      checkouts: group.length,
      purchases: paid.length,
      first_purchase_at: moments(paid)[0] ?? null,
      last_purchase_at: moments(paid).at(-1) ?? null,
      country: located.at(-1)?.country ?? null,
      net_amounts:
        paid.length > 0 ? Object.fromEntries(sums.map(({ currency, net_amount }) => [currency, net_amount])) : null,
    };
  });
}
