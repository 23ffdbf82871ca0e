/** A JSON value as the API sent it; a number that a double cannot hold is a {@link Numeral}. */
export type Json = null | boolean | number | string | Json[] | JsonObject | Numeral;
/** A JSON object as the API sent it. */
export interface JsonObject {
  [key: string]: Json;
}

declare global {
  interface JSON {
    parse(text: string, reviver: Reviver): Json;
    rawJSON(text: string): Numeral;
    isRawJSON(value: unknown): value is Numeral;
  }
}

/** A number kept as its source text, because it would otherwise be rounded; `JSON.stringify` writes it unchanged. */
export interface Numeral {
  readonly rawJSON: string;
}

/** True for a JSON object, false for null, arrays and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/**
 * Matches a number token of more than fifteen digits, or with an exponent, up to its end; rare enough to be examined
 * closely. The end matters: without it, an IPv6 address in a text such as `2001:db8::12e4` looks like one. Every
 * repetition has a bound, because the stack would run out over a number of ten million digits.
 */
const LONG_NUMBER = /(?:^|[:,[\s])-?(?:\d[\d.]{15}|\d{1,15}(?:\.\d{1,15})?[eE][+-]?(?:\d{4}|\d{1,3}(?:[,\]}\s]|$)))/;

type Reviver = (key: string, value: Json, context: { source?: string }) => Json;

const keepLongNumbers: Reviver = (_key, value, { source = '' }) =>
  typeof value === 'number' && isRounded(value, source) ? JSON.rawJSON(source) : value;

/** The smallest number that a double holds with all its digits. */
const LEAST_NORMAL = 2 ** -1022;

const isRounded = (value: number, source: string) =>
  source.replace(/\D/g, '').length > 15 ||
  !Number.isFinite(value) ||
  (Math.abs(value) < LEAST_NORMAL && /^-?0*\.?0*[1-9]/.test(source));

/** Returns the JSON with texts in place of numbers that would be rounded. */
function quoteLongNumbers(json: string): string {
  let isInText = false;
  return json.replaceAll(/\\.|"|-?\d[\d.eE+-]*/g, (token) => {
    if (token === '"') isInText = !isInText;
    const isNumber = !isInText && /\d$/.test(token);
    return isNumber && isRounded(Number(token), token) ? `"${token}"` : token;
  });
}

/**
 * Parses JSON without rounding numbers of more than fifteen digits; if values nest so deeply that the stack runs out,
 * such numbers become texts. Throws a SyntaxError.
 */
export function parseJson(text: string): Json {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, keepLongNumbers);
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(quoteLongNumbers(text));
    throw error;
  }
}
