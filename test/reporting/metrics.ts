import type { Simulator } from '../../src/simulator/simulator.ts';
import { openDatabase } from '../../src/database/database.ts';
import type { MetricComparison } from '../../src/reporting/metrics/compare-metrics.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { call } from '../support/run.ts';

const STREAMS = ['orders', 'subscriptions', 'checkouts', 'events'];

/** A merchant whose sales are stored, and the settings to ask for it. */
export async function storedSales(seed: number, timezone: string) {
  const simulator = await startPolar({ seed, links: 8, checkouts: 250, scopes: 'every' });
  const url = await freshDatabaseUrl('template1');
  const settings = {
    ...simulator.settings,
    DATABASE_URL: url,
    REPORT_TIMEZONE: timezone,
    POLAR_STREAMS: `products,${STREAMS.join()}`,
  };
  const { code, stderr } = await call(['sync', ...STREAMS.map((stream) => `polar.${stream}`)], settings);
  if (code !== 0) throw new Error(stderr);
  return { simulator, settings };
}

/** Changes what is stored. */
export async function tamper({ DATABASE_URL: url }: { DATABASE_URL: string }, sql: string): Promise<void> {
  const db = await openDatabase(url);
  await db.pool.query(sql);
  await db.close();
}

/** Compares the figures, and returns the outcome of each metric. */
export async function verifiedMetrics(settings: Record<string, string>, ...options: string[]) {
  const { code, stdout, stderr } = await call(['verify', '--metrics', '--json', ...options], settings);
  const { accounts } = JSON.parse(stdout) as { accounts: { error?: string; metrics: MetricComparison[] }[] };
  const metrics = accounts.flatMap((account) => account.metrics);
  const outcomes = Object.fromEntries(metrics.map(({ metric, outcome }) => [metric, outcome]));
  return { code, stderr, metrics, outcomes, errors: accounts.map(({ error }) => error) };
}

/** The metrics that must be equal, and have something to compare. */
export const EXACT = [
  'orders',
  'revenue',
  'average_order_value',
  'one_time_products',
  'renewed_subscriptions',
  'active_subscriptions',
  'committed_subscriptions',
  'churned_subscriptions',
  'canceled_subscriptions',
];

/** The currencies that the orders of a merchant are in. */
export const currenciesOf = ({ polar }: Simulator) =>
  new Set([...polar.streams.orders.records.values()].map(({ currency }) => currency));
