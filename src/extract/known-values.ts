import { isObject, type Json } from '../model/json.ts';

/** Objects of JSON that were parsed before, by their bytes: texts of one character for each. */
export interface KnownValues {
  /**
   * Returns the object that begins here, and where it ends. Unless it is short, it is frozen, and shared with everybody who
   * met the same bytes. Throws a SyntaxError where it does not end, or is no JSON.
   */
  at(bytes: string, start: number): { value: Json; end: number };
}

interface KnownValue {
  bytes: string;
  value: Json;
}

/** Objects are looked up by so many of their first bytes, which hold their id. Shorter ones are not worth it. */
const FINGERPRINT = 96;

/** Most objects with one fingerprint, such as maps that begin with the same price. */
const MOST_ALIKE = 64;

/** When more bytes are known, all are forgotten: what is frequent is soon known again. */
const MEMORY_BYTES = 4 * 2 ** 20;

/** Creates an empty memory; `parse` is given bytes as text. */
export function createKnownValues(parse: (bytes: string) => Json): KnownValues {
  const known = new Map<string, KnownValue[]>();
  let size = 0;

  function learn(bytes: string): Json {
    const fingerprint = copied(bytes.slice(0, FINGERPRINT));
    const value = freeze(parse(bytes));
    size += bytes.length;
    if (size > MEMORY_BYTES) {
      known.clear();
      size = bytes.length;
    }
    known.set(fingerprint, [{ bytes, value }, ...(known.get(fingerprint) ?? []).slice(0, MOST_ALIKE - 1)]);
    return value;
  }

  return {
    at(bytes, start) {
      const found = known.get(bytes.slice(start, start + FINGERPRINT))?.find((one) => isAt(bytes, start, one.bytes));
      if (found) return { value: found.value, end: start + found.bytes.length };
      const end = endOfObject(bytes, start);
      if (end - start < FINGERPRINT) return { value: parse(bytes.slice(start, end)), end };
      return { value: learn(copied(bytes.slice(start, end))), end };
    },
  };
}

/** A slice is compared five times as fast as by `startsWith`, which looks at each character. */
const isAt = (bytes: string, start: number, part: string) => bytes.slice(start, start + part.length) === part;

/** A slice would keep the whole page in memory. */
const copied = (bytes: string) => Buffer.from(bytes, 'latin1').toString('latin1');

function endOfObject(text: string, start: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;
  token.lastIndex = start;
  let depth = 0;
  while (token.test(text)) {
    const last = text[token.lastIndex - 1];
    if (last === '{' || last === '[') depth += 1;
    if (last === '}' || last === ']') depth -= 1;
    if (depth === 0) return token.lastIndex;
  }
  throw new SyntaxError('the object does not end');
}

function freeze(value: Json): Json {
  if (Array.isArray(value)) value.forEach(freeze);
  else if (isObject(value)) Object.values(value).forEach(freeze);
  Object.freeze(value);
  return value;
}
