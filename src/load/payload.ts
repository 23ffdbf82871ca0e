import { isObject, type Json } from '../json.ts';

/** Whether two JSON values are the same, keys in any order. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((value, index) => sameJson(value, right[index]));
  if (!isObject(left) || !isObject(right)) return JSON.stringify(left) === JSON.stringify(right);
  let keys = 0;
  for (const key in left) {
    if (!Object.hasOwn(right, key) || !sameJson(left[key], right[key])) return false;
    keys += 1;
  }
  for (const _ in right) keys -= 1;
  return keys === 0;
}

/** The value without the keys that hold credentials, at any depth. */
export function withoutSecrets(value: Json, secretKeys: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, secretKeys));
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !secretKeys.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecrets(inner, secretKeys)]));
}

const DEEPEST = 64;

/** The value with everything below 64 levels cut off. */
export function pruned(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((inner) => pruned(inner, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pruned(inner, depth + 1)]));
}
