import { Redis } from 'ioredis';
import { ConfigError } from '../model/errors.ts';
import { probeRedis } from './probe.ts';
import { refusalOf } from './redis-refusals.ts';
import type { QueueServer } from './queue-server.ts';

/** Errors of a server that lost its role. It repeats them on its connections for ever, although another server has taken its place. */
const STALE = /(^|-)(READONLY|MASTERDOWN|NOREPLICAS|UNBLOCKED|LOADING)\b/;

/** A connection without a response for this long was lost silently: BullMQ blocks for ten seconds at most. */
const SILENCE_MS = 30_000;

/** How long the error of a server that was left explains why there is no response. */
const RECENT_MS = 5000;

/**
 * Opens the connection that BullMQ uses and duplicates. A command waits until Redis is back, however long that takes, as BullMQ
 * needs that. A command that a server refused because it lost its role is sent again on a new connection.
 */
export function openRedis(url: string, onError: (error: Error) => void): QueueServer<Redis> {
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
  return {
    backend: 'redis',
    connection: redis,
    probe: (toKey) => probeRedis(redis, toKey),
    staleness: () => (left && performance.now() - left.at < RECENT_MS ? left.error : undefined),
    refused: refusal(redis),
    onError,
    exclusively: (change) => change(), // BullMQ's scripts are atomic
    removeFinished: (queue, id) => queue.remove(id),
    close: async () => redis.disconnect(),
  };
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
