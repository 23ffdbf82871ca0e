import type { Pool } from 'pg';
import { WEBHOOK_SESSIONS } from '../admin/receive-webhook.ts';
import type { Config } from '../config/config.ts';
import { borrowDatabase, openDatabase, type Database } from '../database/database.ts';
import { openPool } from '../database/pool.ts';
import type { Logger } from '../model/log.ts';
import { updateSchema, type OperationContext } from '../operations/context.ts';

/** A database that its first use opens; if that fails, the next use tries again. */
export interface Store {
  /** Opens the database. */
  open: () => Promise<OperationContext>;
  /** Opens sessions for webhooks, on a schema that is up to date. */
  openForWebhooks: () => Promise<Pick<Database, 'pool'>>;
  close: () => Promise<void>;
}

/** Describes the database of the settings, or of the application's pool. Opens nothing. */
export function createStore(config: Config, lender: Pool | undefined, log: Logger): Store {
  const closing: (() => Promise<unknown>)[] = [];
  const open = memoize(async () => {
    const db = await (lender ? borrowDatabase(lender) : openDatabase(config.databaseUrl));
    closing.push(() => db.close());
    return { config, db, log };
  });
  const openForWebhooks = memoize(async () => {
    const context = await open();
    await updateSchema(context);
    const sessions = openPool(context.db, WEBHOOK_SESSIONS);
    closing.push(() => sessions.close());
    return sessions;
  });
  const close = async () => {
    for (const release of closing.splice(0).toReversed()) await release();
  };
  return { open, openForWebhooks, close };
}

/** Returns the result of one call for all callers; after a failure, the next caller tries again. */
function memoize<T>(work: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () =>
    (pending ??= work().catch((error: unknown) => {
      pending = undefined;
      throw error;
    }));
}
