import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { isMigrated, migrate, pendingMigrations } from '../database/migrate.ts';
import { ConfigError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Source } from '../model/source.ts';
import { reportingViews } from '../reporting/reporting-views.ts';
import { sourceEntities } from '../sources/index.ts';
import { openContext, type SyncContext } from '../sync/context.ts';
import { restrain } from '../sync/restrain.ts';

/** The settings, an open database, and the log. */
export interface OperationContext {
  config: Config;
  db: Database;
  log: Logger;
}

/**
 * Brings the schema up to date, with the views for reports as the settings define them. Returns the number of applied
 * migrations.
 */
export async function updateSchema({
  db,
  config,
}: Pick<OperationContext, 'db' | 'config'>): Promise<{ applied: number }> {
  const views = reportingViews(config.report);
  return (await isMigrated(db.pool, views)) ? { applied: 0 } : migrate(db, views);
}

/** Brings the schema up to date, and applies the privacy settings to the stored data. */
export async function bringUpToDate(context: OperationContext, signal: AbortSignal): Promise<{ applied: number }> {
  const migrated = await updateSchema(context);
  await applyPrivacy(context, signal);
  return migrated;
}

const applyPrivacy = (context: OperationContext, signal: AbortSignal): Promise<void> =>
  restrain(context, { sources: sourceEntities, privacy: context.config.privacy }, signal);

/**
 * Checks the schema for a command that writes nothing, and so cannot bring it up to date. Throws a ConfigError if it is
 * not up to date.
 */
export async function requireTables(db: Pick<Database, 'pool'>): Promise<void> {
  if ((await pendingMigrations(db)) > 0)
    throw new ConfigError(
      'CS2204',
      'the tables of checkout-sync are missing or not up to date: run npx checkout-sync migrate, or npx checkout-sync sync',
    );
}

/** Opens a client for the source, runs the work, and closes the client again. */
export async function withSource<T>(
  { db, log }: OperationContext,
  source: Source,
  work: (context: SyncContext) => Promise<T>,
  options: { urgent?: boolean } = {},
): Promise<T> {
  const context = openContext(db, source, log, options);
  try {
    return await work(context);
  } finally {
    await context.http.close();
  }
}
