import { isObject, type Json } from '../model/json.ts';
import { CLOSE_LIST, CLOSE_OBJECT, endOfText, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-bytes.ts';

/** Objects of JSON that were parsed before, by their bytes. */
export interface KnownValues {
  /**
   * Returns the object that begins here, and where it ends: it is frozen, and shared with everybody who met the same bytes.
   * Returns undefined for a short one. Throws a SyntaxError where it does not end, or is no JSON.
   */
  at(bytes: Buffer, start: number): { value: Json; end: number } | undefined;
}

interface KnownValue {
  /** A copy in memory of its own: `Buffer.from` shares 64 kB with other buffers, and one that is kept would keep them all. */
  bytes: Uint8Array;
  value: Json;
}

/** Objects are looked up by so many of their first bytes, which hold their id. Shorter ones are not worth it. */
const FINGERPRINT = 96;

/** Most objects with one fingerprint, such as maps that begin with the same price, and most lists that begin with one object. */
export const MOST_ALIKE = 64;

/** Number of bytes above which everything is forgotten: frequent values are soon known again. */
const MEMORY_BYTES = 4 * 2 ** 20;

/** Creates an empty memory. */
export function createKnownValues(parse: (text: string) => Json): KnownValues {
  const known = new Map<string, KnownValue[]>();
  const followers = new Map<KnownValue, KnownValue>();
  let latest: KnownValue | undefined;
  let size = 0;

  function learn(fingerprint: string, bytes: Buffer): KnownValue {
    const learnt = { bytes: new Uint8Array(bytes), value: freeze(parse(bytes.toString())) };
    size += bytes.length;
    if (size > MEMORY_BYTES) {
      known.clear();
      followers.clear();
      size = bytes.length;
    }
    known.set(fingerprint, [learnt, ...(known.get(fingerprint) ?? []).slice(0, MOST_ALIKE - 1)]);
    return learnt;
  }

  function find(bytes: Buffer, start: number): KnownValue | undefined {
    const fingerprint = bytes.toString('latin1', start, start + FINGERPRINT);
    const found = known.get(fingerprint)?.find((one) => isAt(bytes, start, one.bytes));
    if (found) return found;
    const end = endOfObject(bytes, start);
    return end - start < FINGERPRINT ? undefined : learn(fingerprint, bytes.subarray(start, end));
  }

  return {
    at(bytes, start) {
      const expected = latest && followers.get(latest);
      const found = expected && isAt(bytes, start, expected.bytes) ? expected : find(bytes, start);
      if (!found) return undefined;
      if (latest && found !== expected) followers.set(latest, found);
      latest = found;
      return { value: found.value, end: start + found.bytes.length };
    },
  };
}

/** The last byte is compared first: objects that begin alike mostly differ in length. */
function isAt(bytes: Buffer, start: number, part: Uint8Array): boolean {
  const end = start + part.length;
  return bytes[end - 1] === CLOSE_OBJECT && bytes.compare(part, 0, part.length, start, end) === 0;
}

function endOfObject(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw new SyntaxError('the object does not end');
}

function freeze(value: Json): Json {
  if (Array.isArray(value)) value.forEach(freeze);
  else if (isObject(value)) Object.values(value).forEach(freeze);
  Object.freeze(value);
  return value;
}
