import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json, type JsonObject } from '../../json.ts';

const camelCase = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Gives keys that have a column the column's name: Fynn writes `isEnabled`, the table `is_enabled`. Other keys stay. */
export function withColumnNames(table: PgTable): (record: JsonObject) => JsonObject {
  const names = new Map(getTableConfig(table).columns.map(({ name }) => [camelCase(name), name]));
  return (record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [names.get(key) ?? key, value]));
}

/** The id that a relation names: an id, an IRI that ends with one, or an object that has one. */
export function relatedId(relation: Json | undefined): string | undefined {
  if (typeof relation === 'string') return relation.split('/').findLast((part) => part !== '');
  return isObject(relation) && typeof relation.id === 'string' ? relation.id : undefined;
}

/** Puts the id of a relation into a column; the relation itself stays where it is an object, to be stored by itself. */
export function withRelation(record: JsonObject, key: string, column: string): JsonObject {
  const { [key]: relation, ...rest } = record;
  if (relation === undefined) return record;
  if (relation === null) return { ...rest, [column]: null };
  const id = relatedId(relation);
  return typeof relation === 'string' && id !== undefined
    ? { ...rest, [column]: id }
    : { ...record, [column]: id ?? null };
}
