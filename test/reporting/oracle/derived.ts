import type { ReportRow } from './checkouts.ts';
import { dayIn } from './truth.ts';

const DAY = 86_400_000_000;

/** Rows of analytics.checkouts. */
export type Checkouts = readonly ReportRow[];

const sum = (rows: Checkouts, column: string) =>
  rows.reduce<number | null>(
    (total, { [column]: value }) => (value === null ? total : (total ?? 0) + Number(value)),
    null,
  );

/** The sums of columns; null where there is nothing to add up. */
export const counted = (rows: Checkouts, columns: readonly string[]): Record<string, number | null> =>
  Object.fromEntries(columns.map((column) => [column, sum(rows, column)]));

/** Some columns of a row. */
export const picked = (row: ReportRow, columns: string) =>
  Object.fromEntries(columns.split(' ').map((column) => [column, row[column]]));

/** Groups rows by some columns, which begin each result. */
export function grouped(rows: Checkouts, columns: string, rest: (group: Checkouts) => ReportRow): ReportRow[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(picked(row, columns)));
  return [...groups.values()].map((group) => ({ ...picked(group[0] ?? {}, columns), ...rest(group) }));
}

/** Returns the expected rows of analytics.abandoned_checkouts. */
export function expectedAbandoned(checkouts: Checkouts, now: number): ReportRow[] {
  const succeeded = checkouts.filter(({ outcome }) => outcome === 'paid' || outcome === 'free');
  return checkouts
    .filter(({ outcome }) => outcome === 'abandoned')
    .map((row) => {
      const since = ({ created_at }: ReportRow) => Number(created_at) - Number(row.created_at);
      const [recovery] = succeeded
        .filter((other) => row.customer_key !== null && other.customer_key === row.customer_key)
        .filter((other) => since(other) >= 0 && since(other) < 7 * DAY)
        .toSorted((one, other) => since(one) - since(other));
      return {
        ...picked(
          row,
          `source account organization_id checkout_id created_at created_day last_active_at step attempts failed_attempts product_id
           product_name discount_id country currency minor_digits net_amount total_amount net_money total_money customer_key`.replaceAll(
            /\s+/g,
            ' ',
          ),
        ),
        hours_idle: Math.round((now - Number(row.last_active_at)) / 360_000_000) / 10,
        recovered_by: recovery?.checkout_id ?? null,
        recovered_at: recovery?.completed_at ?? null,
      };
    });
}

/** Returns the expected rows of analytics.revenue_daily. */
export function expectedRevenue(checkouts: Checkouts, timezone: string): ReportRow[] {
  const paid = checkouts
    .filter(({ outcome }) => outcome === 'paid')
    .map((row) => ({ ...row, day: dayIn(timezone, Number(row.completed_at)) }));
  return grouped(paid, 'source account organization_id day product_id product_name currency minor_digits', (group) => ({
    sales: group.length,
    new_customers: group.filter(({ is_first_purchase }) => is_first_purchase === true).length,
    returning_customers: group.filter(({ is_first_purchase }) => is_first_purchase === false).length,
    ...counted(group, ['net_amount', 'tax_amount', 'discount_given', 'total_amount']),
    ...counted(group, ['net_money', 'tax_money', 'discount_given_money', 'total_money']),
  }));
}
