import { isObject, type Json } from '../json.ts';

/** Whether two JSON values are the same, keys in any order. Most of what a page nests is compared: what is equal at once is not looked into. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) return Array.isArray(right) && sameList(left, right);
  if (!isObject(left) || !isObject(right)) return JSON.stringify(left) === JSON.stringify(right);
  let keys = 0;
  for (const key in left) {
    const mine = left[key];
    const theirs = right[key];
    if (mine !== theirs && !(Object.hasOwn(right, key) && sameJson(mine, theirs))) return false;
    keys += 1;
  }
  for (const _ in right) keys -= 1;
  return keys === 0;
}

function sameList(left: readonly Json[], right: readonly Json[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++)
    if (left[index] !== right[index] && !sameJson(left[index], right[index])) return false;
  return true;
}

/** Text without the credentials of one payload. */
export type Blank = (text: string) => string;

/** A shorter value is no credential, and might be a part of anything. */
const SHORTEST_SECRET = 8;

/** The payload's own credentials, by their keys. */
export function secretsOf(payload: Json, secretKeys: ReadonlySet<string>): [key: string, secret: string][] {
  const secrets: [string, string][] = [];
  if (!isObject(payload)) return secrets;
  for (const key of secretKeys) {
    const secret = payload[key];
    if (typeof secret === 'string' && secret.length >= SHORTEST_SECRET) secrets.push([key, secret]);
  }
  return secrets;
}

/** Credentials of the value and of all within it. */
export function secretsWithin(value: Json, secretKeys: ReadonlySet<string>): [key: string, secret: string][] {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return [];
  return [
    ...secretsOf(value, secretKeys),
    ...Object.values(value).flatMap((inner) => secretsWithin(inner, secretKeys)),
  ];
}

/** Replaces credentials in a text by their names. */
export const blankOf =
  (secrets: readonly [key: string, secret: string][]): Blank =>
  (text) =>
    secrets.reduce((clean, [key, secret]) => clean.replaceAll(secret, `[${key}]`), text);

/** The value without the keys that hold credentials, at any depth, and with credentials blanked out of its texts. */
export function withoutSecrets(value: Json, secretKeys: ReadonlySet<string>, blank: Blank): Json {
  if (typeof value === 'string') return blank(value);
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, secretKeys, blank));
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !secretKeys.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [blank(key), withoutSecrets(inner, secretKeys, blank)]));
}

const DEEPEST = 64;

/** The value with everything below 64 levels cut off. */
export function pruned(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((inner) => pruned(inner, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pruned(inner, depth + 1)]));
}
