import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inRounds, type Case } from '../case.ts';
import { session } from '../cluster.ts';
import { walkOurs } from '../ours.ts';
import { freePort, servePolar, startCommand, startWorker, timeUntil, type Served } from '../processes.ts';
import { medians, number, type Outcome } from '../report.ts';

/** Time from the start of the package's process until its work is done, and until the checkout's demo has stored something. */
export const start: Case = {
  name: 'start',
  async run(bench): Promise<Outcome> {
    const source = await servePolar({ sessions: 500, links: 40 });
    const url = await bench.cluster.create('ours');
    const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-package-'));
    try {
      const file = await buildPackage(folder);
      await walkOurs('full', bench.cluster, url, source);
      await help(file); // fills the cache of compiled code, as the first command after an install does
      await worker(file, url, source);
      const rounds = await inRounds(bench, 'start', async () => ({
        helpMs: await help(file),
        readyMs: await worker(file, url, source),
        firstRowMs: await demo(),
      }));
      return outcomeOf(rounds);
    } finally {
      await source.stop();
      await rm(folder, { recursive: true, force: true });
      await bench.cluster.drop('ours');
    }
  },
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the package into a folder, beside the packages that are installed here. Returns the file of its command. */
async function buildPackage(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs')]);
  for (const part of ['bin', 'dist', 'drizzle', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/checkout-sync.js');
}

async function help(file: string): Promise<number> {
  const started = performance.now();
  const { child } = startCommand(['--help'], {}, { file });
  await once(child, 'exit');
  return performance.now() - started;
}

async function worker(file: string, databaseUrl: string, source: Served): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const running = startWorker(port, databaseUrl, source, { file });
  try {
    return await timeUntil(running, started, async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
  } finally {
    await running.stop();
  }
}

/** The demo in an empty folder: it creates its database server first. */
async function demo(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-demo-'));
  const started = performance.now();
  const running = startCommand(['demo'], {}, { cwd: folder });
  try {
    return await timeUntil(running, started, () => hasRow(join(folder, '.data', 'postgres')));
  } finally {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** True once the demo's server on a data directory holds a session. */
async function hasRow(directory: string): Promise<boolean> {
  const password = await readFile(join(directory, 'password'), 'utf8');
  const port = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')[3];
  return session(`postgres://postgres:${password}@127.0.0.1:${port}/demo`, async (client) => {
    const { rowCount } = await client.query('select from polar.checkouts limit 1');
    return rowCount === 1;
  });
}

function outcomeOf(rounds: readonly { helpMs: number; readyMs: number; firstRowMs: number }[]): Outcome {
  const { helpMs, readyMs, firstRowMs } = medians(rounds);
  const seconds = (ms: number) => `${number(ms / 1000, 2)} s`;
  return {
    tables: [
      {
        title: 'Start',
        head: ['--help', 'worker ready, database running', 'first session stored by demo, nothing there before'],
        rows: [[seconds(helpMs), seconds(readyMs), seconds(firstRowMs)]],
      },
    ],
    targets: [
      { name: 'package: --help', target: '≤ 0.15 s', measured: seconds(helpMs), isMet: helpMs <= 150 },
      { name: 'package: worker ready', target: '≤ 0.5 s', measured: seconds(readyMs), isMet: readyMs <= 500 },
      { name: 'demo: first row', target: '≤ 6 s', measured: seconds(firstRowMs), isMet: firstRowMs <= 6000 },
    ],
    figures: rounds,
  };
}
