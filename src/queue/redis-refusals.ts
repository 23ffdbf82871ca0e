import type { FailureCode } from '../model/error-codes.ts';
import { ConfigError, formatError, FatalError } from '../model/errors.ts';

/** Errors of a Redis that refuses clients or writes, with their meaning and what to do. */
const REFUSALS: readonly (readonly [RegExp, FailureCode, string])[] = [
  [/READONLY/, 'CS3104', 'Redis is a replica: set REDIS_URL to the primary, by a name that follows a failover'],
  [/MASTERDOWN/, 'CS3104', 'Redis is a replica that lost its primary: set REDIS_URL to the primary'],
  [
    /NOREPLICAS/,
    'CS3105',
    'Redis lacks the replicas that min-replicas-to-write asks for: bring them back, or lower it',
  ],
  [/LOADING/, 'CS3105', 'Redis is still loading its data: wait until it has'],
  [
    /MISCONF/,
    'CS3105',
    'Redis takes no writes, as it cannot save them (MISCONF): make room on its disk, and see its log',
  ],
  [/OOM/, 'CS3106', 'Redis is out of memory (OOM): raise maxmemory, or move what else it holds'],
  [
    /CROSSSLOT|MOVED|CLUSTERDOWN/,
    'CS3107',
    'Redis Cluster cannot hold the queue: set REDIS_URL to a Redis without cluster mode, which may have replicas',
  ],
];

const UNKNOWN_USER = /NOAUTH|WRONGPASS|invalid password/i;
const FORBIDDEN = /NOPERM|no permissions|ACL failure|can't run this command|No permission|can't access at least one/i;

/** Returns an error of Redis that says what is wrong, a colon, and what to do. Returns other errors unchanged. */
export function refusalOf(error: unknown): Error {
  const text = formatError(error);
  if (UNKNOWN_USER.test(text))
    return new ConfigError('CS3102', 'Redis refuses the user or password of REDIS_URL: correct them');
  if (/DB index/.test(text))
    return new ConfigError('CS3102', `Redis has no database of the number in REDIS_URL (${text}): use another one`);
  const refusal = REFUSALS.find(([pattern]) => pattern.test(text));
  if (refusal) return new FatalError(refusal[1], refusal[2], { cause: error });
  if (!FORBIDDEN.test(text)) return error instanceof Error ? error : new Error(text);
  const command = / \[(\w+)\]$/.exec(text)?.[1];
  const refused = command ? `may not use ${command} on its keys` : 'lacks rights';
  return new FatalError(
    'CS3103',
    `the user of REDIS_URL ${refused}: give it the rights that docs/operations.md names`,
    {
      cause: error,
    },
  );
}
