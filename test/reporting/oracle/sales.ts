import { micros } from '../../../src/simulator/instants.ts';
import type { Polar } from '../../../src/simulator/polar/polar.ts';
import type { ReportRow } from './checkouts.ts';
import { counted, grouped, type Checkouts } from './derived.ts';
import { dayIn, digitsOf, major } from './truth.ts';

/** The merchant, and when the views were read. */
export interface SalesTruth {
  account: string;
  polar: Polar;
  timezone: string;
  now: number;
}

const moment = (at: string | null) => (at === null ? null : micros(at));

/** Returns the expected rows of analytics.orders; of `deleted_at` only whether it is set, as the deletion was noticed later. */
export function expectedOrders({ account, polar, timezone }: SalesTruth): ReportRow[] {
  const orders = [...polar.streams.orders.records.values()];
  const alive = orders.filter(({ deleted_at }) => deleted_at === null);
  const isPaid = ({ status }: { status: string }) => /^(paid|refunded|partially_refunded)$/.test(status);
  return orders.map((order) => {
    const { currency, net_amount, tax_amount, refunded_amount, customer_id } = order;
    const total_amount = net_amount + tax_amount;
    const earlier = alive.filter(
      (other) => other.customer_id === customer_id && isPaid(other) && isBefore(other, order),
    );
    return {
      source: 'polar',
      account,
      organization_id: polar.organizationId,
      order_id: order.id,
      created_at: micros(order.created_at),
      created_day: dayIn(timezone, micros(order.created_at)),
      deleted_at: order.deleted_at !== null,
      status: order.status,
      is_paid: isPaid(order),
      billing_reason: order.billing_reason,
      is_renewal: order.billing_reason.endsWith('_cycle'),
      checkout_id: order.checkout_id,
      subscription_id: order.subscription_id,
      product_id: order.product_id,
      product_name: polar.products.get(order.product_id ?? '')?.name ?? null,
      discount_id: order.discount_id,
      discount_name: polar.discounts.get(order.discount_id ?? '')?.name ?? null,
      seats: order.seats,
      units: order.units,
      currency,
      minor_digits: digitsOf(currency),
      subtotal_amount: order.subtotal_amount,
      discount_amount: order.discount_amount,
      net_amount,
      tax_amount,
      total_amount,
      due_amount: Math.max(0, total_amount + order.applied_balance_amount),
      refunded_amount,
      refunded_tax_amount: order.refunded_tax_amount,
      platform_fee_amount: order.platform_fee_amount,
      platform_fee_currency: order.platform_fee_currency,
      net_money: major(net_amount, currency),
      tax_money: major(tax_amount, currency),
      total_money: major(total_amount, currency),
      refunded_money: major(refunded_amount, currency),
      country: order.billing_address?.country ?? null,
      customer_key: customer_id,
      is_first_order: isPaid(order) && order.deleted_at === null ? earlier.length === 0 : null,
    };
  });
}

interface Dated {
  id: string;
  created_at: string;
}

const isBefore = (one: Dated, other: Dated) =>
  micros(one.created_at) < micros(other.created_at) || (one.created_at === other.created_at && one.id < other.id);

const inMoney = (sums: Readonly<Record<string, number | null>>, group: Checkouts) =>
  Object.fromEntries(
    Object.entries(sums).map(([column, value]) => [
      column.replace(/_amount$/, '_money'),
      major(value, String(group[0]?.currency)),
    ]),
  );

/** The orders that count: those that were paid for and not deleted. */
const sold = (orders: Checkouts) =>
  orders.filter(({ is_paid, deleted_at }) => is_paid === true && deleted_at === false);

