import { Redis } from 'ioredis';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { until } from '../support/service.ts';

/** A Redis with a replica, and a proxy that leads to the current primary. */
export interface ReplicatedRedis {
  proxy: Proxy;
  /** The first primary's address without the proxy. */
  url: string;
  /** Restarts the primary, which is empty afterwards. */
  restart: () => Promise<void>;
  /** Runs commands on the primary. */
  command: (...commands: readonly [name: string, ...args: string[]][]) => Promise<void>;
  /** Swaps primary and replica. Connections to the old primary stay open. */
  failOver: () => Promise<void>;
  close: () => Promise<void>;
}

/** Replication needs no disk, and a Redis that is told to save cannot. */
const OPTIONS = ['--dir', '/proc', '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
const LOAD = ['--repl-diskless-load', 'swapdb'];

/** Starts both. Returns undefined where Redis is not installed. */
export async function startReplicatedRedis(): Promise<ReplicatedRedis | undefined> {
  const first = await startRedis([...OPTIONS, ...LOAD]);
  const second = first && (await startRedis([...OPTIONS, ...LOAD]));
  if (!second) return undefined;
  await follow(second, first);
  const proxy = await startProxy(portOf(first));
  let [primary, replica] = [first, second];
  return {
    proxy,
    url: first.url,
    restart: () => primary.restart(),
    command: (...commands) => send(primary, commands),
    async failOver() {
      await until('the replica is in step', () => isInStep(replica));
      await send(replica, [['replicaof', 'no', 'one']]);
      [primary, replica] = [replica, primary];
      proxy.target(portOf(primary));
      await follow(replica, primary);
    },
    async close() {
      await proxy.close();
      for (const server of [first, second]) await server.stop();
    },
  };
}

const portOf = ({ url }: RedisServer) => Number(new URL(url).port);

const follow = (server: RedisServer, primary: RedisServer) =>
  send(server, [['replicaof', '127.0.0.1', String(portOf(primary))]]);

async function send({ url }: RedisServer, commands: readonly [string, ...string[]][]): Promise<void> {
  const client = new Redis(url);
  try {
    for (const [name, ...args] of commands) await client.call(name, args);
  } finally {
    client.disconnect();
  }
}

async function isInStep({ url }: RedisServer): Promise<boolean> {
  const client = new Redis(url);
  try {
    return (await client.info('replication')).includes('master_link_status:up');
  } finally {
    client.disconnect();
  }
}
