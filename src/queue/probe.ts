import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { refusalOf } from './redis-refusals.ts';

/**
 * Runs every command that BullMQ's scripts use once, on keys that are removed when the script ends. After its first write, Redis
 * lets a script exceed maxmemory, so the first command must need memory.
 */
const SCRIPT = `
local hash, list, other, set, sorted, stream, text = unpack(KEYS)
local calls = {
  {'HSET', hash, 'a', '1'}, {'DEL', unpack(KEYS)},
  {'HSET', hash, 'a', '1'}, {'HMSET', hash, 'b', '1'}, {'HGET', hash, 'a'}, {'HMGET', hash, 'a', 'b'}, {'HGETALL', hash},
  {'HEXISTS', hash, 'a'}, {'HINCRBY', hash, 'a', '1'}, {'HDEL', hash, 'b'}, {'HLEN', hash},
  {'RPUSH', list, 'a', 'b', 'c'}, {'LPUSH', list, 'd', 'e', 'f'}, {'LLEN', list}, {'LRANGE', list, '0', '-1'}, {'LINDEX', list, '0'},
  {'LPOS', list, 'a'}, {'LSET', list, '0', 'g'}, {'LREM', list, '0', 'a'}, {'RPOPLPUSH', list, list}, {'LPOP', list}, {'RPOP', list},
  {'LTRIM', list, '0', '0'},
  {'SADD', set, 'a', 'b'}, {'SCARD', set}, {'SISMEMBER', set, 'a'}, {'SMEMBERS', set}, {'SREM', set, 'a'},
  {'ZADD', sorted, '1', 'a', '2', 'b', '3', 'c', '4', 'd'}, {'ZSCORE', sorted, 'a'}, {'ZCARD', sorted}, {'ZCOUNT', sorted, '0', '9'},
  {'ZLEXCOUNT', sorted, '-', '+'}, {'ZRANGE', sorted, '0', '-1'}, {'ZREVRANGE', sorted, '0', '-1'}, {'ZRANGEBYLEX', sorted, '-', '+'},
  {'ZRANGEBYSCORE', sorted, '0', '9'}, {'ZREVRANGEBYSCORE', sorted, '9', '0'}, {'ZPOPMIN', sorted}, {'ZREM', sorted, 'b'},
  {'ZREMRANGEBYSCORE', sorted, '3', '3'}, {'ZREMRANGEBYRANK', sorted, '0', '-1'},
  {'XADD', stream, '*', 'a', '1'}, {'XLEN', stream}, {'XRANGE', stream, '-', '+'}, {'XREAD', 'STREAMS', stream, '0'},
  {'XDEL', stream, '1-1'}, {'XTRIM', stream, 'MAXLEN', '0'},
  {'SET', text, '1'}, {'GET', text}, {'INCR', text}, {'INCRBY', text, '1'}, {'EXISTS', text}, {'TYPE', text},
  {'PEXPIRE', text, '60000'}, {'PEXPIREAT', text, '4102444800000'}, {'PTTL', text}, {'PERSIST', text}, {'RENAME', text, other},
  {'TIME'}, {'UNLINK', unpack(KEYS)},
}
for _, call in ipairs(calls) do
  local reply = redis.pcall(unpack(call))
  if type(reply) == 'table' and reply.err then
    for _, remove in ipairs({'DEL', 'UNLINK'}) do redis.pcall(remove, unpack(KEYS)) end
    return redis.error_reply(reply.err .. ' [' .. call[1] .. ']')
  end
end
return 'OK'`;

const SHA1 = createHash('sha1').update(SCRIPT).digest('hex');
const KEYS = ['hash', 'list', 'other', 'set', 'sorted', 'stream', 'text'];

/**
 * Runs all commands of BullMQ on separate keys, and removes those keys. `toKey` is BullMQ's. Throws an error that says what Redis
 * refuses, and what to do.
 */
export async function probeRedis(redis: Redis, toKey: (type: string) => string): Promise<void> {
  const keys = KEYS.map((type) => toKey(`probe-${type}`));
  try {
    await redis.evalsha(SHA1, keys.length, ...keys).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
        return redis.eval(SCRIPT, keys.length, ...keys);
      throw error;
    });
    await redis.bzpopmin(toKey('probe-sorted'), 0.01).catch((error: Error) => {
      throw new Error(`${error.message} [BZPOPMIN]`, { cause: error });
    });
  } catch (error) {
    throw refusalOf(error);
  }
}
