import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Entity, JoinRow, Relation } from '../../src/model/entity.ts';
import { kindOf } from './wire-values.ts';
import { isSecretName, isSuspicious, withoutSecrets } from './wire-secrets.ts';

/** Contents that a row must have. */
export interface TrueRow {
  /** Values as the wire has them; columns that nothing showed are null. */
  values: JsonObject;
  extra: JsonObject;
  /** True for a record of a stream, false for a nested one. */
  isRecord: boolean;
  isDeleted: boolean;
}

/** Contents that the tables of some streams must have. */
export interface Truth {
  rows: Map<PgTable, Map<string, TrueRow>>;
  /** Members of each parent in a join table: rows of its columns. */
  sets: Map<PgTable, Map<string, JsonObject[]>>;
  /** Ids of children that parents list. */
  owned: { entity: Entity; relation: Relation & { kind: 'owned' }; parent: string; ids: string[] }[];
  secretKeys: ReadonlySet<string>;
}

/** A truth about nothing. */
export const emptyTruth = (secretKeys: ReadonlySet<string>): Truth => ({
  rows: new Map(),
  sets: new Map(),
  owned: [],
  secretKeys,
});

const BOOKKEEPING = new Set(['account', 'version_at', 'observed_at', 'deleted_at', 'extra']);

/** Columns that hold the API's values. */
export const columnsOf = (table: PgTable) => getTableConfig(table).columns.filter(({ name }) => !BOOKKEEPING.has(name));

/** Columns of a join table that make its key: the parent's, then the member's. */
export function keyOf(into: PgTable): [parent: string, member: string] {
  const [parent, member] = (getTableConfig(into).primaryKeys[0]?.columns ?? [])
    .map(({ name }) => name)
    .filter((name) => !BOOKKEEPING.has(name));
  if (parent === undefined || member === undefined) throw new Error('a join table has a key of two columns');
  return [parent, member];
}

/** Adds one record and all that nests in it; returns its id, undefined where it has none. */
export function addRecord(truth: Truth, entity: Entity, sent: Json, isRecord: boolean): string | undefined {
  if (!isObject(sent)) return undefined;
  const record = entity.toColumns?.(sent) ?? sent;
  const { id } = record;
  if (typeof id !== 'string') return undefined;
  const rows = entry(truth.rows, entity.table, () => new Map<string, TrueRow>());
  const before = rows.get(id) ?? { values: {}, extra: {}, isRecord: false, isDeleted: false };
  const { values, extra } = split(truth, entity, record, id);
  rows.set(id, {
    values: { ...before.values, ...values, ...(!isRecord && shownInPart(entity, before.values, values)) },
    extra: { ...before.extra, ...extra },
    isRecord: before.isRecord || isRecord,
    isDeleted: false,
  });
  return id;
}

/** Columns of which a nested record shows some keys only: the others stay. */
function shownInPart({ partial }: Entity, before: JsonObject, shown: JsonObject): JsonObject {
  const both = [...partial].filter((name) => isObject(before[name]) && isObject(shown[name]));
  return Object.fromEntries(both.map((name) => [name, Object.assign({}, before[name], shown[name])]));
}

/** Splits a record into the values of columns and the rest. */
function split(truth: Truth, entity: Entity, record: JsonObject, id: string) {
  const [values, extra]: [JsonObject, JsonObject] = [{}, {}];
  const columns = new Map(columnsOf(entity.table).map((column) => [column.name, column.getSQLType()]));
  const secrets: [string, string][] = [];
  for (const [key, value] of Object.entries(record)) {
    const [type, relation] = [columns.get(key), entity.relations[key]];
    if (type !== undefined) {
      const fits = value === null || kindOf(type).wire(value) !== undefined;
      values[key] = fits ? value : null;
      if (!fits) extra[key] = value;
    }
    const unfit = relation && unfold(truth, relation, { key, value, entity, id });
    if (unfit !== undefined) extra[key] = unfit;
    if (type !== undefined || relation) continue;
    if (isSecretName(key, truth.secretKeys) && typeof value === 'string') secrets.push([key, value]);
    const original = entity.aliases[key];
    const isLeftOut = entity.dropped.has(key) || (original !== undefined && record[original] !== undefined);
    if (!isLeftOut && !isSuspicious(key, value, truth.secretKeys)) extra[key] = value;
  }
  const known = (key: string) => isSecretName(key, truth.secretKeys);
  return {
    values: withoutSecrets(values, { isSecret: known, secrets }),
    extra: withoutSecrets(extra, { isSecret: (key, value) => isSuspicious(key, value, truth.secretKeys), secrets }),
  };
}

/** A relation's value, where it was found. */
interface Nested {
  key: string;
  value: Json;
  entity: Entity;
  id: string;
}

/** Adds what nests; returns what of it can be no row. */
function unfold(truth: Truth, relation: Relation, { value, entity, id }: Nested): Json | undefined {
  if (relation.kind === 'one')
    return value === null || addRecord(truth, relation.entity, value, false) !== undefined ? undefined : value;
  if (relation.kind === 'owned') return addOwned(truth, relation, { value, entity, id });
  const members = value === null ? [] : relation.members(value);
  if (!members) return value;
  const [, member] = keyOf(relation.into);
  const rows = new Map<Json, JsonObject>();
  const unfit: Json[] = [];
  for (const joined of members) {
    const isMember = addMember(truth, relation, joined, member);
    const key = joined.row?.[member] ?? null;
    if (!isMember) unfit.push(joined.raw);
    else if (joined.row && !rows.has(key)) rows.set(key, joined.row);
    if (isMember && joined.rest) unfit.push(joined.rest);
  }
  entry(truth.sets, relation.into, () => new Map<string, JsonObject[]>()).set(id, [...rows.values()]);
  return unfit.length > 0 ? unfit : undefined;
}

function addMember(truth: Truth, { entity }: Relation & { kind: 'set' }, { row, entity: value }: JoinRow, key: string) {
  if (typeof row?.[key] !== 'string') return false;
  return !entity || addRecord(truth, entity, value ?? null, false) === row[key];
}

function addOwned(
  truth: Truth,
  relation: Relation & { kind: 'owned' },
  { value, entity, id: parent }: Omit<Nested, 'key'>,
): Json | undefined {
  if (value !== null && !Array.isArray(value)) return value;
  const list = value ?? [];
  const ids = list.map((raw, index) =>
    addRecord(truth, relation.entity, relation.element?.(raw, index, parent) ?? raw, false),
  );
  const found = ids.filter((id) => id !== undefined);
  if (found.length < list.length) return list.filter((_, index) => ids[index] === undefined);
  truth.owned.push({ entity, relation, parent, ids: found });
  return undefined;
}

/** The value of a key, made at its first use. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
