import type { ColumnPlan } from '../database/table-plan.ts';
import type { Entity, Relation } from '../model/entity.ts';
import type { JsonObject } from '../model/json.ts';
import { isSecretKey, namesCredential } from './redact.ts';
import { columnsKeyOf, type Cell, type TableBatch } from './rows.ts';

/** A field that has a column: its place among the record's fields, and that of the column. */
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

/** A field that has neither. */
interface UnknownField {
  at: number;
  name: string;
  isDropped: boolean;
  /** The place of the field that it repeats; -1 where the record has none. */
  originalAt: number;
  /** True where its name is known to be that of a credential, whatever it holds. */
  isSecret: boolean;
  /** True where a text in it may be a credential, by its name. */
  isSuspect: boolean;
}

/** Where the fields of records with the same keys in the same order belong. */
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
  /** The cells of text, and of JSON. */
  texts: readonly number[];
  documents: readonly number[];
  /** The key of the column set of a row that has a cell for each column, and rows for each set. */
  columnsKey: { alive: string; nested: string };
}

/** Most layouts of an entity that are kept, and most keys that they have. APIs have a few; broken data may have any. */
const [MOST_LAYOUTS, MOST_KEYS] = [64, 500];

const layouts = new WeakMap<Entity, Layout[]>();

/** Returns the layout of a record, which is made for the first of its kind. */
export function layoutOf(batch: TableBatch, secretKeys: ReadonlySet<string>, record: JsonObject): Layout {
  const { entity } = batch;
  const keys = Object.keys(record);
  const known = layouts.get(entity) ?? [];
  const found = known.find((layout) => layout.secretKeys === secretKeys && isSameList(layout.keys, keys));
  if (found) return found;
  const made = makeLayout(batch, secretKeys, keys);
  if (keys.length <= MOST_KEYS) layouts.set(entity, [made, ...known.slice(0, MOST_LAYOUTS - 1)]);
  return made;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
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
