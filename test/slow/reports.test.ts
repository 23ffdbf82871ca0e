import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';
import { followedCatalogs } from '../reporting/check-catalog.ts';
import { followedSales } from '../reporting/check-sales.ts';
import { followedViews, taxedSales } from '../reporting/check-views.ts';
import type { ReportRow } from '../reporting/oracle/checkouts.ts';
import { EXACT, storedSales, verifiedMetrics } from '../reporting/metrics.ts';

const SIZE = { checkouts: 120, edits: 90 };
const TIMEZONES = ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin'];
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

const seen = new Map<string, Set<unknown>>();

/** Remembers which values the views showed, so that the scenarios prove to contain each of them. */
function remember(kind: string, found: readonly ReportRow[], columns: readonly string[]): void {
  for (const column of columns) {
    const values = seen.get(`${kind}.${column}`) ?? new Set();
    for (const row of found) values.add(row[column]);
    seen.set(`${kind}.${column}`, values);
  }
}

const SESSION_COLUMNS = [
  'outcome',
  'step',
  'link_match',
  'is_first_purchase',
  'currency',
  'attempts',
  'settled_is_exact',
];

const total = (rows: readonly ReportRow[], column: string) =>
  rows.reduce((sum, { [column]: value }) => sum + Number(value), 0);

test.each(SEEDS)('the views show what happened, cell by cell, and their sums agree (seed %i)', async (seed) => {
  const timezone = TIMEZONES[seed % TIMEZONES.length] ?? 'UTC';
  const { wrong, read, sessions } = await followedViews({ seed, timezone, size: SIZE });
  expect(wrong.slice(0, 20)).toEqual([]);
  const checkouts = read.rows('checkouts');
  remember('session', checkouts, SESSION_COLUMNS);
  remember('taxed', taxedSales(sessions), ['tax_behavior', 'reduced', 'currency']);
  const broken = checkouts.filter(
    ({ net_amount, tax_amount, total_amount }) => Number(net_amount) + Number(tax_amount ?? 0) !== Number(total_amount),
  );
  expect(broken).toEqual([]);
  const settled = checkouts.filter(({ is_settled }) => is_settled).length;
  const paid = checkouts.filter(({ outcome }) => outcome === 'paid');
  for (const view of [
    'checkouts_daily',
    'link_performance',
    'product_performance',
    'discount_performance',
    'campaigns',
  ] as const) {
    const rows = read.rows(view);
    expect([view, total(rows, 'opened')]).toEqual([view, checkouts.length]);
    expect([view, total(rows, 'settled')]).toEqual([view, settled]);
    for (const currency of new Set(paid.map((row) => row.currency))) {
      const within = (of: readonly ReportRow[]) => of.filter((row) => row.currency === currency);
      expect([view, currency, total(within(rows), 'net_amount')]).toEqual([
        view,
        currency,
        total(within(paid), 'net_amount'),
      ]);
    }
  }
  for (const row of read.rows('checkouts_daily'))
    expect(Number(row.paid) + Number(row.free) + Number(row.abandoned) + Number(row.unengaged)).toBe(row.settled);
  expect(total(read.rows('revenue_daily'), 'sales')).toBe(paid.length);
});

const SALES_TIMEZONES = ['America/Havana', ...TIMEZONES];

test.each(SEEDS)('the views of orders and subscriptions show what was sold, cell by cell (seed %i)', async (seed) => {
  const timezone = SALES_TIMEZONES[seed % SALES_TIMEZONES.length] ?? 'UTC';
  const { wrong, orders, subscriptions } = await followedSales({
    seed,
    timezone,
    size: { checkouts: 150, edits: 240 },
  });
  expect(wrong.slice(0, 20)).toEqual([]);
  remember('order', orders, ['status', 'currency', 'billing_reason', 'is_first_order', 'deleted_at']);
  remember('subscription', subscriptions, [
    'status',
    'currency',
    'recurring_interval',
    'is_active',
    'is_in_trial',
    'deleted_at',
  ]);
});

test.each(SEEDS)('the views of versions, of the feed and of freshness show what was seen (seed %i)', async (seed) => {
  const { wrong, versions } = await followedCatalogs({ seed, edits: 100 });
  expect(wrong.slice(0, 20)).toEqual([]);
  remember(
    'version',
    versions.map(({ op, via, relation, row }) => ({ op, via, relation, is_exact: row?.is_exact })),
    ['op', 'via', 'relation', 'is_exact'],
  );
});

test.each(SEEDS.slice(0, 3))('our figures per day are those that Polar would show (seed %i)', async (seed) => {
  const { settings } = await storedSales(seed + 10, TIMEZONES[seed % TIMEZONES.length] ?? 'UTC');
  const { outcomes, code } = await verifiedMetrics(settings, '--days', '300');
  expect(outcomes).toMatchObject(Object.fromEntries(EXACT.map((metric) => [metric, 'equal'])));
  expect(code).toBe(0);
});

