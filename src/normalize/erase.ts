import { isObject, parseJson, type Json } from '../model/json.ts';
import { escapePattern } from '../model/secrets.ts';
import { sameJson } from './redact.ts';

/** Replacement for erased values inside other values. */
export const ERASED = '[erased]';

/** Returns a text without the data to be erased. */
export type Eraser = (text: string) => string;

/** Minimum length of a value of several words that is erased inside longer texts. */
const SHORTEST_PART = 6;

/** Minimum length of any other value that is erased as a word, for a person of whom nothing is to stay. */
const SHORTEST_WORD = 4;

/** Minimum length of a value that is erased as a whole text; a single character may be anything. */
const SHORTEST_WHOLE = 2;

const normal = (text: string) => text.trim().toLowerCase();

const isPart = (value: string) => value.length >= SHORTEST_PART && /[\s\d@]/.test(value);
const isWord = (value: string) => value.length >= SHORTEST_WORD && !isPart(value);

const LETTER = '[A-Za-z0-9À-ɏ]';

/**
 * Returns an eraser of a person's values, in any case, also as URLs encode them: as whole texts, and as parts of texts
 * if they have more than one word. With `words`, single words as well.
 */
export function eraserOf(values: readonly string[], { words = false } = {}): Eraser {
  const whole = new Set(values.map(normal).filter((value) => value.length >= SHORTEST_WHOLE));
  const parts = longestFirst([...whole].filter(isPart).flatMap(formsOf)).map(escapePattern);
  const single = [...whole].filter((value) => words && isWord(value)).map(escapePattern);
  const patterns = [...parts, ...single.map((word) => `(?<!${LETTER})${word}(?!${LETTER})`)];
  const pattern = patterns.length === 0 ? undefined : new RegExp(patterns.join('|'), 'gi');
  return (text) => {
    if (whole.has(normal(text))) return ERASED;
    return pattern === undefined ? text : text.replaceAll(pattern, ERASED);
  };
}

const longestFirst = (texts: readonly string[]) => texts.toSorted((one, other) => other.length - one.length);

function formsOf(value: string): string[] {
  const url = encodeURIComponent(value.toWellFormed());
  return [value, url, url.replaceAll('%20', '+')];
}

/** Returns the value with all texts in it erased, keys included; an erased number becomes text. */
export function eraseTexts(value: Json, erase: Eraser): Json {
  if (typeof value === 'string') return erase(value);
  if (typeof value === 'number' || JSON.isRawJSON(value)) {
    const text = JSON.isRawJSON(value) ? value.rawJSON : String(value);
    return erase(text) === ERASED ? ERASED : value;
  }
  if (Array.isArray(value)) return value.map((inner) => eraseTexts(inner, erase));
  if (!isObject(value)) return value;
  // The order is independent of that of the keys: if several are erased, the last one stays.
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [erase(key), eraseTexts(inner, erase)]));
}

/**
 * Changes a value given as JSON text; a text whose value stays the same is returned unchanged. A value that nests too
 * deeply is erased as a whole.
 */
export function changeJson(text: string, change: (value: Json) => Json): string {
  try {
    const value = parseJson(text);
    const changed = change(value);
    return sameJson(value, changed) ? text : JSON.stringify(changed);
  } catch (error) {
    if (error instanceof RangeError) return JSON.stringify(ERASED);
    throw error;
  }
}

/** Returns the texts and numbers in a value, except under these keys of the value itself. */
export function textsIn(value: Json, except: readonly string[] = []): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (JSON.isRawJSON(value)) return [value.rawJSON];
  if (Array.isArray(value)) return value.flatMap((inner) => textsIn(inner));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (except.includes(key) ? [] : textsIn(inner)));
}

/** Returns a key in one spelling: customer_email is also customerEmail and Customer-Email. */
export const spelling = (key: string) => key.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Returns true if a key's value is hidden. */
export type KeyTest = (key: string) => boolean;

/** Returns the value without the hidden keys, at any depth; adds their texts to `found`. */
export function withoutKeys(value: Json, isHidden: KeyTest, found: string[]): Json {
  if (Array.isArray(value)) return value.map((inner) => withoutKeys(inner, isHidden, found));
  if (!isObject(value)) return value;
  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value))
    if (isHidden(key)) found.push(...textsIn(inner));
    else kept.push([key, withoutKeys(inner, isHidden, found)]);
  return Object.fromEntries(kept);
}
