import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { columnsOf, keyOf, type Truth, type TrueRow } from './wire-truth.ts';
import { kindOf, sortedJson } from './wire-values.ts';

/** Text of each column, null for NULL. */
type Texts = Record<string, string | null>;

interface Compared {
  table: PgTable;
  truth: Truth;
}

/** Returns one line for each way in which an entity's table is not as the truth says. */
export async function compareRows(
  pool: Pool,
  owner: { account: string },
  { table, truth }: Compared,
): Promise<string[]> {
  const columns = columnsOf(table);
  const plainVersion = getTableConfig(table).columns.find(({ name, generated }) => name === 'version_at' && !generated);
  const stored = await read(pool, owner, table, [
    ...columns.map(textOf),
    `(deleted_at is not null)::text as deleted`,
    'extra::text as extra',
    ...(plainVersion ? ['version_at::text as version_at'] : []),
  ]);
  const rows = new Map(stored.map((row) => [row.id ?? '', row]));
  const expected = truth.rows.get(table) ?? new Map<string, TrueRow>();
  return [...new Set([...expected.keys(), ...rows.keys()])].flatMap((id) => {
    const [wanted, found] = [expected.get(id), rows.get(id)];
    const row = `${nameOf(table)} ${id}`;
    if (!wanted) return [`${row}: stored, though the source never showed it`];
    if (!found) return [`${row}: missing`];
    return differing(row, textsOf(truth, table, wanted), comparable(columns, found));
  });
}

/** Returns one line for each parent whose members are not as the truth says. */
export async function compareSets(
  pool: Pool,
  owner: { account: string },
  { table, truth }: Compared,
): Promise<string[]> {
  const [parent] = keyOf(table);
  const columns = columnsOf(table);
  const stored = Map.groupBy(await read(pool, owner, table, columns.map(textOf)), (row) => row[parent] ?? '');
  const expected = truth.sets.get(table) ?? new Map<string, JsonObject[]>();
  return [...new Set([...expected.keys(), ...stored.keys()])].flatMap((id) => {
    const wanted = (expected.get(id) ?? []).map((member) =>
      sortedJson(wireTexts(columns, { ...member, [parent]: id })),
    );
    const found = (stored.get(id) ?? []).map((member) => sortedJson(comparable(columns, member)));
    const texts = { expected: wanted.toSorted().join(), stored: found.toSorted().join() };
    return differing(`${nameOf(table)} ${id}`, { members: texts.expected }, { members: texts.stored });
  });
}

const nameOf = (table: PgTable) => `${getTableConfig(table).schema}.${getTableConfig(table).name}`;

/** SQL for a column as text that says all of its value. */
const textOf = (column: PgColumn) => {
  const name = `"${column.name}"`;
  return column.getSQLType() === 'jsonb' ? `${name}::text as ${name}` : `to_jsonb(${name}) #>> '{}' as ${name}`;
};

async function read(pool: Pool, { account }: { account: string }, table: PgTable, columns: string[]): Promise<Texts[]> {
  const hasAccount = getTableConfig(table).columns.some(({ name }) => name === 'account');
  const sql = `select ${columns.join(', ')} from ${nameOf(table)} ${hasAccount ? 'where account = $1' : ''}`;
  return (await pool.query<Texts>(sql, hasAccount ? [account] : [])).rows;
}

function differing(row: string, expected: Texts, stored: Texts): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(stored)])].flatMap((name) => {
    const [wanted = null, found = null] = [expected[name], stored[name]];
    return wanted === found ? [] : [`${row} ${name}: expected ${wanted}, stored ${found}`];
  });
}

/** Stored texts in the form that equal values share. */
function comparable(columns: readonly PgColumn[], { extra, ...row }: Texts): Texts {
  const texts = columns.map((column): [string, string | null] => {
    const { [column.name]: text = null } = row;
    return [column.name, text === null ? null : kindOf(column.getSQLType()).stored(text)];
  });
  return { ...row, ...Object.fromEntries(texts), ...(extra !== undefined && { extra: sorted(extra) }) };
}

const sorted = (text: string | null) => (text === null ? null : sortedJson(JSON.parse(text)));

function wireTexts(columns: readonly PgColumn[], values: JsonObject): Texts {
  return Object.fromEntries(
    columns.map((column) => {
      const value: Json = values[column.name] ?? null;
      return [column.name, value === null ? null : (kindOf(column.getSQLType()).wire(value) ?? null)];
    }),
  );
}

/** A row's expected texts: a reference to a row that is not there is kept beside the columns. */
function textsOf(truth: Truth, table: PgTable, { values, extra, isDeleted }: TrueRow): Texts {
  const dangling = Object.fromEntries(
    getTableConfig(table).foreignKeys.flatMap((key): [string, Json][] => {
      const { columns, foreignTable } = key.reference();
      const name = columns.findLast((column) => column.name !== 'account')?.name ?? '';
      const value = values[name] ?? null;
      const isThere = typeof value !== 'string' || truth.rows.get(foreignTable)?.has(value);
      return isThere ? [] : [[name, value]];
    }),
  );
  const nulls = Object.fromEntries(Object.keys(dangling).map((name) => [name, null]));
  return {
    ...wireTexts(columnsOf(table), { ...values, ...nulls }),
    extra: sortedJson({ ...extra, ...dangling }),
    deleted: String(isDeleted),
  };
}
