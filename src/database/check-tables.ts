import type { Client } from 'pg';
import { FatalError } from '../model/errors.ts';
import {
  writtenTables,
  type WrittenColumn,
  type WrittenIndex,
  type WrittenReference,
  type WrittenTable,
} from './written-tables.ts';

/** A difference from the migrations, and the SQL that fixes it. */
interface TableDifference {
  found: string;
  fix: string;
}

interface FoundColumn {
  type: string;
  notNull: boolean;
  generated: string | null;
  hasDefault: boolean;
}

interface FoundKey {
  type: 'p' | 'f' | 'u' | 'c' | 'x';
  name: string;
  columns: string[];
  target: string | null;
  targetColumns: string[] | null;
  isEnforced: boolean;
}

interface FoundTable {
  name: string;
  isUnlogged: boolean;
  /** True if row-level security applies to the role. */
  hidesRows: boolean;
  columns: Record<string, FoundColumn>;
  keys: FoundKey[];
  /** The columns or expressions of each index, in lower case. */
  indexes: { columns: string[]; isPartial: boolean }[];
  /** Triggers and rules of the user. */
  hooks: string[];
  hasLooseKeys: boolean;
}

const columnNames = (relation: string, numbers: string) =>
  `(select jsonb_agg(a.attname order by u.place) from unnest(${numbers}) with ordinality as u (number, place)
    join pg_attribute a on (a.attrelid, a.attnum) = (${relation}, u.number))`;

const ACTUAL_TABLES = `
select format('%s.%s', n.nspname, c.relname) as name, c.relpersistence = 'u' as "isUnlogged", row_security_active(c.oid) as "hidesRows",
  (select jsonb_object_agg(a.attname, jsonb_build_object('type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
     'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end, 'hasDefault', d.oid is not null or a.attidentity <> ''))
   from pg_attribute a left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(jsonb_agg(jsonb_build_object('type', k.contype, 'name', k.conname, 'columns', coalesce(${columnNames('k.conrelid', 'k.conkey')}, '[]'),
     'target', (select format('%s.%s', tn.nspname, t.relname) from pg_class t join pg_namespace tn on tn.oid = t.relnamespace where t.oid = k.confrelid),
     'targetColumns', ${columnNames('k.confrelid', 'k.confkey')},
     'isEnforced', k.convalidated and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true))), '[]')
   from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'f', 'u', 'c', 'x')) as keys,
  (select coalesce(jsonb_agg(jsonb_build_object('isPartial', i.indpred is not null, 'columns', (
     select jsonb_agg(lower(trim('"' from pg_get_indexdef(i.indexrelid, place, true))) order by place) from generate_series(1, i.indnkeyatts) as place))), '[]')
   from pg_index i where i.indrelid = c.oid and i.indisvalid) as indexes,
  (select coalesce(jsonb_agg(name), '[]') from (
     select 'trigger ' || t.tgname as name from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D' and t.tgname not like 'checkout\\_sync\\_%'
     union all select 'rule ' || r.rulename from pg_rewrite r where r.ev_class = c.oid and r.ev_enabled <> 'D') as hook) as hooks,
  exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgisinternal and t.tgenabled = 'D') as "hasLooseKeys"
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p')`;

const SHOWN = 3;

/**
 * Compares the tables of these schemas with the migrations. Added columns, indexes and views are fine. Returns a
 * summary with the user's additions that may refuse rows. Throws a FatalError that names the damage and the SQL that
 * fixes it.
 */
export async function requireTablesAsWritten(client: Client, schemas: readonly string[]): Promise<string> {
  const { rows } = await client.query<FoundTable>(ACTUAL_TABLES, [schemas]);
  const found = new Map(rows.map((table) => [table.name, table]));
  const written = writtenTables(schemas);
  const differences = [tableDifferences, referenceDifferences].flatMap((compare) =>
    written.flatMap((table) => compare(table, found.get(table.name))),
  );
  if (differences.length > 0) throw new FatalError('CS2207', describeDifferences(differences));
  const hooks = written.flatMap((table) => additionsOf(table, found.get(table.name)));
  const additions = hooks.length === 0 ? '' : `; beside them ${hooks.join(', ')}, which may refuse or change rows`;
  return `${written.length} tables are as the migrations made them${additions}`;
}

