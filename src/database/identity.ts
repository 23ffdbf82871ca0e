import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { isDatabaseError } from './refusals.ts';

const IDENTITY = `
select d.oid::text as database, n.oid::text as schema
from pg_database d, pg_namespace n where d.datname = current_database() and n.nspname = 'sync'`;

/**
 * Returns an identity of this database in twelve hexadecimal digits. A promoted replica keeps it; a database that was
 * restored from a dump, or created from a template, gets another one.
 */
export async function databaseIdentity(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ database: string; schema: string }>(IDENTITY);
  const text = [await systemIdentifier(pool), rows[0]?.database, rows[0]?.schema].join(' ');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Returns the cluster's identifier; empty if the role may not read it. */
async function systemIdentifier(pool: Pool): Promise<string> {
  try {
    const { rows } = await pool.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
    return rows[0]?.id ?? '';
  } catch (error) {
    if (isDatabaseError(error) && error.code === '42501') return '';
    throw error;
  }
}
