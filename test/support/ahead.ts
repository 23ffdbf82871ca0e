import type { Database } from '../../src/database/database.ts';
import { rows } from './records.ts';

/** Every column of the sources' tables and of the bookkeeping that our clock fills. */
const STAMPS = `
select format('%I.%I', c.table_schema, c.table_name) as name, array_agg(quote_ident(c.column_name)) as columns
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where t.table_type = 'BASE TABLE' and c.data_type = 'timestamp with time zone' and (
  (c.table_schema = 'sync' and c.table_name <> 'leases') or (c.table_schema in ('polar', 'fynn') and c.column_name in ('observed_at', 'deleted_at')))
group by 1`;

/** Makes all that is stored look as if the database's clock had been ahead by so much until now. */
export async function wasAhead(db: Database, span: string): Promise<void> {
  for (const { name, columns } of await rows(db, STAMPS)) {
    const moved = [columns].flat().map((column) => `${String(column)} = ${String(column)} + interval '${span}'`);
    await db.pool.query(`update ${String(name)} set ${moved.join(', ')}`);
  }
}
