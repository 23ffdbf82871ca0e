import type { BuildColumns } from 'drizzle-orm';
import { bigint, boolean, date, integer, jsonb, numeric, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { PgColumnBuilderBase, PgSchema, PgView, PgViewWithSelection } from 'drizzle-orm/pg-core';
import contract from './contract.json' with { type: 'json' };

const columnTypes = {
  bigint: () => bigint({ mode: 'bigint' }),
  boolean: () => boolean(),
  date: () => date(),
  integer: () => integer(),
  jsonb: () => jsonb(),
  numeric: () => numeric(),
  'numeric(17,12)': () => numeric(),
  text: () => text(),
  'text[]': () => text().array(),
  'timestamp with time zone': () => timestamp({ withTimezone: true, mode: 'string' }),
  uuid: () => uuid(),
};

/** Columns with a type each, which is a key: TypeScript knows the keys of a JSON file, and not its texts. */
type ContractColumns = Readonly<Record<string, object>>;

type ColumnBuilders<Columns> = {
  [Column in keyof Columns]: ReturnType<(typeof columnTypes)[keyof Columns[Column] & keyof typeof columnTypes]>;
};

type TypedViews<Views> = {
  [Name in keyof Views & string]: PgViewWithSelection<
    Name,
    true,
    BuildColumns<Name, ColumnBuilders<Views[Name]>, 'pg'>
  >;
};

/** The builder of a column's type. Throws where the contract has a type without one. */
function builderOf(type: object): PgColumnBuilderBase {
  const [, build] = Object.entries(columnTypes).find(([name]) => name in type) ?? [];
  if (!build) throw new Error(`no column of type ${Object.keys(type).join()} yet: see src/reporting/typed-views.ts`);
  return build();
}

function viewsOf<Views extends Record<string, ContractColumns>>(schema: PgSchema, views: Views): TypedViews<Views>;
function viewsOf(schema: PgSchema, views: Record<string, ContractColumns>): Record<string, PgView> {
  const existing = Object.entries(views).map(([name, columns]): [string, PgView] => {
    const built = Object.entries(columns).map(([column, type]) => [column, builderOf(type)] as const);
    return [name, schema.view(name, Object.fromEntries(built)).existing()];
  });
  return Object.fromEntries(existing);
}

/** The views for reports, for queries with Drizzle: amounts and counts are bigint, decimals, days and moments text. */
export const typedViews = viewsOf(pgSchema('analytics'), contract.analytics);
