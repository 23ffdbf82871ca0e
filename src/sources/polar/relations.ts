import type { PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json } from '../../model/json.ts';
import type { Entity, Relation } from '../../model/entity.ts';

type SetNest = Relation & { kind: 'set' };

/** A list of whole entities that becomes a join table's rows: the member's id in `column`, its place in `position`. */
export function setOf(entity: Entity, into: PgTable, column: string): SetNest {
  const members = (value: Json) =>
    Array.isArray(value)
      ? value.map((raw, position) =>
          isObject(raw) ? { raw, entity: raw, row: { [column]: raw.id ?? null, position } } : { raw },
        )
      : undefined;
  return { kind: 'set', entity, into, members };
}
