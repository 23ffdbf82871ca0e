import type pg from 'pg';
import { inRounds, type Case } from '../case.ts';
import { session, settle } from '../cluster.ts';
import { walPosition } from '../measure.ts';
import { fillWithSessions } from '../merchant.ts';
import { rollUp } from '../roll-up.ts';
import { medians, number, ratio, type Outcome, type Table, type Target } from '../report.ts';

const COUNT = 'count';

/** Questions about thirty days, and about everything. */
const THIRTY_DAYS: Readonly<Record<string, string>> = {
  checkouts: `select created_day, outcome, count(*) from analytics.checkouts where created_at > now() - interval '30 days' group by 1, 2`,
  checkouts_daily:
    'select day, sum(opened), sum(paid) from analytics.checkouts_daily where day > current_date - 30 group by 1',
  revenue_daily: 'select day, sum(net_amount) from analytics.revenue_daily where day > current_date - 30 group by 1',
  abandoned_checkouts: `select count(*), count(recovered_by) from analytics.abandoned_checkouts where created_at > now() - interval '30 days'`,
};
const ALL_HISTORY: Readonly<Record<string, string>> = {
  checkouts: 'select created_day, outcome, count(*) from analytics.checkouts group by 1, 2',
  checkouts_daily: 'select day, sum(opened), sum(paid) from analytics.checkouts_daily group by 1',
  revenue_daily: 'select day, sum(net_amount) from analytics.revenue_daily group by 1',
  abandoned_checkouts: 'select count(*), count(recovered_by) from analytics.abandoned_checkouts',
  link_performance: 'select * from analytics.link_performance',
  product_performance: 'select * from analytics.product_performance',
  discount_performance: 'select * from analytics.discount_performance',
  campaigns: 'select * from analytics.campaigns',
  customers: 'select count(*), sum(purchases) from analytics.customers',
};

const questions = new Map([
  [COUNT, 'select count(*) from polar.checkouts'],
  ...Object.entries(THIRTY_DAYS).map(([name, sql]) => [`30 days of ${name}`, sql] as const),
  ...Object.entries(ALL_HISTORY).map(([name, sql]) => [`all of ${name}`, sql] as const),
]);

/** Questions to the views for reports, beside the time that counting the sessions takes. */
export const reports: Case = {
  name: 'reports',
  async run(bench): Promise<Outcome> {
    const { cluster } = bench;
    const sessions = bench.isQuick ? 20_000 : 1_000_000;
    const url = await cluster.create('ours');
    try {
      bench.say(`reports: filling ${number(sessions)} sessions`);
      await fillWithSessions(url, sessions);
      await settle(url);
      const rolledUp = await costOfDays(url);
      await settle(url);
      // One session, as of a pool: a new one plans every query again, and maps the shared memory page by page.
      const rounds = await session(url, (client) => inRounds(bench, 'reports', () => askAll(client)));
      const times: Readonly<Record<string, number>> = medians(rounds);
      const counting = times[COUNT] ?? Number.NaN;
      const rows = [...questions.keys()].map((name) => {
        const ms = times[name] ?? Number.NaN;
        return [name, number(ms), ratio(ms, counting)];
      });
      const table = { title: `Reports, ${number(sessions)} sessions`, head: ['question', 'ms', 'of count(*)'], rows };
      return {
        tables: [table, rolledUp],
        targets: [
          ...targetsOf('30 days', { seconds: 0.3, times: 2 }, times),
          ...targetsOf('all', { seconds: 3, times: 15 }, times),
        ],
        figures: rounds,
      };
    } finally {
      await cluster.drop('ours');
    }
  },
};

/** Rolls up all days, and returns the cost of one. */
async function costOfDays(url: string): Promise<Table> {
  const position = () => session(url, walPosition);
  const from = await position();
  const { days, ms } = await rollUp(url);
  const kilobytes = ((await position()) - from) / days / 1000;
  const rows = [[number(days), number(ms / days, 1), number(kilobytes)]];
  return { title: 'Rolling up days', head: ['days', 'ms per day', 'kB of WAL per day'], rows };
}

/** Returns the milliseconds that each question takes. */
async function askAll(client: pg.Client): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const [name, sql] of questions) {
    const started = performance.now();
    await client.query(sql);
    times[name] = performance.now() - started;
  }
  return times;
}

/** Targets of the slowest question of a kind: in seconds, and as a multiple of counting the sessions. */
function targetsOf(
  kind: string,
  most: { seconds: number; times: number },
  measured: Readonly<Record<string, number>>,
): Target[] {
  const slowest = Math.max(
    ...Object.keys(measured).flatMap((name) => (name.startsWith(kind) ? (measured[name] ?? 0) : [])),
  );
  const counting = measured[COUNT] ?? Number.NaN;
  return [
    {
      name: `reports: slowest question about ${kind}`,
      target: `≤ ${most.seconds} s`,
      measured: `${number(slowest / 1000, 2)} s`,
      isMet: slowest <= 1000 * most.seconds,
    },
    {
      name: `reports: slowest question about ${kind}, of count(*)`,
      target: `≤ ${most.times} ×`,
      measured: ratio(slowest, counting),
      isMet: slowest <= most.times * counting,
    },
  ];
}