/** Returns the expected rows of analytics.orders_daily. */
export function expectedOrdersDaily(orders: Checkouts): ReportRow[] {
  const paid = sold(orders).map((row) => ({ ...row, day: row.created_day }));
  const columns = 'source account organization_id day product_id product_name billing_reason currency minor_digits';
  return grouped(paid, columns, (group) => {
    const sums = counted(group, ['net_amount', 'tax_amount', 'total_amount', 'refunded_amount']);
    const firsts = group.filter(({ is_first_order }) => is_first_order).length;
    return {
      orders: group.length,
      new_customers: firsts,
      ...counted(group, ['discount_amount']),
      ...sums,
      ...inMoney(sums, group),
    };
  });
}

/** Returns the expected rows of analytics.refunds_daily. */
export function expectedRefundsDaily({ account, polar, timezone }: SalesTruth): ReportRow[] {
  const refunds = [...polar.streams.refunds.records.values()].filter(
    ({ status, deleted_at }) => status === 'succeeded' && deleted_at === null,
  );
  const rows = refunds.map((refund) => {
    const order = polar.streams.orders.records.get(refund.order_id);
    return {
      ...refund,
      source: 'polar',
      account,
      day: dayIn(timezone, micros(refund.created_at)),
      product_id: order?.product_id ?? null,
      product_name: polar.products.get(order?.product_id ?? '')?.name ?? null,
      minor_digits: digitsOf(refund.currency),
    };
  });
  return grouped(
    rows,
    'source account organization_id day product_id product_name reason currency minor_digits',
    (group) => {
      const { amount = null, tax_amount = null } = counted(group, ['amount', 'tax_amount']);
      const currency = String(group[0]?.currency);
      return {
        refunds: group.length,
        amount,
        tax_amount,
        amount_money: major(amount, currency),
        tax_money: major(tax_amount, currency),
      };
    },
  );
}

/** Returns the expected rows of analytics.customer_cohorts. */
export function expectedCohorts(orders: Checkouts): ReportRow[] {
  const paid = sold(orders);
  const monthOf = (row: ReportRow) => `${String(row.created_day).slice(0, 7)}-01`;
  const first = new Map<unknown, ReportRow>();
  for (const row of paid) {
    const known = first.get(row.customer_key);
    if (!known || Number(row.created_at) < Number(known.created_at)) first.set(row.customer_key, row);
  }
  const index = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  const rows = paid.map((row) => {
    const cohort = monthOf(first.get(row.customer_key) ?? row);
    return { ...row, cohort, months_later: index(monthOf(row)) - index(cohort) };
  });
  return grouped(rows, 'source account organization_id cohort currency minor_digits months_later', (group) => {
    const sums = counted(group, ['net_amount']);
    const customers = new Set(group.map(({ customer_key }) => customer_key)).size;
    return { customers, orders: group.length, ...sums, ...inMoney(sums, group) };
  });
}

/** Returns the expected rows of analytics.subscriptions. */
export function expectedSubscriptions({ account, polar, now }: SalesTruth): ReportRow[] {
  return [...polar.streams.subscriptions.records.values()].map((one) => {
    const end_at = moment(one.ended_at ?? one.ends_at);
    const monthly_amount = perMonth(one.amount, one.recurring_interval, one.recurring_interval_count);
    return {
      source: 'polar',
      account,
      organization_id: polar.organizationId,
      subscription_id: one.id,
      created_at: micros(one.created_at),
      deleted_at: one.deleted_at !== null,
      status: one.status,
      started_at: moment(one.started_at),
      end_at,
      is_active:
        one.deleted_at === null &&
        one.started_at !== null &&
        micros(one.started_at) <= now &&
        (end_at ?? Infinity) > now,
      trial_end: moment(one.trial_end),
      is_in_trial: one.trial_end !== null && micros(one.trial_end) > now,
      canceled_at: moment(one.canceled_at),
      cancel_at_period_end: one.cancel_at_period_end,
      customer_cancellation_reason: one.customer_cancellation_reason,
      current_period_end: moment(one.current_period_end),
      recurring_interval: one.recurring_interval,
      recurring_interval_count: one.recurring_interval_count,
      product_id: one.product_id,
      product_name: polar.products.get(one.product_id)?.name ?? null,
      discount_id: one.discount_id,
      discount_name: polar.discounts.get(one.discount_id ?? '')?.name ?? null,
      checkout_id: one.checkout_id,
      seats: one.seats,
      units: one.units,
      currency: one.currency,
      minor_digits: digitsOf(one.currency),
      amount: one.amount,
      amount_money: major(one.amount, one.currency),
      monthly_amount,
      monthly_money: major(monthly_amount, one.currency),
      customer_key: one.customer_id,
    };
  });
}

