import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, numeric, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { getTableConfig, type PgColumn, type PgColumnBuilderBase, type PgTable } from 'drizzle-orm/pg-core';
import { descriptionsOf, withComments, type Description } from '../../model/comments.ts';
import { instant } from './schema.ts';

/** The SQL schema of earlier states of records. */
export const history = pgSchema('history');

const stateColumns = () => ({
  seq: bigint({ mode: 'bigint' }).notNull().generatedAlwaysAsIdentity({ cache: 1 }),
  valid_from: instant().notNull(),
  observed_at: instant().notNull(),
  is_exact: boolean().notNull(),
  via: text().notNull(),
  account: text().notNull(),
});

const STATE_COMMENTS = {
  seq: 'Order in which the states were stored; the state of a late webhook comes after newer ones',
  valid_from:
    'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date',
  is_exact: 'True if the state began at valid_from; false if it began then or earlier',
  via: 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began',
};

const isBookkeeping = (name: string) => ['account', 'version_at', 'observed_at', 'deleted_at', 'extra'].includes(name);

const builders: Readonly<Record<string, () => PgColumnBuilderBase>> = {
  uuid,
  text,
  boolean,
  integer,
  jsonb,
  bigint: () => bigint({ mode: 'bigint' }),
  'timestamp with time zone': instant,
};

/** Returns a column of the same type, without key and references: a record that it names may be deleted. */
function copyOf(column: PgColumn): PgColumnBuilderBase {
  const type = column.getSQLType();
  const [, precision, scale] = /^numeric\((\d+), (\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined) return numeric({ precision: Number(precision), scale: Number(scale) });
  const build = builders[type];
  if (!build) throw new Error(`no history has columns of type ${type} yet: see src/sources/polar/history.ts`);
  return build();
}

const copies = (columns: readonly PgColumn[]) =>
  Object.fromEntries(columns.map((column) => [column.name, copyOf(column)]));

/** Returns a table of states with its comments. `key` is the name of the column with the row's id. */
function stateTable(
  name: string,
  key: string,
  columns: Readonly<Record<string, PgColumnBuilderBase>>,
  comments: { table: string; columns: Readonly<Record<string, Description>> },
): PgTable {
  const { [key]: id = text(), ...others } = columns;
  const all: Record<string, PgColumnBuilderBase> = { [key]: id, ...stateColumns(), ...others };
  const states = history.table(name, all, ({ [key]: id, seq, has_email }) => {
    if (!id || !seq) throw new Error(`the history of ${name} has no column ${key}`);
    const signs = has_email
      ? [
          index(`${name}_signs_index`)
            .on(id)
            .where(sql`has_email or has_address or status = 'confirmed'`),
        ]
      : [];
    return [primaryKey({ columns: [id, seq] }), ...signs];
  });
  return withComments(states, comments.table, { ...comments.columns, ...STATE_COMMENTS });
}

/** Returns the history of a table with whole rows, and with the members of its sets, by the names of the sets. */
export function historyOf(table: PgTable, sets: readonly string[] = []): PgTable {
  const { name, columns } = getTableConfig(table);
  const own = columns.filter((column) => !isBookkeeping(column.name));
  const members = Object.fromEntries(sets.map((set) => [set, jsonb().notNull()]));
  const memberComments = Object.fromEntries(sets.map((set) => [set, `Its ${set}, each with its position`]));
  return stateTable(
    name,
    'id',
    { ...copies(own), ...members, deleted_at: instant(), extra: jsonb().notNull() },
    {
      table: `Each state of ${name} that was seen, as a whole row; later states add rows`,
      columns: { ...descriptionsOf(table), ...memberComments },
    },
  );
}

/** Returns the history of some columns of a table. Each flag has its comment. */
export function statesOf(
  table: PgTable,
  { key, columns, flags }: { key: string; columns: readonly string[]; flags: Readonly<Record<string, string>> },
): PgTable {
  const { name, columns: all } = getTableConfig(table);
  const id = all.filter((column) => column.name === 'id').map(copyOf)[0] ?? text();
  const kept = copies(all.filter((column) => columns.includes(column.name)));
  const present = Object.fromEntries(Object.keys(flags).map((flag) => [flag, boolean().notNull()]));
  return stateTable(
    name,
    key,
    { [key]: id, ...kept, ...present },
    {
      table: `Each state of ${name} that was seen, without personal data; later states add rows`,
      columns: { ...descriptionsOf(table), ...flags, [key]: 'Id of the record' },
    },
  );
}
