import type { PgTable } from 'drizzle-orm/pg-core';
import type { Json, JsonObject } from './json.ts';

/** One element of a nested set. */
export interface JoinRow {
  /** The element as received; kept in the parent's `extra` if it cannot be a member. */
  raw: Json;
  /** The join table's columns besides the parent's key; absent if the element has no key. */
  row?: JsonObject;
  entity?: Json;
  /** The parts of the element that have neither a column nor an entity. */
  rest?: JsonObject;
}

/** The relation of one key of a record to other entities. */
export type Relation =
  | { kind: 'one'; entity: Entity }
  | {
      kind: 'set';
      /** The entity of the members; null when the payload has only their ids. */
      entity: Entity | null;
      /** The join table; its first key column is the parent's id, its second the member's. */
      into: PgTable;
      /**
       * A parent that is nested in another record lists only members whose column has this value. The join table then
       * has a `position`. Members known to have another value stay, and keep their places.
       */
      listed?: { column: string; value: string };
      /** Returns the elements of the value; undefined if it has another form. Never called with null. */
      members: (value: Json) => JoinRow[] | undefined;
    }
  | {
      kind: 'owned';
      entity: Entity;
      /** The child's column that holds the parent's id. */
      by: string;
      /** Returns the row of one list element, if it is not the element itself. */
      element?: (raw: Json, index: number, parentId: string) => Json;
      /** The action on rows that the parent no longer lists. */
      onRemoved: OnRemoved;
    };

/** Deletes a row, or sets a boolean column unless another column has a value. */
export type OnRemoved = 'delete' | { mark: string; unless: { column: string; value: string } };

/** Some columns of a row that make up a state, instead of the whole row. */
export interface KeptStates {
  /** The history's column with the row's id. */
  key: string;
  columns: readonly string[];
  /**
   * Flags of the history, each true if one of these has a value: a column, or a key of its object, as in
   * `address.city`.
   */
  flags: Readonly<Record<string, readonly string[]>>;
  /** Rows in this condition when first seen have no state worth keeping. */
  settled: Settled;
}

/**
 * Condition under which nothing more happens to a record: a column has one of these values, or a date is this long
 * past.
 */
export interface Settled {
  column: string;
  values: readonly string[];
  until: string;
  grace: string;
}

/** Condition, besides its age, under which the personal data of a record may be emptied. */
export interface Expiry extends Pick<Settled, 'until'>, Partial<Pick<Settled, 'column' | 'values'>> {
  /** The date from which its age is counted; `created_at` unless named. */
  since?: string;
}

/** Expires by its age alone. */
export const BY_AGE: Expiry = { until: 'created_at' };

/** The history of an entity: each state that a row had is inserted there, and never changed. */
export interface History {
  table: PgTable;
  /** Absent if the history has whole rows, with the members of each set in a column named after the relation. */
  states?: KeptStates;
}

/**
 * A kind of API object: its table, and its relations to others. A wire key with a column of the same name is stored
 * there.
 */
export interface Entity {
  table: PgTable;
  relations: Readonly<Record<string, Relation>>;
  /** Wire keys that only repeat another one: `{ alias: original }`. Dropped when the original is present. */
  aliases: Readonly<Record<string, string>>;
  /** Wire keys that are not stored: only some responses have them, and stored values would become stale. */
  dropped: ReadonlySet<string>;
  /** Columns whose object is incomplete in a nested record: keys that it lacks keep their values. */
  partial: ReadonlySet<string>;
  /** Columns that only some payloads have; a payload read earlier fills them if the stored row has the same version. */
  sparse: ReadonlySet<string>;
  /** Values that a nested record implies for columns it lacks: they correct a stored row, and have no other effect. */
  implied: Readonly<Record<string, string>>;
  /** Converts the record to the names and forms of the table; undefined if the wire has the same. */
  toColumns: ((record: JsonObject) => JsonObject) | undefined;
  /** History of its states; undefined if they are not kept. */
  history: History | undefined;
  /** Condition under which the personal data of its records may be emptied; undefined if it stays. */
  expiry: Expiry | undefined;
}

/** Describes an entity by its table, its relations, and the differences between wire and table. */
export function entity(table: PgTable, parts: Partial<Omit<Entity, 'table'>> = {}): Entity {
  const {
    relations = {},
    aliases = {},
    dropped = new Set(),
    partial = new Set(),
    implied = {},
    sparse = new Set(),
    toColumns,
    history,
    expiry,
  } = parts;
  return { table, relations, aliases, dropped, partial, implied, sparse, toColumns, history, expiry };
}

/**
 * Returns the name of a column of an entity's table. Throws if there is none: SQL that uses it would fail at run time.
 */
export function requireColumn({ table }: Entity, column: string): string {
  if (!(column in table)) throw new Error(`the table has no column ${column}: see src/sources`);
  return column;
}

/** Returns an entity and all entities nested in it. */
export function entitiesWithin(entity: Entity, found = new Set<Entity>()): Set<Entity> {
  if (found.has(entity)) return found;
  found.add(entity);
  for (const { entity: nested } of Object.values(entity.relations)) if (nested) entitiesWithin(nested, found);
  return found;
}
