import { randomBytes } from 'node:crypto';
import { isObject, parseJson, type Json } from '../model/json.ts';
import { parseScrubbed } from '../model/secrets.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfDigits,
  endOfText,
  isExponent,
  NINE,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  ZERO,
} from './json-bytes.ts';
import { sharedList } from './known-lists.ts';
import { createKnownValues, type KnownValues } from './known-values.ts';

/** Parses the body of a response; returns undefined for what is not JSON. */
export type BodyParser = (body: Buffer) => Json | undefined;

const parseText = (text: string) => parseScrubbed(text, parseJson);

/** Parses a text whose numbers are all exact. */
const parsePlain = (text: string) => parseScrubbed(text, (json): Json => JSON.parse(json));

/** Most digits that `JSON.parse` never rounds, with their decimal point. */
const EXACT_DIGITS = 15;

/** Returns the text of a body: UTF-8, with or without a byte order mark. */
export const decodeBody = (body: Buffer) => new TextDecoder().decode(body);

/**
 * Creates a parser for records that nest the same few objects under these keys again and again, as sessions do with
 * products and prices: four fifths of a page. What was parsed before is recognized by its bytes and not parsed again: the
 * same frozen object is returned. Records are parsed one by one, as a text of more than 128 kB costs V8 new pages of memory.
 * The result equals that of `JSON.parse`.
 */
export function createBodyParser(keys: ReadonlySet<string>): BodyParser {
  const cutter: Cutter = {
    keys,
    markers: [...keys].map((key) => Buffer.from(`"${key}":`)),
    known: createKnownValues(parseText),
    placeholder: `${randomBytes(9).toString('base64url')}:`,
    scratch: Buffer.alloc(0),
  };
  return (body) => unlessInvalid(() => parseRecords(cutter, body)) ?? unlessInvalid(() => parseText(decodeBody(body)));
}

/** Undefined where the text is no JSON, or nests too deeply. */
function unlessInvalid(work: () => Json | undefined): Json | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Cutter {
  keys: ReadonlySet<string>;
  /** The keys as they stand before a value. */
  markers: readonly Buffer[];
  known: KnownValues;
  /** Begins the texts that stand in for objects; nobody outside can guess it. */
  placeholder: string;
  /** Holds what remains of a record; kept for the next one. */
  scratch: Buffer;
}

/** Matches the beginning of a body that has a list of records first. */
const LIST = /^\{"(\w+)":\[(?=\{)/;

/** A list of records, or one. Undefined where the body must be parsed as a whole, because it has another form. */
function parseRecords(cutter: Cutter, body: Buffer): Json | undefined {
  const { placeholder } = cutter;
  if (cutter.scratch.length < body.length) cutter.scratch = Buffer.allocUnsafeSlow(body.length);
  const [head, name] = LIST.exec(body.toString('latin1', 0, 64)) ?? [];
  if (head === undefined || name === undefined) {
    const only = recordAt(cutter, body, 0);
    return only?.end === body.length ? only.record : undefined;
  }
  const records: Json[] = [];
  let end = head.length - 1;
  do {
    const found = recordAt(cutter, body, end + 1);
    if (!found) return undefined;
    records.push(found.record);
    ({ end } = found);
  } while (body[end] === COMMA);
  const parsed = parseText(`${head}"${placeholder}"${body.toString('utf8', end)}`);
  const list = isObject(parsed) ? parsed[name] : undefined;
  if (!Array.isArray(list) || list.length !== 1 || list[0] !== placeholder) return undefined;
  list.splice(0, 1, ...records);
  return parsed;
}

/** Parses the record that begins here; what it nests under the keys is replaced by placeholders, which are shorter. */
function recordAt(cutter: Cutter, body: Buffer, start: number): { record: Json; end: number } | undefined {
  const { known, scratch, placeholder } = cutter;
  const [quote, openList, openObject, closeList, closeObject] = [
    QUOTE,
    OPEN_LIST,
    OPEN_OBJECT,
    CLOSE_LIST,
    CLOSE_OBJECT,
  ];
  const [zero, nine] = [ZERO, NINE];
  const values: Json[] = [];
  let [length, from, depth] = [0, start, 0];
  let isInList = false;
  let isPlain = true;
  for (let at = start; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === quote) at = endOfText(body, at);
    else if (byte >= zero && byte <= nine) {
      const end = endOfDigits(body, at);
      isPlain &&= end - at <= EXACT_DIGITS && !isExponent(body[end]);
      at = end - 1;
    } else if (byte === openList) {
      if (depth === 1) isInList = isAfterKey(cutter, body, at);
      depth += 1;
    } else if (byte === openObject) {
      const isNested = depth === 1 ? isAfterKey(cutter, body, at) : depth === 2 && isInList;
      const found = isNested ? known.at(body, at) : undefined;
      if (found) {
        length += body.copy(scratch, length, from, at);
        length += scratch.write(`"${placeholder}${values.length}"`, length, 'latin1');
        values.push(found.value);
        from = found.end;
        at = from - 1;
      } else depth += 1;
    } else if (byte === closeObject || byte === closeList) {
      depth -= 1;
      if (depth === 1) isInList = false;
      if (depth > 0) continue;
      length += body.copy(scratch, length, from, at + 1);
      const record = (isPlain ? parsePlain : parseText)(scratch.toString('utf8', 0, length));
      return putBack(cutter, record, values) === values.length ? { record, end: at + 1 } : undefined;
    }
  }
  return undefined;
}

const isAfterKey = ({ markers }: Cutter, bytes: Buffer, at: number) =>
  bytes[at - 1] === COLON && markers.some((marker) => isBefore(marker, bytes, at));

function isBefore(part: Buffer, bytes: Buffer, end: number): boolean {
  const start = end - part.length;
  for (let at = part.length - 1; at >= 0; at--) if (bytes[start + at] !== part[at]) return false;
  return true;
}

/** Puts objects in the place of their placeholders; returns how many. */
function putBack({ keys, placeholder }: Cutter, record: Json, values: readonly Json[]): number {
  if (values.length === 0 || !isObject(record)) return 0;
  let restored = 0;
  const valueOf = (nested: Json): Json => {
    if (typeof nested !== 'string' || !nested.startsWith(placeholder)) return nested;
    restored += 1;
    return values[Number(nested.slice(placeholder.length))] ?? null;
  };
  for (const key of keys) {
    const nested = record[key];
    if (nested !== undefined) record[key] = Array.isArray(nested) ? sharedList(nested.map(valueOf)) : valueOf(nested);
  }
  return restored;
}
