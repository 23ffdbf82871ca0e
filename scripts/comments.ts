import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { commentsOf } from '../src/model/comments.ts';

/** The comment of each SQL schema; those of tables and columns are in `withComments`, src/model/comments.ts. */
const schemas: Readonly<Record<string, string>> = {
  polar: 'Records of Polar, such as checkout sessions, orders and subscriptions, as its API shows them',
  fynn: 'Checkout links of Fynn, their items and prices, as its API shows them',
  sync: 'Bookkeeping of checkout-sync',
  history: 'Each state of some records of Polar that was seen',
};

/** Comments by their object, as `COMMENT ON` names it: `COLUMN "polar"."checkouts"."id"`. */
export type SqlComments = ReadonlyMap<string, string>;

const sqlName = (...names: (string | undefined)[]) => names.map((name) => `"${name}"`).join('.');

/** Returns the comment of a column. Throws if the code has none. */
export function aboutColumn(table: PgTable, column: string): string {
  const text = commentsOf(table).columns[column];
  if (!text) throw new Error(`${getTableConfig(table).name}.${column} has no comment: add one to its withComments()`);
  return text;
}

/** Returns the comment of a schema. Throws if there is none. */
export function aboutSchema(schema = 'public'): string {
  const text = schemas[schema];
  if (!text) throw new Error(`schema ${schema} has no comment: add one to scripts/comments.ts`);
  return text;
}

/** Returns the comments that the code has for these tables, their columns and their schemas. */
export function sqlComments(tables: readonly PgTable[]): SqlComments {
  const comments = new Map<string, string>();
  for (const table of tables) {
    const { schema, name, columns } = getTableConfig(table);
    comments.set(`SCHEMA ${sqlName(schema)}`, aboutSchema(schema));
    comments.set(`TABLE ${sqlName(schema, name)}`, commentsOf(table).table);
    for (const column of columns)
      comments.set(`COLUMN ${sqlName(schema, name, column.name)}`, aboutColumn(table, column.name));
  }
  return comments;
}

const comment = /COMMENT ON (?<kind>SCHEMA|TABLE|COLUMN) (?<object>\S+) IS '(?<text>(?:[^']|'')*)'/;
const goneTable = /DROP TABLE (?:IF EXISTS )?(?<dropped>[^;\s]+)|ALTER TABLE (?<renamed>\S+) (?:RENAME TO|SET SCHEMA)/;
const goneColumn = /ALTER TABLE (?<table>\S+) (?:DROP|RENAME) COLUMN (?<column>"[^"]+")/;
const relevant = new RegExp([comment, goneTable, goneColumn].map(({ source }) => source).join('|'), 'gi');

/** Returns the comments that exist after these migrations, in order: an object that is dropped or renamed loses its comment. */
export function commentsIn(sql: string): SqlComments {
  const comments = new Map<string, string>();
  const forget = (name: string) => {
    for (const key of comments.keys()) if (`${key}.`.includes(` ${name}.`)) comments.delete(key);
  };
  for (const { groups = {} } of sql.matchAll(relevant)) {
    const { kind, object, text, dropped, renamed, table, column } = groups;
    if (kind) comments.set(`${kind.toUpperCase()} ${object}`, (text ?? '').replaceAll("''", "'"));
    else forget(dropped ?? renamed ?? `${table}.${column}`);
  }
  return comments;
}

/** Returns the comments of the code that the migrations lack, or have with another text. */
export function missingComments(wanted: SqlComments, written: SqlComments): [object: string, text: string][] {
  return [...wanted].filter(([object, text]) => written.get(object) !== text);
}

/** Returns the SQL that sets comments, for a migration. */
export function commentStatements(comments: readonly (readonly [object: string, text: string])[]): string {
  return comments
    .map(([object, text]) => `COMMENT ON ${object} IS '${text.replaceAll("'", "''")}';`)
    .join('--> statement-breakpoint\n');
}
