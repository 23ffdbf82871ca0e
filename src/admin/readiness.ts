import type { Pool } from 'pg';
import { formatError } from '../model/errors.ts';
import { oneAtATime } from '../model/one-at-a-time.ts';
import type { Database } from '../database/database.ts';
import { pendingMigrations } from '../database/migrate.ts';
import { openAhead, openPool, type OpenPool } from '../database/pool.ts';
import { tryWrite } from '../database/try-write.ts';
import { watchOverdue, type ScheduledSources } from '../sync/overdue.ts';
import type { QueueState } from './queue-state.ts';

/** Checks whether the service can do its work. */
export interface Readiness {
  /** Returns the failure of each check by name; undefined for a passed check. Concurrent calls get the same result. */
  check: () => Promise<Record<string, string | undefined>>;
}

/** Timeouts of a check, and of its queries. */
const [PATIENCE_MS, QUERY_MS] = [3000, 2500];

/** Opens a session for the checks alone, because the sessions of walks may all be blocked. */
export function openCheckSession(db: Database): OpenPool {
  const opened = openPool(db, { max: 1, queryTimeoutMs: QUERY_MS });
  openAhead(opened.pool, 1);
  return opened;
}

/**
 * Opens the readiness checks on that session: database and queue accept a write, which is undone, and no due walk has waited
 * for long.
 */
export async function openReadiness(
  db: Database,
  pool: Pool,
  queue: QueueState,
  watched: ScheduledSources,
): Promise<Readiness> {
  const overdue = await watchOverdue(db, queue, watched);
  const checks = {
    database: () => tryWrite(pool, []),
    queue: () => queue.probe(),
    migrations: () => requireMigrated(pool),
    schedules: () => requireBegun(overdue(pool)),
  };
  const check = async () => {
    const results = Object.entries(checks).map(async ([name, run]) => [name, await messageOfFailure(run)] as const);
    return Object.fromEntries(await Promise.all(results));
  };
  return { check: oneAtATime(check) };
}

async function requireMigrated(pool: Pool): Promise<void> {
  const pending = await pendingMigrations({ pool });
  if (pending > 0) throw new Error(`${pending} pending`);
}

async function requireBegun(overdue: Promise<string[]>): Promise<void> {
  const walks = await overdue;
  if (walks.length > 0) throw new Error(`due for a while and not begun: ${walks.join(', ')}`);
}

async function messageOfFailure(check: () => Promise<unknown>): Promise<string | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no response')), PATIENCE_MS);
  try {
    await Promise.race([check(), late]);
    return undefined;
  } catch (error) {
    return formatError(error);
  } finally {
    clearTimeout(timer);
  }
}
