import { isObject, type Json } from '../model/json.ts';

/**
 * True if two JSON values are equal, with keys in any order. Most nested data of a page is compared: identical values
 * are not read.
 */
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

/** Returns a text without the credentials of one payload. */
export type Redactor = (text: string) => string;

/** Minimum length of a credential; a shorter value might be part of anything. */
const SHORTEST_SECRET = 8;

/** A credential with the key it came under. */
export type Secret = [key: string, secret: string];

const patterns = new WeakMap<ReadonlySet<string>, { key: RegExp; quoted: RegExp }>();

/**
 * Returns patterns of the keys in every spelling: client_secret is also clientSecret, Client-Secret and CLIENTSECRET.
 */
function patternsOf(secretKeys: ReadonlySet<string>): { key: RegExp; quoted: RegExp } {
  const known = patterns.get(secretKeys);
  if (known) return known;
  const spellings = [...secretKeys].map((key) => key.replaceAll('_', '[-_ ]?')).join('|') || '(?!)';
  const made = { key: new RegExp(`^(?:${spellings})$`, 'i'), quoted: new RegExp(`"(?:${spellings})"`, 'i') };
  patterns.set(secretKeys, made);
  return made;
}

/** True for a key that holds a credential, however it is spelt. */
export const isSecretKey = (key: string, secretKeys: ReadonlySet<string>) =>
  secretKeys.has(key) || patternsOf(secretKeys).key.test(key);

/** Names of credentials at any API: `apiKey`, `access_token`, `signing-secret`. */
const CREDENTIAL = /(?:token|secrets?|password|(?:api|access|private|secret|signing)[-_ ]?key)$/i;

/** True for a name that credentials have at any API. */
export const namesCredential = (key: string) => CREDENTIAL.test(key);

/** Returns true if a field holds a credential. */
export type Suspicion = (key: string, value: Json | undefined) => boolean;

/** Returns a test for documented fields, by the keys known to hold credentials. */
export const knownAs =
  (secretKeys: ReadonlySet<string>): Suspicion =>
  (key) =>
    isSecretKey(key, secretKeys);

/** Returns a test for undocumented fields: texts under a name that credentials also have. */
export const namedLike =
  (secretKeys: ReadonlySet<string>): Suspicion =>
  (key, value) =>
    isSecretKey(key, secretKeys) || (typeof value === 'string' && namesCredential(key));

/** True if JSON text may have a key that holds a credential. */
export const mayHoldSecret = (json: string, secretKeys: ReadonlySet<string>) =>
  patternsOf(secretKeys).quoted.test(json);

/** True for a value that can be distinguished from the text around it. */
export const isSecret = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.length >= SHORTEST_SECRET;

/** Returns the credentials in a value, at any depth. */
export function secretsWithin(value: Json, isCredential: Suspicion): Secret[] {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return [];
  const own = isObject(value) ? Object.entries(value).filter(([key, inner]) => isCredential(key, inner)) : [];
  return [
    ...own.flatMap(([key, secret]): Secret[] => (isSecret(secret) ? [[key, secret]] : [])),
    ...Object.values(value).flatMap((inner) => secretsWithin(inner, isCredential)),
  ];
}

/** Returns a redactor that replaces credentials in a text by their names. */
export function redactorFor(secrets: readonly Secret[]): Redactor {
  const named = secrets.map(([key, secret]) => ({ secret, name: `[${key}]` }));
  return (text) => {
    let clean = text;
    for (const { secret, name } of named)
      if (clean.length >= secret.length && clean.includes(secret)) clean = clean.replaceAll(secret, name);
    return clean;
  };
}

/**
 * Returns the value without the fields that hold credentials, at any depth, and with credentials blanked out of its
 * texts.
 */
export function withoutSecrets(value: Json, isCredential: Suspicion, blank: Redactor): Json {
  if (typeof value === 'string') return blank(value);
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, isCredential, blank));
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !isCredential(key, inner));
  return Object.fromEntries(kept.map(([key, inner]) => [blank(key), withoutSecrets(inner, isCredential, blank)]));
}

const DEEPEST = 64;

/** Returns the value with everything below 64 levels cut off. */
export function truncateDepth(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((inner) => truncateDepth(inner, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, truncateDepth(inner, depth + 1)]));
}
