import type { ErrorEntries } from './entry.ts';

/** Errors of the queue and of Redis. */
export const queueErrors = {
  CS3101: {
    title: 'The queue does not respond',
    means: 'Redis, or the Postgres that holds the queue, cannot be reached, or did not respond in time.',
    fix: 'Check that the server runs, and check `REDIS_URL`. A worker retries by itself.',
    exit: 1,
  },
  CS3102: {
    title: 'Redis refuses REDIS_URL',
    means: 'User or password are wrong, or Redis has no database of this number.',
    fix: 'Correct `REDIS_URL`.',
    exit: 2,
  },
  CS3103: {
    title: 'The Redis user lacks rights',
    means: 'The user of `REDIS_URL` may not use a command that the queue needs, or not on its keys.',
    fix: 'Give it the rights that [operations.md](operations.md) names.',
    exit: 1,
  },
  CS3104: {
    title: 'Redis is a replica',
    means: 'A replica takes no writes.',
    fix: 'Set `REDIS_URL` to the primary, by a name that follows a failover.',
    exit: 1,
  },
  CS3105: {
    title: 'Redis takes no writes',
    means: 'It cannot save its data, lacks the replicas that it must have, or is still loading.',
    fix: 'Do what the message says, and see the log of Redis.',
    exit: 1,
  },
  CS3106: {
    title: 'Redis is out of memory',
    means: '`maxmemory` is reached.',
    fix: 'Raise `maxmemory`, or move other data out of this Redis.',
    exit: 1,
  },
  CS3107: {
    title: 'Redis Cluster cannot hold the queue',
    means: 'The scripts of the queue use several keys, which a cluster keeps apart.',
    fix: 'Set `REDIS_URL` to a Redis without cluster mode, which may have replicas.',
    exit: 1,
  },
  CS3201: {
    title: 'Redis is too old',
    means: 'Version 6.2 or newer is needed.',
    fix: 'Upgrade it, or set `REDIS_URL` to a newer one.',
    exit: 2,
  },
  CS3202: {
    title: 'Redis may evict jobs',
    means: 'With a `maxmemory-policy` other than `noeviction`, full memory loses jobs.',
    fix: 'Run `config set maxmemory-policy noeviction`, and set it in `redis.conf`.',
    exit: 2,
  },
  CS3203: {
    title: 'The queue holds jobs of another application',
    means: 'Another application uses a queue of the same name.',
    fix: 'Set `QUEUE_PREFIX` to a name that nobody else uses.',
    exit: 1,
  },
  CS3204: {
    title: 'The queue needs sessions of its own',
    means: 'The queue lives in Postgres, and `DATABASE_URL` leads through a pooler in transaction mode.',
    fix: 'Set `REDIS_URL`, or `DATABASE_URL` to the server itself or a pooler in session mode.',
    exit: 2,
  },
} as const satisfies ErrorEntries;
