import type { Json } from '../model/json.ts';
import { MOST_ALIKE } from './known-values.ts';

/** A few lists of shared objects by their first one, with which they are forgotten. */
const knownLists = new WeakMap<object, readonly Json[][]>();

/**
 * Returns the list of the same shared objects that was met before, and otherwise the list itself, frozen, for the next time.
 * A list that is empty or holds something else is returned as it is.
 */
export function sharedList(list: Json[]): Json[] {
  const [first] = list;
  if (typeof first !== 'object' || first === null || !list.every(isShared)) return list;
  const alike = knownLists.get(first) ?? [];
  const found = alike.find((other) => holdsTheSame(list, other));
  if (found) return found;
  Object.freeze(list);
  knownLists.set(first, [list, ...alike.slice(0, MOST_ALIKE - 1)]);
  return list;
}

const isShared = (value: Json) => typeof value === 'object' && Object.isFrozen(value);

function holdsTheSame(one: readonly Json[], other: readonly Json[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
