// Webhooks: how many a second the service stores, and how long one takes from the request to the committed row.
// npm run bench:webhooks            10,000 as fast as they go, then 100 a second for 30 seconds
// npm run bench:webhooks -- --quick a tenth of that
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { startEmbedded } from '../src/load/embedded.ts';
import { signedWebhook } from '../src/simulator/polar/webhooks.ts';
import { startSimulator } from '../src/simulator/simulator.ts';

const isQuick = process.argv.includes('--quick');
const [FLOOD, LANES, PACE, SECONDS] = [isQuick ? 1000 : 10_000, 64, 100, isQuick ? 3 : 30];
const SECRET = 'polar_whs_benchmark';
const PORT = 4030;
const MOST_WAIT_MS = 60_000;

const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-'));
const postgres = await startEmbedded(join(directory, 'postgres'));
const simulator = await startSimulator({ links: 20, checkouts: 5000, requestsPerMinute: null });
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const worker = spawn(process.execPath, [cli, 'worker'], {
  env: {
    PATH: process.env.PATH,
    DATABASE_URL: postgres.url,
    POLAR_ACCESS_TOKEN: simulator.token,
    POLAR_API_URL: simulator.url,
    POLAR_REQUESTS_PER_MINUTE: '100000',
    POLAR_WEBHOOK_SECRET: SECRET,
    PORT: String(PORT),
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'inherit', 'inherit'],
});

const agent = new Pool(`http://127.0.0.1:${PORT}`, { connections: LANES });

/** Webhooks of edits, signed beforehand: the bodies cost the service's time, not the sender's. */
function prepare(count: number): { headers: Record<string, string>; body: string }[] {
  const ids = [...simulator.polar.checkouts.keys()];
  return Array.from({ length: count }, (_, index) => {
    const id = ids[index % ids.length] ?? '';
    simulator.polar.updateCheckout(id, { customer_name: `Edit ${index}` });
    return signedWebhook(simulator.polar, { type: 'checkout.updated', id }, { secret: SECRET });
  });
}

async function post(webhook: { headers: Record<string, string>; body: string }): Promise<number> {
  const started = performance.now();
  const { statusCode, body } = await agent.request({ path: '/webhooks/polar', method: 'POST', ...webhook });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a webhook was answered ${statusCode}`);
  return performance.now() - started;
}

async function untilWalked(): Promise<void> {
  for (let waited = 0; waited < MOST_WAIT_MS; waited += 250) {
    await pause(250);
    const text = await fetch(`http://127.0.0.1:${PORT}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    );
    if (/runs_total\{stream="polar.checkouts",mode="full",outcome="complete"\} 1/.test(text)) return;
  }
  throw new Error('the first walk does not end');
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

try {
  await untilWalked();
  const flood = prepare(FLOOD);
  const started = performance.now();
  let next = 0;
  const lane = async () => {
    for (let webhook = flood[next++]; webhook; webhook = flood[next++]) await post(webhook);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const perSecond = Math.round(FLOOD / ((performance.now() - started) / 1000));

  const paced = prepare(PACE * SECONDS);
  const sending: Promise<number>[] = [];
  const begun = performance.now();
  for (const [index, webhook] of paced.entries()) {
    await pause(Math.max(0, begun + (index * 1000) / PACE - performance.now()));
    sending.push(post(webhook));
  }
  const latencies = (await Promise.all(sending)).toSorted((a, b) => a - b);
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)].map((ms) => Math.round(ms * 10) / 10);
  const bytes = Math.round(flood.reduce((sum, { body }) => sum + body.length, 0) / FLOOD);

  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `Webhooks, ${date}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, sender and Postgres on the same machine; ${bytes} bytes each\n`,
  );
  console.log(
    `| webhooks a second (${LANES} at a time) | p50 at ${PACE}/s | p99 at ${PACE}/s |\n| ---: | ---: | ---: |`,
  );
  console.log(`| ${perSecond} | ${p50} ms | ${p99} ms |`);
  const results = new URL('results/', import.meta.url);
  await mkdir(results, { recursive: true });
  if (!isQuick)
    await writeFile(
      new URL(`webhooks-${date}.json`, results),
      `${JSON.stringify({ perSecond, p50, p99, bytes }, null, 2)}\n`,
    );
} finally {
  worker.kill('SIGTERM');
  await agent.close();
  await simulator.close();
  await new Promise((done) => worker.once('exit', done));
  await postgres.close();
  await rm(directory, { recursive: true, force: true });
}
