import type { Database } from '../../src/database/database.ts';
import { rows } from '../support/records.ts';
import { MARKER } from './mutate.ts';

/** Returns one line per planted secret that is in any table. */
export async function leaks(db: Database): Promise<string[]> {
  const tables = await rows(
    db,
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('polar', 'fynn', 'sync', 'history')`,
  );
  const searches = tables.map(
    ({ name }) =>
      `select '${String(name)}' as name, t::text as row from ${String(name)} t where t::text like '%${MARKER}%'`,
  );
  const found = await rows(db, searches.join(' union all '));
  return found.map(({ name, row }) => {
    const text = String(row);
    const where = text.indexOf(MARKER);
    return `a secret is in ${String(name)}: ${text.slice(Math.max(0, where - 100), where + 50)}`;
  });
}
