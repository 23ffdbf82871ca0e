import { assertSchemaCompatibility, isPgPool, runMigrations, type PgPool, type Queue } from 'bullmq';
import type { Pool } from 'pg';
import { ConfigError } from '../model/errors.ts';
import { APPLICATION, connect } from '../database/client.ts';
import { openPool, type Address } from '../database/pool.ts';
import { settingsText } from '../database/session-settings.ts';
import { tryWrite } from '../database/try-write.ts';
import type { StoredSchedule } from './job.ts';
import type { QueueServer } from './queue-server.ts';
import { storedScheduleOf, UNFINISHED, type BullSchedule } from './stored-schedules.ts';

/** The schema of the database where the queue lives without Redis. */
export const SCHEMA = 'bullmq';

/** Sessions of the queue, and the timeout of BullMQ's queries. */
const [SESSIONS, QUERY_MS] = [8, 30_000];

const SCHEDULE_LOCK = "hashtext('checkout-sync'), hashtext('schedules')";

/** Needed because BullMQ removes no job of a schedule on Postgres. */
const REMOVE_FINISHED = `delete from ${SCHEMA}.job where queue = $1 and id = $2 and state in ('completed', 'failed')`;

/** All schedules at once: BullMQ reads each by itself, and its next job with another query. */
const ALL_SCHEDULES = `
  select scheduler_id as key, pattern, every_ms::float8 as every, template_data as data, case when exists (
    select from ${SCHEMA}.job j where j.queue = s.queue and state::text = any($2)
      and j.id = concat('repeat:', scheduler_id, ':', next_run_ms)
  ) then next_run_ms::float8 end as next
  from ${SCHEMA}.scheduler s where queue = $1`;

async function readSchedules(pool: Pool, { name }: Queue): Promise<Map<string, StoredSchedule>> {
  const { rows } = await pool.query<ScheduleRow>(ALL_SCHEDULES, [name, UNFINISHED]);
  return new Map(rows.map((row) => [row.key, storedScheduleOf(row, row.next)]));
}

interface ScheduleRow extends BullSchedule {
  /** Instant at which its next job is due, in milliseconds since 1970; null if it has none. */
  next: number | null;
}

/**
 * Opens sessions for BullMQ, and migrates its schema. A setting of each session selects that schema, as poolers refuse it as a
 * parameter of the connection. Throws a ConfigError behind a pooler that keeps no settings.
 */
export async function openPostgres(db: Address, onError: (error: Error) => void): Promise<QueueServer<PgPool>> {
  requireSessions(db);
  const { pool, close } = openPool(db, { max: SESSIONS, queryTimeoutMs: QUERY_MS, searchPath: SCHEMA });
  await prepareSchema(db.url, pool).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const connection: unknown = pool;
  if (!isPgPool(connection)) throw new Error('BullMQ does not take this pool');
  const probe = () => tryWrite(pool, [SCHEMA]);
  const schedules = (queue: Queue) => readSchedules(pool, queue);
  const removeFinished = ({ name }: Queue, id: string) => pool.query(REMOVE_FINISHED, [name, id]);
  const exclusively = (change: () => Promise<void>) => withScheduleLock(pool, change);
  const [refused, staleness] = [new AbortController().signal, () => undefined];
  const state = { connection, staleness, refused, onError };
  return { backend: 'postgres', ...state, probe, schedules, exclusively, removeFinished, close };
}

/**
 * Changes schedules while no other worker does. BullMQ reads and removes a schedule in two statements; a job that another
 * worker adds between them would be left behind and block the next one.
 */
async function withScheduleLock(pool: Pool, change: () => Promise<void>): Promise<void> {
  const session = await pool.connect();
  try {
    await session.query(`select pg_advisory_lock(${SCHEDULE_LOCK})`);
    await change();
  } finally {
    const isUnlocked = session.query(`select pg_advisory_unlock(${SCHEDULE_LOCK})`);
    await isUnlocked.then(
      () => session.release(),
      (error: Error) => session.release(error),
    );
  }
}

/** Throws a ConfigError if the queue cannot be in Postgres. */
export function requireSessions({ pooler }: Pick<Address, 'pooler'>): void {
  if (pooler === 'transaction')
    throw new ConfigError(
      'CS3204',
      'the queue in Postgres needs sessions of its own, and DATABASE_URL leads through a pooler in transaction mode: set REDIS_URL, or DATABASE_URL to the server itself or a pooler in session mode',
    );
}

/** Migrates BullMQ's schema. A schema that is up to date needs no right to change it, and no session of its own. */
async function prepareSchema(url: string, pool: Pool): Promise<void> {
  await assertSchemaCompatibility(pool, SCHEMA).catch(() => migrateSchema(url));
}

/** Migrates in a session without time limits. */
async function migrateSchema(url: string): Promise<void> {
  const client = await connect(url, { application_name: APPLICATION });
  try {
    await client.query(settingsText('session', 0));
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}
