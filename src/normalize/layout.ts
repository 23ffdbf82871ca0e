import type { ColumnPlan } from '../database/table-plan.ts';
import type { Entity, Relation } from '../model/entity.ts';
import type { JsonObject } from '../model/json.ts';
import { isSecretKey, namesCredential } from './redact.ts';
import { columnsKeyOf, type Cell, type TableBatch } from './rows.ts';

/** A field that has a column: its index among the record's fields, and that of the column. */
interface ColumnField {
  at: number;
  index: number;
  column: ColumnPlan;
}

/** A field that relates to other entities. */
interface RelationField {
  at: number;
  name: string;
  relation: Relation;
}

/** A field that has neither a column nor a relation. */
interface UnknownField {
  at: number;
  name: string;
  isDropped: boolean;
  /** Index of the field that it repeats; -1 if the record has none. */
  originalAt: number;
  /** True if its name is known to be that of a credential, whatever its value. */
  isSecret: boolean;
  /** True if its name suggests that a text in it may be a credential. */
  isSuspect: boolean;
}

/** Destinations of the fields of records with the same keys in the same order. */
export interface Layout {
  /** The table, as `schema.name`. */
  table: string;
  keys: readonly string[];
  secretKeys: ReadonlySet<string>;
  /** In the table's order. */
  columns: readonly ColumnField[];
  /** In the entity's order. */
  relations: readonly RelationField[];
  /** In the record's order. */
  unknown: readonly UnknownField[];
  /** The cells of a row before its columns are read. */
  blank: readonly Cell[];
  /** Indexes of the cells that hold text, and of those that hold JSON. */
  texts: readonly number[];
  documents: readonly number[];
  /** Key of the column set of a row that has a cell for each column, and rows for each set. */
  columnsKey: { alive: string; nested: string };
}

/**
 * Maximum number of layouts kept for an entity, and of keys in a layout. APIs have a few; broken data may have any
 * number.
 */
const [MOST_LAYOUTS, MOST_KEYS] = [64, 500];

const layouts = new WeakMap<Entity, Layout[]>();

/** Returns the layout of a record, which is created for the first record of its kind. */
export function layoutOf(batch: TableBatch, secretKeys: ReadonlySet<string>, record: JsonObject): Layout {
  const { entity } = batch;
  const known = layouts.get(entity) ?? [];
  const found = known.find((layout) => layout.secretKeys === secretKeys && hasKeys(record, layout.keys));
  if (found) return found;
  const keys = Object.keys(record);
  const made = makeLayout(batch, secretKeys, keys);
  if (keys.length <= MOST_KEYS) layouts.set(entity, [made, ...known.slice(0, MOST_LAYOUTS - 1)]);
  return made;
}

/** True if a record has just these keys, in this order. */
function hasKeys(record: JsonObject, keys: readonly string[]): boolean {
  let index = 0;
  for (const key in record) {
    if (keys[index] !== key) return false;
    index += 1;
  }
  return index === keys.length;
}

function makeLayout(batch: TableBatch, secretKeys: ReadonlySet<string>, keys: readonly string[]): Layout {
  const { entity, plan } = batch;
  const places = new Map(keys.map((name, at) => [name, at]));
  const columns = plan.columns.flatMap((column, index): ColumnField[] => {
    const at = places.get(column.name);
    return at === undefined ? [] : [{ at, index, column }];
  });
  const relations = Object.entries(entity.relations).flatMap(([name, relation]): RelationField[] => {
    const at = places.get(name);
    return at === undefined ? [] : [{ at, name, relation }];
  });
  const known = new Set([...columns, ...relations].map(({ at }) => at));
  const unknown = keys.flatMap((name, at): UnknownField[] =>
    known.has(at) ? [] : [{ at, name, ...unknownField(entity, secretKeys, { name, places }) }],
  );
  const ofType = (type: string) =>
    columns.flatMap(({ index, column: { sqlType } }) => (sqlType === type ? [index] : []));
  const blank = plan.columns.map((): Cell => undefined);
  const filled = blank.with(0, undefined);
  for (const { index } of columns) filled[index] = null;
  const sets = relations.flatMap(({ name, relation }) => (relation.kind === 'one' ? [] : [name]));
  return {
    table: plan.name,
    keys,
    secretKeys,
    columns,
    relations,
    unknown,
    blank,
    texts: ofType('text'),
    documents: ofType('jsonb'),
    columnsKey: { alive: columnsKeyOf(filled, sets, true), nested: columnsKeyOf(filled, sets, false) },
  };
}

function unknownField(
  { dropped, aliases }: Entity,
  secretKeys: ReadonlySet<string>,
  { name, places }: { name: string; places: ReadonlyMap<string, number> },
) {
  const original = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return {
    isDropped: dropped.has(name),
    originalAt: original === undefined ? -1 : (places.get(original) ?? -1),
    isSecret: isSecretKey(name, secretKeys),
    isSuspect: namesCredential(name),
  };
}
