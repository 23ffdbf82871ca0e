import { Redis } from 'ioredis';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { until } from '../support/service.ts';

/** A Redis with a replica, and a way that leads to whichever of the two is the primary. */
export interface ReplicatedRedis {
  way: Proxy;
  /** Past the proxy, at the start. */
  url: string;
  /** Ends the primary, which comes up empty. */
  restart: () => Promise<void>;
  /** Runs commands on the primary. */
  command: (...commands: readonly [name: string, ...args: string[]][]) => Promise<void>;
  /** Makes the replica the primary and the other way round; connections to the old primary stay open. */
  failOver: () => Promise<void>;
  close: () => Promise<void>;
}

/** Replicas get all of it without a disk, and where Redis is told to save, it cannot. */
const OPTIONS = ['--dir', '/proc', '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
const LOAD = ['--repl-diskless-load', 'swapdb'];

/** Starts both; undefined where there is no Redis. */
export async function startReplicatedRedis(): Promise<ReplicatedRedis | undefined> {
  const first = await startRedis([...OPTIONS, ...LOAD]);
  const second = first && (await startRedis([...OPTIONS, ...LOAD]));
  if (!second) return undefined;
  await follow(second, first);
  const way = await startProxy(portOf(first));
  let [primary, replica] = [first, second];
  return {
    way,
    url: first.url,
    restart: () => primary.restart(),
    command: (...commands) => send(primary, commands),
    async failOver() {
      await until('the replica has it all', () => isInStep(replica));
      await send(replica, [['replicaof', 'no', 'one']]);
      [primary, replica] = [replica, primary];
      way.target(portOf(primary));
      await follow(replica, primary);
    },
    async close() {
      await way.close();
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
