import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startFynnSimulator, type FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { CORE_STREAMS, OPTIONAL_SCOPES, OPTIONAL_STREAMS } from '../support/source.ts';
import { createWorkers, type Workers } from './workers.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { startReplicatedRedis, type ReplicatedRedis } from './redis.ts';

/** Everything that takes part in a run: simulators, servers, proxies and workers. */
export interface Environment {
  accounts: Accounts;
  postgres: Postgres;
  /** Undefined when the queue is in Postgres. */
  redis: ReplicatedRedis | undefined;
  /** The proxies between the workers and the servers they use. */
  proxies: readonly { name: string; proxy: Proxy }[];
  workers: Workers;
  /** Settings that give the account acme the token of another organization. */
  swapped: Record<string, string>;
  /** The workers' settings without the proxies, but for Fynn, whose accounts are known by their address. */
  direct: Record<string, string>;
  close: () => Promise<void>;
}

/** The accounts that the workers sync side by side, each with data of its own. */
export interface Accounts {
  'polar/default': Simulator;
  'polar/acme': Simulator;
  /** Syncs every stream but the core ones. */
  'polar/shop': Simulator;
  'fynn/default': FynnSimulator;
}

/** The secret that signs the webhooks. */
export const SECRET = 'polar_whs_a_secret_for_this_test';
export const SECRET_OF_ACME = 'polar_whs_another_secret_for_this_test';
export const SECRET_OF_SHOP = 'polar_whs_a_third_secret_for_this_test';

const SCHEDULES = {
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'every 2s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 3s',
  ...Object.fromEntries(
    OPTIONAL_STREAMS.map((name) => [`SYNC_SCHEDULE_POLAR_${name.toUpperCase()}_FULL`, 'every 10s']),
  ),
  SYNC_SCHEDULE_POLAR_CUSTOMERS_INCREMENTAL: 'every 4s',
  SYNC_SCHEDULE_POLAR_ORDERS_INCREMENTAL: 'every 4s',
  SYNC_SCHEDULE_FYNN_CHECKOUT_LINKS_FULL: 'every 4s',
  SYNC_SCHEDULE_FYNN_PRICE_PLANS_FULL: 'every 4s',
};

/** Remembers something to be closed at the end, and returns it. */
type Keep = <T extends { close: () => Promise<unknown> }>(one: T) => T;

/** Starts all servers, and creates `workerCount` workers that are not started yet. */
export async function createEnvironment(seed: number, workerCount: number, onRedis: boolean): Promise<Environment> {
  const closers: (() => Promise<unknown>)[] = [];
  const keep: Keep = (one) => {
    closers.push(() => one.close());
    return one;
  };
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const { accounts, stranger } = await startAccounts(seed, keep);
    const postgres = keep(await startPostgres());
    const redis = onRedis ? await startReplicatedRedis() : undefined;
    if (redis) keep(redis);
    const { proxies, urls } = await startProxies(accounts, keep);
    const common = { ...settingsOf(accounts), FYNN_API_URL: urls['fynn/default'] };
    const settings = {
      ...common,
      ...SCHEDULES,
      DATABASE_URL: postgres.proxy.through(postgres.url()),
      POLAR_API_URL: urls['polar/default'],
      POLAR_API_URL__ACME: urls['polar/acme'],
      POLAR_API_URL__SHOP: urls['polar/shop'],
      ...(redis && { REDIS_URL: redis.proxy.through(redis.url) }),
    };
    const direct = {
      ...common,
      POLAR_API_URL: accounts['polar/default'].url,
      POLAR_API_URL__ACME: accounts['polar/acme'].url,
      POLAR_API_URL__SHOP: accounts['polar/shop'].url,
    };
    return {
      accounts,
      postgres,
      redis,
      proxies: [
        ...proxies,
        { name: 'Postgres', proxy: postgres.proxy },
        ...(redis ? [{ name: 'Redis', proxy: redis.proxy }] : []),
      ],
      workers: createWorkers(settings, workerCount),
      swapped: { POLAR_ACCESS_TOKEN__ACME: stranger.token, POLAR_API_URL__ACME: stranger.url },
      direct,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the simulators of the accounts, and one of an organization that none of them is of. */
async function startAccounts(seed: number, keep: Keep): Promise<{ accounts: Accounts; stranger: Simulator }> {
  const startPolar = async (options: SimulatorOptions) =>
    keep(await startSimulator({ requestsPerMinute: null, ...options }));
  const accounts = {
    'polar/default': await startPolar({ seed, links: 110, checkouts: 250 }),
    'polar/acme': await startPolar({ seed: seed + 1000, links: 14, checkouts: 110 }),
    'polar/shop': await startPolar({ seed: seed + 3000, links: 3, checkouts: 90, scopes: OPTIONAL_SCOPES }),
    'fynn/default': keep(await startFynnSimulator({ seed, links: 12, prices: 20 })),
  };
  return { accounts, stranger: await startPolar({ seed: seed + 2000, links: 3, checkouts: 5 }) };
}

/** Starts a proxy in front of each account's API. Returns them with their addresses. */
async function startProxies(accounts: Accounts, keep: Keep) {
  const through = async (name: keyof Accounts) => {
    const { url } = accounts[name];
    const proxy = keep(await startProxy(portOf(url)));
    return { name, proxy, url: proxy.through(url).replace(/\/$/, '') };
  };
  const [polar, acme, shop, fynn] = [
    await through('polar/default'),
    await through('polar/acme'),
    await through('polar/shop'),
    await through('fynn/default'),
  ];
  const urls = { 'polar/default': polar.url, 'polar/acme': acme.url, 'polar/shop': shop.url, 'fynn/default': fynn.url };
  return { proxies: [polar, acme, shop, fynn], urls };
}

/** The credentials and budgets of the accounts. */
const settingsOf = (accounts: Accounts) => ({
  ...CORE_STREAMS,
  POLAR_STREAMS__ACME: CORE_STREAMS.POLAR_STREAMS,
  POLAR_ACCESS_TOKEN: accounts['polar/default'].token,
  POLAR_REQUESTS_PER_MINUTE: '30000',
  POLAR_WEBHOOK_SECRET: SECRET,
  POLAR_ACCESS_TOKEN__ACME: accounts['polar/acme'].token,
  POLAR_REQUESTS_PER_MINUTE__ACME: '30000',
  POLAR_WEBHOOK_SECRET__ACME: SECRET_OF_ACME,
  POLAR_STREAMS__SHOP: OPTIONAL_STREAMS.join(),
  POLAR_ACCESS_TOKEN__SHOP: accounts['polar/shop'].token,
  POLAR_REQUESTS_PER_MINUTE__SHOP: '30000',
  POLAR_WEBHOOK_SECRET__SHOP: SECRET_OF_SHOP,
  FYNN_API_KEY: accounts['fynn/default'].apiKey,
  FYNN_REQUESTS_PER_MINUTE: '30000',
});

const portOf = (url: string) => Number(new URL(url).port);

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Walks all streams, or those that the arguments name, once in a separate process, without the proxies, and confirms all deletions. Returns what went wrong. */
export async function walkQuietly({ direct, postgres }: Environment, named: readonly string[] = []): Promise<string[]> {
  const env = { PATH: process.env.PATH, ...direct, DATABASE_URL: postgres.url() };
  const args = ['sync', ...named, '--mode', 'full', '--confirm-deletions', '--json'];
  const child = spawn(process.execPath, [cli, ...args], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code]: unknown[] = await once(child, 'close');
  return code === 0 ? [] : [`the quiet walk ended with ${String(code)}: ${stdout} ${stderr}`];
}
