import { transaction, type Database } from '../../src/database/database.ts';
import type { ReportRow } from './oracle/checkouts.ts';

/** The views that the oracle knows. */
const VIEWS = [
  'checkouts',
  'abandoned_checkouts',
  'revenue_daily',
  'checkout_states',
  'links',
  'custom_field_answers',
  'checkouts_daily',
  'link_performance',
  'product_performance',
  'discount_performance',
  'campaigns',
  'customers',
  'orders',
  'orders_daily',
  'refunds_daily',
  'customer_cohorts',
  'subscriptions',
  'mrr_monthly',
  'churn_monthly',
  'product_history',
  'price_history',
  'discount_history',
  'link_history',
  'changes',
  'freshness',
  'analytics_contacts.checkouts',
] as const;

/** A view that the oracle knows. */
export type ViewName = (typeof VIEWS)[number];

/** Contents of the views at one moment. */
export interface ReadViews {
  /** Instant of the query, in microseconds. */
  now: number;
  secret: string;
  /** Instant at which each account's history begins, in microseconds. */
  since: Readonly<Record<string, number>>;
  rows: (view: ViewName) => ReportRow[];
}

/** Reads all of the views at one moment, with their values as JSON has them. */
export function readViews({ pool }: Database): Promise<ReadViews> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<Pick<ReadViews, 'now' | 'secret' | 'since'>>(
      `select (extract(epoch from now()) * 1000000)::float8 as now, secret, (
         select jsonb_object_agg(account, (extract(epoch from history_since) * 1000000)::bigint) from analytics.freshness
         where stream = 'polar.checkouts') as since
       from sync.report_keys`,
    );
    const views = new Map<string, ReportRow[]>();
    for (const name of VIEWS) {
      const found = await client.query<{ row: ReportRow }>(
        `select to_jsonb(v) as row from ${name.includes('.') ? name : `analytics.${name}`} v`,
      );
      views.set(
        name,
        found.rows.map(({ row }) => row),
      );
    }
    const { now = 0, secret = '', since = {} } = rows[0] ?? {};
    return { now, secret, since, rows: (name) => views.get(name) ?? [] };
  });
}