/** A year has 12 months, 52 weeks and 365 days. */
function perMonth(amount: number, interval: string, count: number): number {
  const perYear = { day: 365, week: 52, month: 12, year: 1 }[interval] ?? 0;
  return Math.round((amount * perYear) / (12 * count));
}

/** Returns the expected rows of analytics.mrr_monthly and analytics.churn_monthly. */
export function expectedMonths(
  subscriptions: Checkouts,
  { timezone, now }: Pick<SalesTruth, 'timezone' | 'now'>,
): { mrr: ReportRow[]; churn: ReportRow[] } {
  const monthOf = (at: unknown) => (at === null ? null : `${dayIn(timezone, Number(at)).slice(0, 7)}-01`);
  const counting = subscriptions.filter(({ started_at, deleted_at }) => started_at !== null && deleted_at === false);
  const rows = counting.map((row) => ({
    ...row,
    start: String(monthOf(row.started_at)),
    end: monthOf(row.end_at),
    canceled: monthOf(row.canceled_at),
    trialEnd: monthOf(row.trial_end),
    customer: row.customer_key,
  }));
  const first = rows.map(({ start }) => start).toSorted((one, other) => (one < other ? -1 : 1))[0];
  const months = first === undefined ? [] : monthsUntil(first, String(monthOf(now)));
  const dated = months.flatMap((month) => rows.map((row) => ({ ...row, month })));
  type MonthRow = (typeof dated)[number];
  const typed = (group: Checkouts) => group as readonly MonthRow[];
  const mrr = grouped(dated, 'source account organization_id month currency minor_digits', (group) => {
    const alive = typed(group).filter(({ start, end, month }) => start <= month && (end === null || end > month));
    const paying = alive.filter(({ trialEnd, month }) => trialEnd === null || trialEnd <= month);
    const committed = paying.filter(({ end }) => end === null);
    const sum = (of: readonly MonthRow[]) => counted(of, ['monthly_amount']).monthly_amount ?? 0;
    const currency = String(group[0]?.currency);
    return {
      active_subscriptions: alive.length,
      committed_subscriptions: alive.filter(({ end }) => end === null).length,
      trialing_subscriptions: alive.length - paying.length,
      customers: new Set(alive.map(({ customer }) => customer)).size,
      mrr_amount: sum(paying),
      committed_mrr_amount: sum(committed),
      mrr_money: major(sum(paying), currency),
      committed_mrr_money: major(sum(committed), currency),
    };
  });
  const churn = grouped(dated, 'source account organization_id month currency', (group) => {
    const before = typed(group).filter(({ start, end, month }) => start < month && (end === null || end >= month));
    const lost = before.filter(({ end, month }) => end === month).length;
    return {
      active_at_start: before.length,
      new_subscriptions: typed(group).filter(({ start, month }) => start === month).length,
      churned_subscriptions: typed(group).filter(({ end, month }) => end === month).length,
      canceled_subscriptions: typed(group).filter(({ canceled, month }) => canceled === month).length,
      churn_rate: before.length === 0 ? null : Math.round((lost / before.length) * 10_000) / 10_000,
    };
  });
  return { mrr, churn };
}

function monthsUntil(first: string, last: string): string[] {
  const months = [first];
  while (String(months.at(-1)) < last) {
    const [year = 0, month = 0] = String(months.at(-1)).split('-').map(Number);
    months.push(month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`);
  }
  return months;
}
