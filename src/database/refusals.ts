import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { DatabaseError } from 'pg';
import type { FailureCode } from '../model/error-codes.ts';
import { RefusedError } from '../model/errors.ts';
import { describedTables } from '../model/comments.ts';
import './tables.ts'; // registers the bookkeeping tables, which are ours as well
import './account-tables.ts';
import './feed-tables.ts';
import './hook-tables.ts';
import './privacy-tables.ts';

/** A table of the migrations: its columns, its not-null columns, and the names of its constraints and indexes. */
interface Owned {
  columns: ReadonlySet<string>;
  required: ReadonlySet<string>;
  rules: ReadonlySet<string>;
}

/** Postgres truncates longer names. */
const LONGEST_IDENTIFIER = 63;

let tables: ReadonlyMap<string, Owned> | undefined;

/** Our tables by `schema.name`. Everything else about a table is the user's. */
const ownedTables = () =>
  (tables ??= new Map(
    describedTables().map((table) => {
      const { schema, name } = getTableConfig(table);
      return [`${schema}.${name}`, ownedBy(table)];
    }),
  ));

function ownedBy(table: PgTable): Owned {
  const { name, columns, primaryKeys, foreignKeys, indexes } = getTableConfig(table);
  const key = [...columns.filter(({ primary }) => primary), ...primaryKeys.flatMap((one) => one.columns)];
  const rules = [
    `${name}_pkey`,
    ...primaryKeys.map((one) => one.getName()),
    ...foreignKeys.map((one) => one.getName()),
    ...indexes.map(({ config }) => {
      const parts = config.columns.map((column) => ('name' in column ? column.name : undefined));
      return config.name ?? `${name}_${parts.join('_')}_index`;
    }),
  ];
  return {
    columns: new Set(columns.map((column) => column.name)),
    required: new Set([...columns.filter(({ notNull }) => notNull), ...key].map((column) => column.name)),
    rules: new Set(rules.map((rule) => rule.slice(0, LONGEST_IDENTIFIER))),
  };
}

/**
 * Error classes that refuse a write, as opposed to failing during it: features, data, constraints, triggers, rights,
 * limits.
 */
const REFUSING = /^(?:0A|2[1237]|2F|38|39|42|44|54|P0)/;

/** Error classes that a record may cause: data, constraints, limits. */
const OF_DATA = /^(?:22|23|54)/;

/**
 * True for an error that Postgres reported. The user's pool may come from another copy of `pg`, with another error
 * class.
 */
export const isDatabaseError = (error: unknown): error is DatabaseError =>
  error instanceof Error && 'severity' in error && 'code' in error;

const isRefusal = (error: unknown): error is DatabaseError => isDatabaseError(error) && REFUSING.test(error.code ?? '');

/** True for an error of Postgres that one of the written records may cause (see {@link liesInRecord}). */
export const mayLieInRecord = (error: unknown): error is DatabaseError =>
  isRefusal(error) && OF_DATA.test(error.code ?? '');

/** Matches the line in which Postgres names the running function. */
const FUNCTION = /^(?:PL\/\w+|SQL) function ("?[^\s"]+"?)/m;

/** Text is always well-formed UTF-8: only a database of another encoding cannot hold it. */
const isOfEncoding = ({ code }: DatabaseError) => code === '22021' || code === '22P05';

/**
 * Returns true if the written record causes the error, false if it does not; undefined if the error does not show it.
 */
export function liesInRecord(error: DatabaseError): boolean | undefined {
  if (isOfEncoding(error) || FUNCTION.test(error.where ?? '')) return false;
  return error.table === undefined ? undefined : isOurRule(error);
}

function isOurRule({ schema, table, column, constraint, code }: DatabaseError): boolean {
  const owned = ownedTables().get(`${schema}.${table}`);
  if (!owned) return false;
  if (code === '23502') return owned.required.has(column ?? '');
  return constraint === undefined ? owned.columns.has(column ?? '') : owned.rules.has(constraint);
}

/** Returns a RefusedError that names what refuses the write and what to do. Returns other errors unchanged. */
export function asRefusal(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  return new RefusedError(
    codeOfRefusal(error),
    `Postgres refuses to store this: ${error.message}; ${whoRefuses(error)}`,
    { cause: error },
  );
}

const codeOfRefusal = ({ code = '' }: DatabaseError): FailureCode => {
  if (code === '42501') return 'CS2301';
  return ALTERED.has(code) ? 'CS2207' : 'CS2306';
};

/** Returns the error for a user's trigger that returns nothing: Postgres skips its rows without an error. */
export const suppressed = (table: string, kept: number, of: number) =>
  new RefusedError(
    'CS2306',
    `a trigger on ${table} that is not checkout-sync's kept ${kept} of ${of} rows from being stored: drop it, or let it return the row`,
  );

const NOT_OURS = "which is not checkout-sync's";
const ALTERED = new Set(['42P01', '42P10', '42703', '42804', '42883', '428C9']);

/** Returns the cause of a refusal, and its remedy. */
function whoRefuses(error: DatabaseError): string {
  const code = error.code ?? '';
  const name = FUNCTION.exec(error.where ?? '')?.[1];
  if (name !== undefined)
    return `the function ${name} refuses it, ${NOT_OURS}: correct it, or drop the trigger that calls it`;
  if (isOfEncoding(error)) return 'the database is not encoded in UTF8: set DATABASE_URL to one that is';
  if (error.table !== undefined) return whoseRule(error);
  if (code === '42501' && error.routine === 'aclcheck_error')
    return 'grant the role what checkout-sync doctor says it lacks';
  if (code === '42501')
    return 'let the role read and write every row under row-level security (alter role ... bypassrls), and run checkout-sync doctor for its rights';
  if (ALTERED.has(code))
    return 'the tables are not as the migrations made them: undo what was changed, checkout-sync doctor looks for it';
  return `a trigger, a generated column, an index, a check or a type refuses it, ${NOT_OURS}: correct or drop it`;
}

function whoseRule({ schema, table, column, constraint, code }: DatabaseError): string {
  const owned = ownedTables().get(`${schema}.${table}`);
  const name = `${schema}.${table}`;
  if (!owned) return `a trigger or a foreign key brings in the table ${name}, ${NOT_OURS}: correct or drop it`;
  if (column !== undefined && !owned.columns.has(column))
    return `the column ${column} of ${name} refuses it, ${NOT_OURS}: give it a default, let it be null, or drop it`;
  if (code === '23502')
    return `the column ${column} of ${name} is "not null", which the migrations did not make it: alter table ${name} alter column ${column} drop not null`;
  if (constraint !== undefined && !owned.rules.has(constraint))
    return `the constraint or index ${constraint} of ${name} refuses it, ${NOT_OURS}: drop it, or let it take what the source sends`;
  return `${name} refuses it: run checkout-sync doctor`;
}
