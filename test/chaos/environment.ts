import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { createWorkers, type Workers } from './workers.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { startReplicatedRedis, type ReplicatedRedis } from './redis.ts';

/** Everything that takes part in a run: simulator, servers, proxies and workers. */
export interface Environment {
  simulator: Simulator;
  postgres: Postgres;
  /** Undefined when the queue is in Postgres. */
  redis: ReplicatedRedis | undefined;
  /** The proxies between the workers and the servers they use. */
  proxies: readonly { name: string; proxy: Proxy }[];
  workers: Workers;
  /** The workers' settings without the proxies. */
  direct: Record<string, string>;
  close: () => Promise<void>;
}

/** The secret that signs the webhooks. */
export const SECRET = 'polar_whs_a_secret_for_this_test';

const SCHEDULES = {
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'every 2s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 3s',
};

/** Starts all servers, and creates `workerCount` workers that are not started yet. */
export async function createEnvironment(seed: number, workerCount: number, onRedis: boolean): Promise<Environment> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const simulator = await startSimulator({ seed, links: 130, checkouts: 420, requestsPerMinute: null });
    closers.push(() => simulator.close());
    const postgres = await startPostgres();
    closers.push(() => postgres.close());
    const redis = onRedis ? await startReplicatedRedis() : undefined;
    if (redis) closers.push(() => redis.close());
    const toPolar = await startProxy(portOf(simulator.url));
    closers.push(() => toPolar.close());
    const common = {
      POLAR_ACCESS_TOKEN: simulator.token,
      POLAR_REQUESTS_PER_MINUTE: '30000',
      POLAR_WEBHOOK_SECRET: SECRET,
    };
    const settings = {
      ...common,
      ...SCHEDULES,
      DATABASE_URL: postgres.proxy.through(postgres.url()),
      POLAR_API_URL: toPolar.through(simulator.url).replace(/\/$/, ''),
      ...(redis && { REDIS_URL: redis.proxy.through(redis.url) }),
    };
    const workers = createWorkers(settings, workerCount);
    const proxies = [
      { name: 'Polar', proxy: toPolar },
      { name: 'Postgres', proxy: postgres.proxy },
      ...(redis ? [{ name: 'Redis', proxy: redis.proxy }] : []),
    ];
    return { simulator, postgres, redis, proxies, workers, direct: { ...common, POLAR_API_URL: simulator.url }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const portOf = (url: string) => Number(new URL(url).port);

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Walks both streams once in a separate process, without the proxies, and confirms all deletions. Returns what went wrong. */
export async function walkQuietly({ direct, postgres }: Environment): Promise<string[]> {
  const env = { PATH: process.env.PATH, ...direct, DATABASE_URL: postgres.url() };
  const child = spawn(process.execPath, [cli, 'sync', '--mode', 'full', '--confirm-deletions', '--json'], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code]: unknown[] = await once(child, 'close');
  return code === 0 ? [] : [`the quiet walk ended with ${String(code)}: ${stdout} ${stderr}`];
}