test('the scenarios contain every outcome, step, match, status and currency', () => {
  expect(
    Object.fromEntries([...seen].map(([column, values]) => [column, [...values].map(String).toSorted()])),
  ).toMatchObject({
    'session.outcome': ['abandoned', 'active', 'free', 'idle', 'paid', 'paying', 'unengaged'],
    'session.step': ['attempted', 'completed', 'created', 'identified', 'opened'],
    'session.link_match': ['ambiguous', 'metadata', 'none'],
    'session.is_first_purchase': ['false', 'null', 'true'],
    'session.currency': ['eur', 'gbp', 'jpy', 'kwd', 'usd'],
    'session.settled_is_exact': ['false', 'null', 'true'],
    'taxed.tax_behavior': ['exclusive', 'inclusive'],
    'taxed.reduced': ['exclusive', 'inclusive', 'null'],
    'taxed.currency': ['eur', 'gbp', 'jpy', 'kwd', 'usd'],
    'order.status': ['draft', 'paid', 'partially_refunded', 'pending', 'refunded', 'void'],
    'order.currency': ['eur', 'gbp', 'jpy', 'kwd', 'usd'],
    'order.billing_reason': ['purchase', 'subscription_create', 'subscription_cycle', 'subscription_update'],
    'order.is_first_order': ['false', 'null', 'true'],
    'order.deleted_at': ['false', 'true'],
    'subscription.status': ['active', 'canceled', 'incomplete', 'past_due', 'paused', 'trialing', 'unpaid'],
    'subscription.currency': ['eur', 'gbp', 'jpy', 'kwd', 'usd'],
    'subscription.recurring_interval': ['day', 'month', 'week', 'year'],
    'subscription.is_active': ['false', 'true'],
    'subscription.is_in_trial': ['false', 'true'],
    'subscription.deleted_at': ['false', 'true'],
    'version.op': ['i', 'r', 't', 'u'],
    'version.via': ['tombstone', 'walk', 'webhook'],
    'version.relation': ['polar.checkout_links', 'polar.discounts', 'polar.product_prices', 'polar.products'],
    'version.is_exact': ['false', 'true', 'undefined'],
  });
  expect(seen.get('session.attempts')).toContain(2);
});

const THIRTY_DAYS = {
  checkouts: `select created_day, outcome, count(*) from analytics.checkouts where created_at > now() - interval '30 days' group by 1, 2`,
  checkouts_daily:
    'select day, sum(opened), sum(paid) from analytics.checkouts_daily where day > current_date - 30 group by 1',
  revenue_daily: 'select day, sum(net_amount) from analytics.revenue_daily where day > current_date - 30 group by 1',
  abandoned_checkouts: `select count(recovered_by) from analytics.abandoned_checkouts where created_at > now() - interval '30 days'`,
  orders_daily:
    'select day, sum(orders), sum(net_amount) from analytics.orders_daily where day > current_date - 30 group by 1',
};

test.each(Object.entries(THIRTY_DAYS))(
  'a question about 30 days of %s reads the rows of these days by an index',
  async (view, sql) => {
    const db = await freshDatabase();
    const table = view === 'orders_daily' ? 'polar.orders' : 'polar.checkouts';
    await db.pool.query(
      `insert into ${table} (id, account, created_at, observed_at, currency, status)
     select gen_random_uuid(), 'default', now() - n * interval '30 minutes', now(), 'usd', 'expired' from generate_series(1, 40000) n`,
    );
    await db.pool.query('analyze');
    const [explained] = await rows(db, `explain (verbose, format json) ${sql}`);
    const scans = scansIn(explained?.['QUERY PLAN']).filter(
      ({ Schema, 'Relation Name': name }) => `${Schema}.${name}` === table,
    );
    expect(scans.map((scan) => scan['Node Type'])).not.toContain('Seq Scan');
    expect(scans.length).toBeGreaterThan(0);
  },
);

const ROLLED_UP_DAYS = `
insert into polar.checkouts (id, account, created_at, observed_at, status) values (gen_random_uuid(), 'default', now() - interval '800 days', now(), 'expired');
insert into sync.rolled_up_days select current_date - n, 'UTC', now(), 'infinity' from generate_series(2, 801) n;
insert into sync.rolled_up_checkouts (day, number, account, opened, viewed, identified, attempted, paid, free, abandoned, unengaged, settled)
select current_date - n, m, 'default', 1, 0, 0, 0, 0, 0, 0, 0, 1 from generate_series(2, 801) n, generate_series(1, 40) m;
insert into sync.rolled_up_sales (day, number, account, paid_day, sales, new_customers, returning_customers)
select current_date - n, m, 'default', current_date - n, 1, 0, 0 from generate_series(2, 801) n, generate_series(1, 40) m;
analyze`;

test.each([
  ['checkouts_daily', 'rolled_up_checkouts'],
  ['revenue_daily', 'rolled_up_sales'],
] as const)('a question about 30 days of %s reads what is rolled up of these days by an index', async (view, table) => {
  const db = await freshDatabase();
  await db.pool.query(ROLLED_UP_DAYS);
  const [explained] = await rows(db, `explain (verbose, format json) ${THIRTY_DAYS[view]}`);
  const scans = scansIn(explained?.['QUERY PLAN']).filter(({ 'Relation Name': name }) => name === table);
  expect(scans.map((scan) => scan['Node Type'])).toEqual([expect.stringMatching('Index|Bitmap Heap')]);
});

/** All nodes of a plan that read a table. */
function scansIn(node: unknown): Record<string, string>[] {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.values(node).flatMap(scansIn);
  return 'Relation Name' in node ? [node as Record<string, string>, ...within] : within;
}
