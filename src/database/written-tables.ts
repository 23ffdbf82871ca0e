import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { MIGRATIONS } from './migrate.ts';

/** A column of the migrations. */
export interface WrittenColumn {
  type: string;
  notNull: boolean;
  /** The expression of a generated column. */
  generated: string | undefined;
  /** SQL of the default value. */
  default: string | undefined;
  /** True for a column that Postgres numbers itself. */
  isIdentity: boolean;
}

/** A foreign key of the migrations. */
export interface WrittenReference {
  columns: string[];
  target: string;
  targetColumns: string[];
}

/** A table after all migrations. */
export interface WrittenTable {
  name: string;
  isUnlogged: boolean;
  columns: Record<string, WrittenColumn>;
  primaryKey: string[];
  references: WrittenReference[];
  indexes: WrittenIndex[];
}

/** An index, by its columns or expressions. */
export interface WrittenIndex {
  columns: string[];
  /** The condition of a partial index. */
  where?: string | undefined;
}

const snapshotShape = z.object({
  tables: z.record(
    z.string(),
    z.object({
      columns: z.record(
        z.string(),
        z.object({
          type: z.string(),
          notNull: z.boolean(),
          primaryKey: z.boolean(),
          default: z.union([z.string(), z.number(), z.boolean()]).optional(),
          generated: z.object({ as: z.string() }).optional(),
          identity: z.object({ type: z.string() }).optional(),
        }),
      ),
      compositePrimaryKeys: z.record(z.string(), z.object({ columns: z.array(z.string()) })),
      foreignKeys: z.record(
        z.string(),
        z.object({
          columnsFrom: z.array(z.string()),
          schemaTo: z.string(),
          tableTo: z.string(),
          columnsTo: z.array(z.string()),
        }),
      ),
      indexes: z.record(
        z.string(),
        z.object({ columns: z.array(z.object({ expression: z.string() })), where: z.string().optional() }),
      ),
    }),
  ),
});

type Snapshot = z.infer<typeof snapshotShape>['tables'][string];
type SnapshotColumn = Snapshot['columns'][string];

/** Returns the tables of these schemas after all migrations, from the snapshot of the newest one. */
export function writtenTables(schemas: readonly string[]): WrittenTable[] {
  const { tables } = snapshotShape.parse(JSON.parse(readFileSync(newestSnapshot(), 'utf8')));
  const unlogged = unloggedTables();
  return Object.entries(tables)
    .filter(([name]) => schemas.includes(name.split('.')[0] ?? ''))
    .map(([name, table]) => tableOf(name, table, unlogged.has(name)));
}

/** Returns the file with Drizzle's newest snapshot of the tables, which the build copies: the package has no others. */
function newestSnapshot(): string {
  const copied = fileURLToPath(new URL('snapshot.json', import.meta.url));
  if (existsSync(copied)) return copied;
  const snapshots = readdirSync(join(MIGRATIONS, 'meta')).filter((name) => name.endsWith('_snapshot.json'));
  return join(MIGRATIONS, 'meta', snapshots.toSorted().at(-1) ?? '');
}

/** Returns the names of unlogged tables, which Drizzle cannot describe: the SQL makes them by hand. */
function unloggedTables(): Set<string> {
  const sql = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(join(MIGRATIONS, name), 'utf8'));
  const made = sql.flatMap((text) => [...text.matchAll(/^create unlogged table "(\w+)"\."(\w+)"/gim)]);
  return new Set(made.map(([, schema, table]) => `${schema}.${table}`));
}

function tableOf(name: string, table: Snapshot, isUnlogged: boolean): WrittenTable {
  const columns = Object.entries(table.columns);
  const [composite] = Object.values(table.compositePrimaryKeys);
  const primaryKey =
    composite?.columns ?? columns.flatMap(([column, { primaryKey: isKey }]) => (isKey ? [column] : []));
  return {
    name,
    isUnlogged,
    columns: Object.fromEntries(columns.map(([column, spec]) => [column, columnOf(name, column, spec, primaryKey)])),
    primaryKey,
    references: Object.values(table.foreignKeys).map((key) => ({
      columns: key.columnsFrom,
      target: `${key.schemaTo}.${key.tableTo}`,
      targetColumns: key.columnsTo,
    })),
    indexes: Object.values(table.indexes).map(({ columns: parts, where }) => ({
      columns: parts.map(({ expression }) => expression),
      where,
    })),
  };
}

function columnOf(table: string, column: string, spec: SnapshotColumn, key: readonly string[]): WrittenColumn {
  const isSerial = spec.type === 'bigserial';
  const value = isSerial ? `nextval('${table}_${column}_seq')` : spec.default;
  return {
    type: isSerial ? 'bigint' : spec.type.replaceAll(', ', ','),
    notNull: spec.notNull || key.includes(column),
    generated: spec.generated?.as,
    default: value === undefined ? undefined : String(value),
    isIdentity: spec.identity !== undefined,
  };
}
