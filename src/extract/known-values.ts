import { isObject, type Json } from '../model/json.ts';

/** Bytes, and the same as a text of one character each. */
export interface Bytes {
  raw: Buffer;
  text: string;
}

/** Objects of JSON that were parsed before, by their bytes. */
export interface KnownValues {
  /**
   * Returns the object that begins here, and where it ends. Unless it is short, it is frozen, and shared with everybody who
   * met the same bytes. Throws a SyntaxError where it does not end, or is no JSON.
   */
  at(body: Bytes, start: number): { value: Json; end: number };
}

interface KnownValue {
  raw: Buffer;
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

  function learn(raw: Buffer, fingerprint: string): Json {
    const value = freeze(parse(raw.toString('latin1')));
    size += raw.length;
    if (size > MEMORY_BYTES) {
      known.clear();
      size = raw.length;
    }
    known.set(fingerprint, [{ raw, value }, ...(known.get(fingerprint) ?? []).slice(0, MOST_ALIKE - 1)]);
    return value;
  }

  return {
    at({ raw, text }, start) {
      const found = known.get(text.slice(start, start + FINGERPRINT))?.find((one) => isAt(raw, start, one.raw));
      if (found) return { value: found.value, end: start + found.raw.length };
      const end = endOfObject(text, start);
      if (end - start < FINGERPRINT) return { value: parse(text.slice(start, end)), end };
      // Copies, as a part of the page would keep all of it in memory.
      const own = Buffer.from(raw.subarray(start, end));
      return { value: learn(own, own.toString('latin1', 0, FINGERPRINT)), end };
    },
  };
}

const isAt = (raw: Buffer, start: number, part: Buffer) =>
  start + part.length <= raw.length && part.compare(raw, start, start + part.length) === 0;

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
