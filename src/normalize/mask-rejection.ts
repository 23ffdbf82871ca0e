import { planOf, type ColumnPlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Rejection } from './batch.ts';
import { ERASED, eraserOf, eraseTexts, spelling, textsIn, withoutKeys, type Eraser } from './erase.ts';
import { hiddenKeys } from './mask-row.ts';
import type { Masks } from './masks.ts';

/**
 * Returns a rejected record without the data that the masks hide, based on the entities that it and all objects within
 * it may belong to. Keeps nothing of a payload that was cut off.
 */
export function maskRejection(rejection: Rejection, entities: Iterable<Entity>, masks: Masks): Rejection {
  if (masks.isIdle) return rejection;
  const [of, plans] = [[...entities], [...entities].map(({ table }) => planOf(table))];
  const isWhole = concernsForgotten(
    rejection.payload,
    plans.flatMap(({ columns }) => columns),
    masks,
  );
  const hidden = plans.flatMap((plan) =>
    plan.columns.filter((column) => masks.isPrivate(plan, column) || (isWhole && column.privacy === 'personal')),
  );
  if (!isWhole && hidden.length === 0) return rejection;
  if (typeof rejection.payload === 'string') return { ...rejection, payload: ERASED };
  const values: string[] = [];
  const payload = withoutKeys(rejection.payload, hiddenKeys(hidden, { aliases: aliasesOf(of) }, isWhole), values);
  return erased({ ...rejection, payload }, both(eraserOf(values, { words: isWhole }), masks.eraseMentions));
}

const aliasesOf = (entities: readonly Entity[]) =>
  Object.fromEntries(entities.flatMap(({ aliases }) => Object.entries(aliases)));

const both =
  (one: Eraser, other: Eraser = (text) => text): Eraser =>
  (text) =>
    other(one(text));

const erased = ({ recordId, reason, payload }: Rejection, erase: Eraser): Rejection => ({
  recordId: recordId && erase(recordId),
  reason: erase(reason),
  payload: eraseTexts(payload, erase),
});

/** Returns true for a payload that names a forgotten person anywhere. */
function concernsForgotten(payload: Json, columns: readonly ColumnPlan[], masks: Masks): boolean {
  const { isForgotten, eraseMentions } = masks;
  if (!isForgotten || !eraseMentions) return false;
  if (textsIn(payload).some((text) => eraseMentions(text) !== text)) return true;
  const kinds = new Map(columns.flatMap(({ name, identifies }) => (identifies ? [[spelling(name), identifies]] : [])));
  const isNamed = (value: Json): boolean => {
    if (Array.isArray(value)) return value.some(isNamed);
    if (!isObject(value)) return false;
    return Object.entries(value).some(([key, inner]) => {
      const kind = kinds.get(spelling(key));
      return (kind && textsIn(inner).some((text) => isForgotten(kind, text))) || isNamed(inner);
    });
  };
  return isNamed(payload);
}
