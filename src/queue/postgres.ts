import { assertSchemaCompatibility, isPgPool, runMigrations, type PgPool, type Queue } from 'bullmq';
import { ConfigError } from '../model/errors.ts';
import { APPLICATION, connect } from '../database/client.ts';
import { openPool, type Address } from '../database/pool.ts';
import { settingsText } from '../database/session-settings.ts';
import { tryWrite } from '../database/try-write.ts';
import type { QueueServer } from './queue-server.ts';

/** The schema of the database where the queue lives without Redis. */
export const SCHEMA = 'bullmq';

/** Sessions of the queue, and the timeout of BullMQ's queries. */
const [SESSIONS, QUERY_MS] = [8, 30_000];

/** Needed because BullMQ removes no job of a schedule on Postgres. */
const REMOVE_FINISHED = `delete from ${SCHEMA}.job where queue = $1 and id = $2 and state in ('completed', 'failed')`;

/**
 * Opens sessions for BullMQ, and migrates its schema. A setting of each session selects that schema, as poolers refuse it as a
 * parameter of the connection. Throws a ConfigError behind a pooler that keeps no settings.
 */
export async function openPostgres(db: Address, onError: (error: Error) => void): Promise<QueueServer<PgPool>> {
  requireSessions(db);
  await prepareSchema(db.url);
  const { pool, close } = openPool(db, { max: SESSIONS, queryTimeoutMs: QUERY_MS, searchPath: SCHEMA });
  const connection: unknown = pool;
  if (!isPgPool(connection)) throw new Error('BullMQ does not take this pool');
  const probe = () => tryWrite(pool, [SCHEMA]);
  const removeFinished = ({ name }: Queue, id: string) => pool.query(REMOVE_FINISHED, [name, id]);
  const [refused, staleness] = [new AbortController().signal, () => undefined];
  return { backend: 'postgres', connection, probe, staleness, refused, onError, removeFinished, close };
}

/** Throws a ConfigError where the queue cannot be in Postgres. */
export function requireSessions({ pooler }: Pick<Address, 'pooler'>): void {
  if (pooler === 'transaction')
    throw new ConfigError(
      'the queue in Postgres needs sessions of its own, and DATABASE_URL leads through a pooler in transaction mode: set REDIS_URL, or DATABASE_URL to the server itself or a pooler in session mode',
    );
}

/** Migrates BullMQ's schema. A schema that is up to date needs no right to change it. */
async function prepareSchema(url: string): Promise<void> {
  const client = await connect(url, { application_name: APPLICATION });
  try {
    await client.query(settingsText('session', 0));
    await assertSchemaCompatibility(client, SCHEMA).catch(() => runMigrations(client, SCHEMA));
  } finally {
    await client.end();
  }
}
