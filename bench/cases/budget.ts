import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Case } from '../case.ts';
import { ask } from '../control.ts';
import { servePolar, startCommand } from '../processes.ts';
import { number, type Outcome } from '../report.ts';

const PER_MINUTE = 500;
/** The promised maximum: budgets are counted in tenths of a minute, and any minute touches eleven. */
const MOST = 1.1 * PER_MINUTE;
const MINUTE_MS = 60_000;
const MINUTES = 2;
/** More than can be asked for in that time. */
const SESSIONS = 150_000;

/** The share of the budget that workers use together while there is work, and the most in any minute. */
export const budget: Case = {
  name: 'budget',
  async run(bench): Promise<Outcome> {
    if (bench.isQuick) return { tables: [], targets: [], figures: 'left out of a quick run' };
    const found = [await use(bench, 1), await use(bench, 3)];
    return {
      tables: [
        {
          title: `Budget of ${PER_MINUTE} requests per minute`,
          head: ['workers', `requests in ${MINUTES} minutes`, 'budget used', 'most in any minute'],
          rows: found.map(({ workers, requests, most }) => [
            workers,
            number(requests),
            `${number((100 * requests) / (PER_MINUTE * MINUTES), 1)} %`,
            number(most),
          ]),
          note: 'One measurement each: the clock decides, not the machine. Any minute may hold 1.1 times the budget, which the default budget of 450 leaves room for.',
        },
      ],
      targets: found.map(({ workers, most }) => ({
        name: `budget with ${workers} ${workers === 1 ? 'worker' : 'workers'}: most in any minute`,
        target: `≤ ${number(MOST)}`,
        measured: number(most),
        isMet: most <= MOST,
      })),
      figures: found,
    };
  },
};

async function use({ cluster, say }: Bench, workers: number) {
  say(`budget with ${workers} workers, ${MINUTES} minutes`);
  const url = await cluster.create('ours');
  const source = await servePolar({ sessions: SESSIONS, links: 40, isPrepared: false });
  const environment = {
    DATABASE_URL: url,
    POLAR_API_URL: source.url,
    POLAR_ACCESS_TOKEN: source.token,
    POLAR_REQUESTS_PER_MINUTE: String(PER_MINUTE),
    PORT: '0',
    LOG_LEVEL: 'error',
  };
  const running = Array.from({ length: workers }, () => startCommand(['worker'], environment));
  try {
    const times = await requestTimes(source.url);
    const from = times[0] ?? 0;
    const requests = times.filter((at) => at < from + MINUTES * MINUTE_MS).length;
    return { workers, requests, most: mostWithin(times) };
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
    await source.stop();
    await cluster.drop('ours');
  }
}

/** The times of the requests of the measured minutes, from the first one on. */
async function requestTimes(url: string): Promise<number[]> {
  for (;;) {
    const times = await ask<number[]>(url, 'times');
    if (times[0] !== undefined && Date.now() - times[0] > MINUTES * MINUTE_MS) return times;
    await pause(500);
  }
}

function mostWithin(times: readonly number[]): number {
  let [most, from] = [0, 0];
  for (let to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= MINUTE_MS) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
