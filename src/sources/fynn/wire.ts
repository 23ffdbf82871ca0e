import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

const camelCase = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Renames keys to the column they belong to: Fynn writes `isEnabled`, the table `is_enabled`. Keeps other keys, and a key whose
 * column the record names itself.
 */
export function withColumnNames(table: PgTable): (record: JsonObject) => JsonObject {
  const names = new Map(getTableConfig(table).columns.map(({ name }) => [camelCase(name), name]));
  return (record) => {
    const nameOf = (key: string) => {
      const name = names.get(key);
      return name === undefined || Object.hasOwn(record, name) ? key : name;
    };
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [nameOf(key), value]));
  };
}

/** Returns the id that a relation names: an id, an IRI that ends with one, or an object that has one. */
export function relatedId(relation: Json | undefined): string | undefined {
  if (typeof relation === 'string') return relation.split('/').findLast((part) => part !== '');
  return isObject(relation) && typeof relation.id === 'string' ? relation.id : undefined;
}

/**
 * Puts the id of a relation into a column, unless the record has a value for that column. A relation that is an object remains,
 * because it is stored by itself.
 */
export function withRelation(record: JsonObject, key: string, column: string): JsonObject {
  const { [key]: relation, ...rest } = record;
  if (relation === undefined || Object.hasOwn(record, column)) return record;
  if (relation === null) return { ...rest, [column]: null };
  const id = relatedId(relation);
  return typeof relation === 'string' && id !== undefined
    ? { ...rest, [column]: id }
    : { ...record, [column]: id ?? null };
}
