import { randomUUID } from 'node:crypto';
import { isObject, parseJson, type Json } from '../model/json.ts';
import { escapePattern, parseScrubbed } from '../model/secrets.ts';
import { createKnownValues, type KnownValues } from './known-values.ts';

/** Parses the body of a response; returns undefined for what is not JSON. */
export type BodyParser = (body: Buffer) => Json | undefined;

const parseText = (text: string) => parseScrubbed(text, parseJson);

/** Returns the text of a body: UTF-8, with or without a byte order mark. */
export const decodeBody = (body: Buffer) => new TextDecoder().decode(body);

/**
 * Creates a parser for records that nest the same few objects under these keys again and again, as sessions do with
 * products and prices: four fifths of a page. What was parsed before is recognized by its bytes and not parsed again: the
 * same frozen object is returned. The result equals that of `JSON.parse`.
 */
export function createBodyParser(keys: ReadonlySet<string>): BodyParser {
  const names = [...keys].map((key) => escapePattern(key)).join('|');
  const cutter: Cutter = {
    keys,
    marker: new RegExp(`":(?=\\[?{)(?<="(?:${names})":)\\[?`, 'g'),
    known: createKnownValues((bytes) => parseText(textOf(bytes))),
    placeholder: `${randomUUID()}:`,
  };
  return (body) =>
    unlessInvalid(() => cutAndParse(cutter, body.toString('latin1'))) ??
    unlessInvalid(() => parseText(decodeBody(body)));
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
  /**
   * Matches the end of a key up to the object that follows, which is rarer than its beginning. In JSON it finds nothing else:
   * no quote within a text stands alone.
   */
  marker: RegExp;
  known: KnownValues;
  /** Begins the texts that stand in for objects; nobody outside can guess it. */
  placeholder: string;
}

/** Undefined where the body must be parsed as a whole, because the keys occur elsewhere in it. */
function cutAndParse(cutter: Cutter, body: string): Json | undefined {
  const { rest, values } = cut(cutter, body);
  const parsed = parseText(textOf(rest));
  return putBack(cutter, parsed, values) === values.length ? parsed : undefined;
}

/** Replaces nested objects, and those in nested lists, by placeholders. */
function cut({ marker, known, placeholder }: Cutter, text: string): { rest: string; values: Json[] } {
  const values: Json[] = [];
  let rest = '';
  let from = 0;
  for (marker.lastIndex = 0; marker.test(text); marker.lastIndex = from) {
    let at = marker.lastIndex;
    while (text[at] === '{') {
      const { value, end } = known.at(text, at);
      rest += `${text.slice(from, at)}"${placeholder}${values.length}"`;
      values.push(value);
      from = end;
      at = text[end] === ',' ? end + 1 : end;
    }
  }
  return { rest: rest + text.slice(from), values };
}

/** Matches a byte that is not ASCII. */
const WIDE = /[\x80-\xFF]/;

/** The text of UTF-8 bytes that are written as Latin-1. */
const textOf = (bytes: string) => (WIDE.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes);

/** Puts objects in the place of their placeholders; returns how many. */
function putBack({ keys, placeholder }: Cutter, body: Json, values: readonly Json[]): number {
  let restored = 0;
  const valueOf = (nested: Json): Json => {
    if (typeof nested !== 'string' || !nested.startsWith(placeholder)) return nested;
    restored += 1;
    return values[Number(nested.slice(placeholder.length))] ?? null;
  };
  for (const record of recordsIn(body))
    for (const key of keys) {
      const nested = record[key];
      if (nested !== undefined) record[key] = Array.isArray(nested) ? nested.map(valueOf) : valueOf(nested);
    }
  return restored;
}

/** The record that a body is, or those of the lists that it has. */
const recordsIn = (body: Json) => [body, ...(isObject(body) ? Object.values(body) : [])].flat().filter(isObject);
