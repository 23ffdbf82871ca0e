import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ConfigError } from '../model/errors.ts';
import { probeRedis } from './probe.ts';
import { refusalOf } from './redis-refusals.ts';
import type { QueueServer } from './queue-server.ts';
import { readEachSchedule } from './stored-schedules.ts';

/**
 * Errors of a server that lost its role. It repeats them on its connections forever, although another server has taken its
 * place.
 */
const STALE = /(^|-)(READONLY|MASTERDOWN|NOREPLICAS|UNBLOCKED|LOADING)\b/;

/** A connection without a response for this long was lost silently: BullMQ blocks for ten seconds at most. */
const SILENCE_MS = 30_000;

/** Longest time that a stop waits for a connection being reopened: longer than any pause between two attempts. */
const REOPEN_MS = 2500;

const LOOK_MS = 50;

/** Time for which the error of an abandoned server explains a missing response. */
const RECENT_MS = 5000;

/**
 * Opens the connection that BullMQ uses and duplicates. A command waits until Redis is back, however long that takes, as BullMQ
 * requires; once the signal is aborted, everything that waits for a lost connection fails. A command that a server refused
 * because it lost its role is sent again on a new connection.
 */
export function openRedis(url: string, onError: (error: Error) => void, stopping: AbortSignal): QueueServer<Redis> {
  let left: { error: Error; at: number } | undefined;
  const reconnectOnError = (error: Error) => {
    if (!STALE.test(error.message)) return false;
    left = { error: refusalOf(error), at: performance.now() };
    onError(left.error);
    return 2; // reconnect, and send the command again
  };
  const retryStrategy = (times: number) => Math.min(times * 200, 2000);
  const patience = { maxRetriesPerRequest: null, keepAlive: 10_000, socketTimeout: SILENCE_MS };
  const redis = new Redis(url, { ...patience, retryStrategy, reconnectOnError });
  redis.on('error', onError);
  const connections = withDuplicates(redis);
  stopping.addEventListener('abort', () => void endOnceLost(connections), { once: true });
  return {
    backend: 'redis',
    connection: redis,
    probe: (toKey) => probeRedis(redis, toKey),
    staleness: () => (left && performance.now() - left.at < RECENT_MS ? left.error : undefined),
    refused: refusal(redis),
    onError,
    schedules: readEachSchedule,
    exclusively: (change) => change(), // BullMQ's scripts are atomic
    removeFinished: (queue, id) => queue.remove(id),
    close: async () => connections.forEach(endConnection),
  };
}

/** Returns the connection and, as they are made, its duplicates. */
function withDuplicates(redis: Redis): readonly Redis[] {
  const connections = [redis];
  const duplicate = redis.duplicate.bind(redis);
  const listed: Redis['duplicate'] = (override) => {
    const made = duplicate(override);
    connections.push(made);
    return made;
  };
  Object.assign(redis, { duplicate: listed });
  return connections;
}

/** Ends all connections when one of them is lost and does not come back soon. Resolves when all have ended. */
async function endOnceLost(connections: readonly Redis[]): Promise<void> {
  let lastConnected = performance.now();
  while (connections.some(({ status }) => status !== 'end')) {
    if (connections.every(({ status }) => status === 'ready' || status === 'end')) lastConnected = performance.now();
    if (performance.now() - lastConnected > REOPEN_MS) connections.forEach(endConnection);
    await pause(LOOK_MS);
  }
}

/**
 * Ends a connection: what waits for it fails. While it is about to reconnect, ioredis does not report its end unless the
 * attempt has begun.
 */
function endConnection(connection: Redis): void {
  if (connection.status === 'reconnecting') connection.connect().catch(() => undefined);
  connection.disconnect();
}

/** Returns a signal that is aborted when Redis refuses the URL itself: a wrong password or database does not fix itself. */
function refusal(redis: Redis): AbortSignal {
  const refused = new AbortController();
  redis.on('error', (error) => {
    if (/WRONGPASS|NOAUTH|DB index/.test(error.message))
      refused.abort(new ConfigError('CS3102', `REDIS_URL is refused by Redis: ${error.message}`));
  });
  return refused.signal;
}
