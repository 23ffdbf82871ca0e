import type { PoolClient } from 'pg';
import { BOOKKEEPING, OWNER, TABLES, type SqlType, type TableTruth } from './tables.ts';

type Columns = Readonly<Record<string, SqlType>>;

/** Compares names and types of all columns with the contract, in the tables that it has. */
export async function compareColumns(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select format('polar.%s.%s', c.relname, a.attname) as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'polar'::regnamespace and c.relkind = 'r'`,
  );
  const expected = contract();
  const tables = new Set([...expected.keys()].map(tableOf));
  const stored = new Map(rows.filter(({ name }) => tables.has(tableOf(name))).map(({ name, type }) => [name, type]));
  return [...new Set([...expected.keys(), ...stored.keys()])]
    .filter((name) => expected.get(name) !== stored.get(name))
    .map((name) => `${name}: expected ${expected.get(name) ?? 'no column'}, there is ${stored.get(name) ?? 'none'}`);
}

const tableOf = (column: string) => column.slice(0, column.lastIndexOf('.'));

function contract(): Map<string, string> {
  const named = (table: string, columns: Columns) =>
    Object.entries(columns).map(([column, type]): [string, string] => [`polar.${table}.${column}`, type]);
  const tables: [string, TableTruth][] = Object.entries(TABLES);
  return new Map(
    tables.flatMap(([name, { columns, sets }]) => [
      ...named(name, { ...columns, ...BOOKKEEPING }),
      ...Object.entries(sets).flatMap(([set, { parent, members }]) =>
        named(set, { ...memberTypes([parent, ...members]), ...OWNER }),
      ),
    ]),
  );
}

function memberTypes(members: readonly string[]): Columns {
  const typeOf = (name: string): SqlType =>
    name === 'position' ? 'integer' : name === 'required' ? 'boolean' : 'uuid';
  return Object.fromEntries(members.map((name) => [name, typeOf(name)]));
}
