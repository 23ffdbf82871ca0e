import type { Pool } from 'pg';
import { formatError } from '../model/errors.ts';
import type { Database } from '../database/database.ts';
import { pendingMigrations } from '../database/migrate.ts';
import { openPool } from '../database/pool.ts';
import { tryWrite } from '../database/try-write.ts';
import type { ScheduledWalk } from '../model/schedule.ts';
import { watchOverdue } from '../sync/overdue.ts';
import type { QueueState } from './queue-state.ts';

/** Tells whether the service can do its work. */
export interface Readiness {
  /** What is wrong, by name; undefined for what is fine. */
  check: () => Promise<Record<string, string | undefined>>;
  close: () => Promise<void>;
}

/** How long a check may take, and a query of it. */
const [PATIENCE_MS, QUERY_MS] = [3000, 2500];

/**
 * Watches what the service depends on: the database and the queue take a write, which is undone, and nothing that is due waits
 * for long. It has a session of its own, as those of walks may all be waiting for something.
 */
export async function openReadiness(
  db: Database,
  queue: QueueState,
  scheduled: readonly ScheduledWalk[],
): Promise<Readiness> {
  const overdue = await watchOverdue(db, queue, scheduled);
  const { pool, close } = openPool(db, { max: 1, queryTimeoutMs: QUERY_MS });
  const checks = {
    database: () => tryWrite(pool, []),
    queue: () => queue.probe(),
    migrations: () => requireMigrated(pool),
    schedules: () => requireBegun(overdue(pool)),
  };
  const check = async () => {
    const results = Object.entries(checks).map(async ([name, run]) => [name, await problemOf(run)] as const);
    return Object.fromEntries(await Promise.all(results));
  };
  return { check, close };
}

async function requireMigrated(pool: Pool): Promise<void> {
  const pending = await pendingMigrations({ pool });
  if (pending > 0) throw new Error(`${pending} pending`);
}

async function requireBegun(overdue: Promise<string[]>): Promise<void> {
  const walks = await overdue;
  if (walks.length > 0) throw new Error(`due for a while and not begun: ${walks.join(', ')}`);
}

async function problemOf(check: () => Promise<unknown>): Promise<string | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  try {
    await Promise.race([check(), late]);
    return undefined;
  } catch (error) {
    return formatError(error);
  } finally {
    clearTimeout(timer);
  }
}
