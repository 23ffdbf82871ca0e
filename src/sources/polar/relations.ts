import type { PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json } from '../../model/json.ts';
import type { Entity, JoinRow, Relation } from '../../model/entity.ts';

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

/** The custom fields that a product, or a session for it, asks for. */
export const attachedFields = (value: Json) =>
  Array.isArray(value)
    ? value.map((raw, index): JoinRow => {
        if (!isObject(raw)) return { raw };
        const { custom_field_id = null, custom_field = null, order, required = null, ...rest } = raw;
        const member = { raw, entity: custom_field, row: { custom_field_id, position: order ?? index, required } };
        return Object.keys(rest).length > 0 ? { ...member, rest: { custom_field_id, ...rest } } : member;
      })
    : undefined;
