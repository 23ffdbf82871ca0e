import type { Config } from '../config/config.ts';
import type { OperationContext } from '../operations/context.ts';
import type { Invocation } from './invocation.ts';

/** Context of a command; closed when the command ends. */
export type CommandContext = OperationContext;

/**
 * Reads the configuration, checks the request, opens the database, runs the command, and closes the database again,
 * whatever happens. Wrong usage is found before anything is opened. The invocation's signal ends the wait for an
 * embedded Postgres; `name` is that of the database sessions.
 */
export async function withContext<C, T>(
  { environment, signal }: Invocation,
  check: (config: Config) => C,
  work: (context: CommandContext, checked: C) => Promise<T>,
  sessions: { name?: string } = {},
): Promise<T> {
  const { readConfig } = await import('../config/config.ts');
  const config = readConfig(environment());
  const checked = check(config);
  const { openDatabase } = await import('../database/database.ts');
  const { createLogger } = await import('../model/log.ts');
  const log = createLogger(config.logLevel);
  const db = await openDatabase(config.databaseUrl, { ...sessions, signal, say: (message) => log.warn(message) });
  try {
    return await work({ config, db, log }, checked);
  } finally {
    await db.close();
  }
}
