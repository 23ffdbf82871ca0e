import type { PgTable } from 'drizzle-orm/pg-core';
import type { Json, JsonObject } from './json.ts';

/** One element of a nested set. */
export interface JoinRow {
  /** The element as it came; kept in the parent's `extra` when it cannot be a member. */
  raw: Json;
  /** The join table's columns beside the parent's key; absent when the element has not even a key. */
  row?: JsonObject;
  entity?: Json;
  /** What of the element has neither a column nor an entity. */
  rest?: JsonObject;
}

/** How one key of a record nests other entities. */
export type Relation =
  | { kind: 'one'; entity: Entity }
  | {
      kind: 'set';
      /** What the members are; null when the payload has nothing but their ids. */
      entity: Entity | null;
      /** The join table; its first key column is the parent's id, its second the member's. */
      into: PgTable;
      /**
       * Nested in another record the parent lists only members of which this column has this value; the join table has a
       * `position` then. Members known to have another value stay, and keep their places.
       */
      listed?: { column: string; value: string };
      /** The elements of the value; undefined when it is of another form altogether. Called with anything but null. */
      members: (value: Json) => JoinRow[] | undefined;
    }
  | {
      kind: 'owned';
      entity: Entity;
      /** The owned entity's column that holds the parent's id. */
      by: string;
      /** The row of one element of the list, where it is not the element itself. */
      element?: (raw: Json, index: number, parentId: string) => Json;
      /** What happens to rows that the parent no longer lists. */
      onRemoved: OnRemoved;
    };

/** A row is deleted, or marked by a boolean column unless another column has a value. */
export type OnRemoved = 'delete' | { mark: string; unless: { column: string; value: string } };

/** A kind of object the API has: its table and what nests in it. A wire key with a column of the same name lands there. */
export interface Entity {
  table: PgTable;
  relations: Readonly<Record<string, Relation>>;
  /** Wire keys that only repeat another one: `{ alias: original }`. Dropped when the original is there. */
  aliases: Readonly<Record<string, string>>;
  /** Wire keys that are not stored: only some ways of reading show them, so that what is stored would go stale. */
  dropped: ReadonlySet<string>;
  /** Columns whose object is shown in part where the record nests in another: keys that it lacks stay. */
  partial: ReadonlySet<string>;
  /** What nesting in another record says of columns that it does not show: it corrects what is stored, and nothing else. */
  implied: Readonly<Record<string, string>>;
  /** The record in the table's names and forms, where the wire has others. */
  toColumns: ((record: JsonObject) => JsonObject) | undefined;
}

/** Describes an entity by its table, what nests in it, and how the wire departs from the table. */
export function entity(table: PgTable, parts: Partial<Omit<Entity, 'table'>> = {}): Entity {
  const { relations = {}, aliases = {}, dropped = new Set(), partial = new Set(), implied = {}, toColumns } = parts;
  return { table, relations, aliases, dropped, partial, implied, toColumns };
}

/** The name of a column of an entity's table. Throws where there is none: what is built on it would fail at run time. */
export function requireColumn({ table }: Entity, column: string): string {
  if (!(column in table)) throw new Error(`the table has no column ${column}: see src/sources`);
  return column;
}
