import type { ErrorEntries } from './entry.ts';

/** Errors of the queue and of Redis. */
export const queueErrors = {
  CS3101: {
    title: 'The queue does not respond',
    means: 'Redis, or the Postgres that holds the queue, cannot be reached or did not respond in time.',
    fix: 'Check that the server is running, and check `REDIS_URL`. A worker retries by itself.',
    exit: 1,
  },
  CS3102: {
    title: 'Redis refuses REDIS_URL',
    means: 'The user or password is wrong, or Redis has no database with this number.',
    fix: 'Correct `REDIS_URL`.',
    exit: 2,
  },
  CS3103: {
    title: 'The Redis user lacks rights',
    means: "The user in `REDIS_URL` may not use a command that the queue needs, or may not use it on the queue's keys.",
    fix: 'Give the user the rights in [operations.md](operations.md#redis).',
    exit: 1,
  },
  CS3104: {
    title: 'Redis is a replica',
    means: 'A replica accepts no writes.',
    fix: 'Set `REDIS_URL` to the primary. Use a host name that follows a failover.',
    exit: 1,
  },
  CS3105: {
    title: 'Redis accepts no writes',
    means: 'Redis cannot save its data, lacks required replicas, or is still loading.',
    fix: "Do what the message says, and see Redis' log.",
    exit: 1,
  },
  CS3106: {
    title: 'Redis is out of memory',
    means: 'Redis has reached `maxmemory`.',
    fix: 'Raise `maxmemory`, or move other data out of this Redis.',
    exit: 1,
  },
  CS3107: {
    title: 'Redis Cluster cannot hold the queue',
    means: "The queue's scripts use several keys together, which Redis Cluster may keep on different servers.",
    fix: 'Set `REDIS_URL` to a Redis without cluster mode, which may have replicas.',
    exit: 1,
  },
  CS3201: {
    title: 'Redis is too old',
    means: 'Version 6.2 or newer is needed.',
    fix: 'Upgrade Redis, or set `REDIS_URL` to a newer server.',
    exit: 2,
  },
  CS3202: {
    title: 'Redis may evict jobs',
    means: 'If its memory is full, Redis deletes jobs unless `maxmemory-policy` is `noeviction`.',
    fix: 'Run `config set maxmemory-policy noeviction` in Redis, and set it in `redis.conf` as well.',
    exit: 2,
  },
  CS3203: {
    title: 'The queue holds jobs of another application',
    means: 'Another application uses a queue with the same name.',
    fix: 'Set `QUEUE_PREFIX` to a name that no other application uses.',
    exit: 1,
  },
  CS3204: {
    title: 'The queue needs sessions of its own',
    means: 'The queue is in Postgres, and `DATABASE_URL` leads through a pooler in transaction mode.',
    fix: 'Set `REDIS_URL`, or set `DATABASE_URL` to the server itself or to a pooler in session mode.',
    exit: 2,
  },
} as const satisfies ErrorEntries;