function describeDifferences(differences: readonly TableDifference[]): string {
  const shown = differences.slice(0, SHOWN);
  const more = differences.length - shown.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${shown.map(({ found }) => found).join('; ')}${rest}: as the owner, ${shown.map(({ fix }) => fix).join('; ')}`;
}

function tableDifferences(table: WrittenTable, found: FoundTable | undefined): TableDifference[] {
  if (!found)
    return [
      {
        found: `table ${table.name} is missing`,
        fix: `restore it from a backup, or create it with the SQL in drizzle/ and run checkout-sync sync`,
      },
    ];
  return [
    ...columnDifferences(table, found),
    ...foreignColumns(table, found),
    ...keyDifferences(table, found),
    ...behaviourDifferences(table, found),
  ];
}

function columnDifferences(table: WrittenTable, found: FoundTable): TableDifference[] {
  return Object.entries(table.columns).flatMap(([name, column]) => {
    const there = found.columns[name];
    return there ? changesOf(table, name, column, there) : [missingColumn(table, found, name, column)];
  });
}

const IDENTITY_COLUMN = 'generated always as identity';

/** Returns a column's definition in SQL. */
function definition({ type, notNull, generated, default: value, isIdentity }: WrittenColumn): string {
  const computed = generated === undefined ? '' : ` generated always as (${generated}) stored`;
  const numbered = isIdentity ? ` ${IDENTITY_COLUMN}` : '';
  return `${type}${computed}${numbered}${value === undefined ? '' : ` default ${value}`}${notNull ? ' not null' : ''}`;
}

function missingColumn(table: WrittenTable, found: FoundTable, name: string, column: WrittenColumn): TableDifference {
  const strangers = Object.entries(found.columns).filter(([other]) => !(other in table.columns));
  const [renamed, another] = strangers.filter(([, { type }]) => type === column.type);
  const fix =
    renamed && !another
      ? `rename column ${renamed[0]} to ${name}`
      : `add column ${name} ${definition(column)}; then run checkout-sync sync`;
  return { found: `column ${table.name}.${name} is missing`, fix: `alter table ${table.name} ${fix}` };
}

/**
 * Drops our own views, because columns that a view reads cannot be changed. Drops them together, and fails if other
 * objects depend on them.
 */
const DROP_OWN_VIEWS = `do $$begin execute (select coalesce('drop view ' || string_agg(name, ', '), 'select') from sync.views where to_regclass(name) is not null);end$$`;

const withoutViews = ({ found, fix }: TableDifference): TableDifference => ({
  found,
  fix: `${DROP_OWN_VIEWS}; ${fix}; then run npx checkout-sync migrate`,
});

function changesOf(
  { name: table }: WrittenTable,
  name: string,
  column: WrittenColumn,
  found: FoundColumn,
): TableDifference[] {
  const alter = (what: string, change: string): TableDifference => ({
    found: `column ${table}.${name} ${what}`,
    fix: `alter table ${table} ${change}`,
  });
  const set = (what: string, change: string) => alter(what, `alter column ${name} ${change}`);
  if (plain(column.generated) !== plain(found.generated))
    return [
      withoutViews(alter('is not computed as it was', `drop column ${name}, add column ${name} ${definition(column)}`)),
    ];
  const lacksDefault = column.default !== undefined && !found.hasDefault;
  return [
    ...(column.type === found.type
      ? []
      : [withoutViews(set(`is ${found.type}, not ${column.type}`, `type ${column.type}`))]),
    ...(column.notNull && !found.notNull ? [set('may be null', 'set not null')] : []),
    ...(!column.notNull && found.notNull ? [set('may not be null', 'drop not null')] : []),
    ...(column.isIdentity && !found.hasDefault ? [set('does not number its rows', `add ${IDENTITY_COLUMN}`)] : []),
    ...(lacksDefault ? [set('has no default', `set default ${column.default}`)] : []),
  ];
}

/** Returns an expression without what Postgres writes differently. */
const plain = (expression: string | null | undefined) => (expression ?? '').toLowerCase().replaceAll(/[\s"()]/g, '');

/** Returns added columns that keep every row from being stored; others are fine. */
function foreignColumns({ name: table, columns }: WrittenTable, found: FoundTable): TableDifference[] {
  return Object.entries(found.columns)
    .filter(([name, { notNull, hasDefault }]) => !(name in columns) && notNull && !hasDefault)
    .map(([name]) => ({
      found: `column ${table}.${name}, which was added, is not null and has no default, so that no row can be stored`,
      fix: `alter table ${table} alter column ${name} drop not null, or give it a default`,
    }));
}

const hasSameColumns = (one: readonly string[], other: readonly string[] | null) => one.join() === other?.join();

const inParentheses = (columns: readonly string[]) => `(${columns.join(', ')})`;

function keyDifferences({ name: table, primaryKey, indexes }: WrittenTable, found: FoundTable): TableDifference[] {
  const hasKey = found.keys.some(({ type, columns }) => type === 'p' && hasSameColumns(primaryKey, columns));
  const dropped = indexes.filter((wanted) => !found.indexes.some((index) => serves(index, wanted)));
  const key = inParentheses(primaryKey);
  return [
    ...(hasKey
      ? []
      : [{ found: `${table} has no primary key ${key}`, fix: `alter table ${table} add primary key ${key}` }]),
    ...dropped.map(indexText).map((index) => ({
      found: `${table} has no valid index on ${index}`,
      fix: `create index on ${table} ${index}`,
    })),
  ];
}

/** True for an index that begins with the wanted columns; a partial index serves only if a partial one is wanted. */
const serves = ({ columns, isPartial }: FoundTable['indexes'][number], wanted: WrittenIndex) =>
  hasSameColumns(wanted.columns, columns.slice(0, wanted.columns.length)) && (!isPartial || wanted.where !== undefined);

const indexText = ({ columns, where }: WrittenIndex) =>
  `${inParentheses(columns)}${where === undefined ? '' : ` where ${where}`}`;

/** Returns differences in foreign keys. They come last, because they need the primary keys of other tables. */
function referenceDifferences(
  { name: table, references }: WrittenTable,
  found: FoundTable | undefined,
): TableDifference[] {
  return references
    .filter((reference) => found && !found.keys.some((key) => key.isEnforced && isReference(key, reference)))
    .map(({ columns, target, targetColumns }) => ({
      found: `${table} has no valid foreign key ${inParentheses(columns)} to ${target}`,
      fix: `alter table ${table} add foreign key ${inParentheses(columns)} references ${target} ${inParentheses(targetColumns)}`,
    }));
}

const isReference = (key: FoundKey, { columns, target, targetColumns }: WrittenReference) =>
  key.type === 'f' &&
  key.target === target &&
  hasSameColumns(columns, key.columns) &&
  hasSameColumns(targetColumns, key.targetColumns);

function behaviourDifferences({ name, isUnlogged }: WrittenTable, found: FoundTable): TableDifference[] {
  const says = (when: boolean, what: string, fix: string) => (when ? [{ found: `${name} ${what}`, fix }] : []);
  return [
    ...says(
      found.hidesRows,
      'has row-level security, which hides rows from this role and refuses others',
      `alter table ${name} disable row level security, or give the role bypassrls`,
    ),
    ...says(
      found.isUnlogged && !isUnlogged,
      'is unlogged, so that a crash empties it',
      `alter table ${name} set logged`,
    ),
    ...says(found.hasLooseKeys, 'has its foreign keys turned off', `alter table ${name} enable trigger all`),
  ];
}

/** Returns the user's additions that may refuse rows. */
function additionsOf({ name, references }: WrittenTable, found: FoundTable | undefined): string[] {
  const isOurs = (key: FoundKey) => key.type === 'p' || references.some((reference) => isReference(key, reference));
  const constraints = (found?.keys ?? []).filter((key) => !isOurs(key)).map((key) => `constraint ${key.name}`);
  return [...(found?.hooks ?? []), ...constraints].map((addition) => `${addition} on ${name}`);
}
