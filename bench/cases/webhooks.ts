import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { signedWebhook, type SignedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { inRounds, type Case } from '../case.ts';
import { freePort, startCommand } from '../processes.ts';
import { medians, number, type Outcome } from '../report.ts';

const SECRET = 'polar_whs_benchmark';
const LANES = 64;
const PACE = 100;
const MOST_WAIT_MS = 60_000;

/** Webhooks that the service stores per second, and the time of one from the request to the committed row. */
export const webhooks: Case = {
  name: 'webhooks',
  async run(bench): Promise<Outcome> {
    const { cluster, isQuick } = bench;
    const url = await cluster.create('ours');
    const simulator = await startSimulator({ links: 20, checkouts: 5000, requestsPerMinute: null });
    const port = await freePort();
    const worker = startCommand(['worker'], {
      DATABASE_URL: url,
      POLAR_ACCESS_TOKEN: simulator.token,
      POLAR_API_URL: simulator.url,
      POLAR_REQUESTS_PER_MINUTE: '100000',
      POLAR_WEBHOOK_SECRET: SECRET,
      PORT: String(port),
      LOG_LEVEL: 'warn',
    });
    const agent = new Pool(`http://127.0.0.1:${port}`, { connections: LANES });
    try {
      await untilWalked(port);
      const sizes = isQuick ? { flood: 1000, seconds: 3 } : { flood: 10_000, seconds: 30 };
      return outcomeOf(await inRounds(bench, 'webhooks', () => round(simulator, agent, sizes)));
    } finally {
      await worker.stop();
      await agent.close();
      await simulator.close();
      await cluster.drop('ours');
    }
  },
};

type Round = Record<'perSecond' | 'p50' | 'p99' | 'bytes', number>;

async function round(
  simulator: Simulator,
  agent: Pool,
  { flood, seconds }: { flood: number; seconds: number },
): Promise<Round> {
  const all = prepare(simulator, flood);
  const bytes = all.reduce((sum, { body }) => sum + body.length, 0) / flood;
  const perSecond = await pour(agent, all);
  const latencies = await paced(agent, prepare(simulator, PACE * seconds));
  return { perSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), bytes };
}

/** Webhooks of edits, signed beforehand, so that the sender costs no time. */
function prepare({ polar }: Simulator, count: number): SignedWebhook[] {
  const ids = [...polar.checkouts.keys()];
  return Array.from({ length: count }, (_, index) => {
    const id = ids[index % ids.length] ?? '';
    polar.updateCheckout(id, { customer_name: `Edit ${index}` });
    return signedWebhook(polar, { type: 'checkout.updated', id }, { secret: SECRET });
  });
}

async function post(agent: Pool, webhook: SignedWebhook): Promise<number> {
  const started = performance.now();
  const { statusCode, body } = await agent.request({ path: '/webhooks/polar', method: 'POST', ...webhook });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a webhook was answered ${statusCode}`);
  return performance.now() - started;
}

/** Sends as fast as possible, a number at a time, and returns how many per second. */
async function pour(agent: Pool, flood: readonly SignedWebhook[]): Promise<number> {
  const started = performance.now();
  let next = 0;
  const lane = async () => {
    for (let webhook = flood[next++]; webhook; webhook = flood[next++]) await post(agent, webhook);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return flood.length / ((performance.now() - started) / 1000);
}

/** Sends at an even pace, and returns how long each took, in ascending order. */
async function paced(agent: Pool, all: readonly SignedWebhook[]): Promise<number[]> {
  const sending: Promise<number>[] = [];
  const begun = performance.now();
  for (const [index, webhook] of all.entries()) {
    await pause(Math.max(0, begun + (index * 1000) / PACE - performance.now()));
    sending.push(post(agent, webhook));
  }
  return (await Promise.all(sending)).toSorted((a, b) => a - b);
}

async function untilWalked(port: number): Promise<void> {
  for (let waited = 0; waited < MOST_WAIT_MS; waited += 250) {
    await pause(250);
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    );
    if (/runs_total\{stream="polar.checkouts",mode="full",outcome="complete"\} 1/.test(text)) return;
  }
  throw new Error('the first walk does not end');
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function outcomeOf(rounds: readonly Round[]): Outcome {
  const { perSecond, p50, p99, bytes } = medians(rounds);
  return {
    tables: [
      {
        title: `Webhooks of ${number(bytes)} bytes`,
        head: [`webhooks per second (${LANES} at a time)`, `p50 at ${PACE}/s`, `p99 at ${PACE}/s`],
        rows: [[number(perSecond), `${number(p50, 1)} ms`, `${number(p99, 1)} ms`]],
        note: 'From the request to its response, which is sent after the commit. Sender, service and Postgres share the machine.',
      },
    ],
    targets: [
      { name: 'webhooks', target: '≥ 500/s', measured: `${number(perSecond)}/s`, isMet: perSecond >= 500 },
      { name: `webhooks, p99 at ${PACE}/s`, target: '≤ 50 ms', measured: `${number(p99, 1)} ms`, isMet: p99 <= 50 },
    ],
    figures: rounds,
  };
}
