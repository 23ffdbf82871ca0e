import type { ClientBase, Pool } from 'pg';
import { FatalError } from '../model/errors.ts';
import { inTransaction, isReadOnly } from './pool.ts';

/** Selects the tables of the schemas, as SQL names them. */
const WRITABLE_TABLES = `
select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind in ('r', 'p') order by 1`;

const INSERT = `
insert into sync.walk_leases (account, stream, token, holder, acquired_at, expires_at)
values ('', 'probe ' || gen_random_uuid(), 0, 'a write that is undone', now(), now())`;

/**
 * Writes a row, tries a write on every table of the schemas, and rolls both back. Returns the number of tables. Throws
 * a FatalError if the database is read-only.
 */
export const tryWrite = (pool: Pool, schemas: readonly string[]): Promise<number> =>
  naming(inTransaction(pool, 'begin', (client) => attempt(client, schemas)));

/** Does what {@link tryWrite} does, on a given session. */
export async function tryWriteOn(client: ClientBase, schemas: readonly string[]): Promise<number> {
  await client.query('begin');
  try {
    return await naming(attempt(client, schemas));
  } finally {
    await client.query('rollback');
  }
}

/** Tries the writes inside a transaction, and restores its state. */
async function attempt(client: ClientBase, schemas: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ name: string }>(WRITABLE_TABLES, [schemas]);
  const deletes = rows.map(({ name }) => `delete from ${name} where false`);
  await client.query(['savepoint probe', INSERT, ...deletes, 'rollback to savepoint probe'].join('; '));
  return rows.length;
}

const naming = <T>(tried: Promise<T>): Promise<T> =>
  tried.catch((error: unknown) => {
    if (!isReadOnly(error)) throw error;
    const advice = 'set DATABASE_URL to the primary server, by a name that follows a failover';
    throw new FatalError('CS2302', `the database can only be read: ${advice}`, { cause: error });
  });
