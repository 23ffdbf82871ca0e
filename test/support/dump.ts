import type { Database } from '../../src/database/database.ts';
import { rows } from './records.ts';

/** Everything the database holds, as text. */
export async function dump(db: Database): Promise<string> {
  const tables = await rows(
    db,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const parts = await Promise.all(
    tables.map(({ name }) =>
      rows(db, `select coalesce(string_agg(t::text, chr(10)), '') as text from ${String(name)} t`),
    ),
  );
  return parts.map(([part]) => String(part?.text)).join('\n');
}
