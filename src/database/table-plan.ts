import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { describedTables, privacyOf } from '../model/comments.ts';
import type { ColumnPrivacy } from '../model/privacy.ts';
import { encoderFor, type Encoder } from './encode.ts';

/** A column that holds values of the API. */
export interface ColumnPlan extends ColumnPrivacy {
  name: string;
  sqlType: string;
  encode: Encoder;
  /** The table that a foreign key of this column points to. */
  references: PgTable | undefined;
}

/** The metadata for writing a table, read once from Drizzle. */
export interface TablePlan {
  /** `"schema"."name"`, for SQL. */
  sqlName: string;
  /** `schema.name`, for people. */
  name: string;
  /** Columns that hold values of the API, in the table's order; bookkeeping columns are left out. */
  columns: readonly ColumnPlan[];
  index: ReadonlyMap<string, number>;
  /** Columns of the primary key, in its order. */
  key: readonly string[];
}

const bookkeepingColumns = new Set(['account', 'version_at', 'observed_at', 'deleted_at', 'extra']);

const plansByTable = new Map<PgTable, TablePlan>();

/** Returns the plan of a table, which is created at first use. */
export function planOf(table: PgTable): TablePlan {
  let plan = plansByTable.get(table);
  if (!plan) plansByTable.set(table, (plan = makePlan(table)));
  return plan;
}

/** Returns the plans of all tables in a schema that have comments. */
export const tablePlans = (schema: string): TablePlan[] =>
  describedTables()
    .filter((table) => getTableConfig(table).schema === schema)
    .map(planOf);

function makePlan(table: PgTable): TablePlan {
  const config = getTableConfig(table);
  const columns = config.columns
    .filter((column) => !bookkeepingColumns.has(column.name))
    .map((column) => ({
      name: column.name,
      sqlType: column.getSQLType(),
      ...privacyOf(table, column.name),
      encode: encoderFor(column.getSQLType(), isIndexed(config, column.name)),
      references: config.foreignKeys.map((key) => key.reference()).find((to) => to.columns[0]?.name === column.name)
        ?.foreignTable,
    }));
  return {
    sqlName: `"${config.schema}"."${config.name}"`,
    name: `${config.schema}.${config.name}`,
    columns,
    index: new Map(columns.map((column, index) => [column.name, index])),
    key: config.primaryKeys[0]?.columns.map((column) => column.name) ?? primaryColumns(config),
  };
}

const primaryColumns = (config: ReturnType<typeof getTableConfig>) =>
  config.columns.filter((column) => column.primary).map((column) => column.name);

const isIndexed = (config: ReturnType<typeof getTableConfig>, name: string) =>
  config.columns.some((column) => column.name === name && column.primary) ||
  config.primaryKeys.some((key) => key.columns.some((column) => column.name === name)) ||
  config.indexes.some((index) => index.config.columns.some((column) => 'name' in column && column.name === name));

/** Returns true if the text can be the id of a row of this table. */
export const isKey = (table: PgTable, id: string) => planOf(table).columns[0]?.encode(id) !== undefined;
