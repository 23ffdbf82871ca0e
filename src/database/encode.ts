import type { Json } from '../model/json.ts';

/**
 * Returns a value as Postgres' text input for its column, or undefined if it does not fit the column's type. Never
 * called with null.
 */
export type Encoder = (value: Exclude<Json, null>) => string | undefined;

/** A B-tree index takes entries of 2,704 bytes: two columns of this many UTF-16 units, of up to three bytes each. */
const INDEXED_TEXT_LIMIT = 400;

const LOWER_CASE_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID = new RegExp(LOWER_CASE_UUID, 'i');
const INTEGER = /^-?\d{1,20}$/;
const INSTANT =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6}0{0,6})?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/;

/** A number that `JSON.parse` would have rounded reaches us as a `JSON.rawJSON` object holding its source text. */
function numeral(value: unknown): string | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

function integerWithin(lowest: bigint, highest: bigint): Encoder {
  const [least, most] = [Number(lowest), Number(highest)];
  return (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value))
      return value >= least && value <= most ? String(value) : undefined;
    const digits = numeral(value);
    if (digits === undefined || !INTEGER.test(digits)) return undefined;
    const exact = BigInt(digits);
    return exact >= lowest && exact <= highest ? String(exact) : undefined;
  };
}

const int4 = integerWithin(-(2n ** 31n), 2n ** 31n - 1n);
const int8 = integerWithin(-(2n ** 63n), 2n ** 63n - 1n);

/** Removes trailing zeros. `/0+$/` takes hours for many zeros that another digit follows. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/**
 * Maximum number of digits, in all and after the point, of a decimal in a column without a precision: far more than a
 * float has.
 */
const [MOST_DIGITS, MOST_DECIMALS] = [400, 200];

const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Returns an encoder for decimals within a precision and scale, in any notation: Python writes small ones as `0E-12`. A
 * decimal that would have to be rounded does not fit.
 */
function decimal(precision: number, scale: number): Encoder {
  return (value) => {
    const parts = DECIMAL.exec(typeof value === 'string' ? value : (numeral(value) ?? ''));
    if (!parts) return undefined;
    const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
    const digits = whole + fraction;
    const point = whole.length + Number(exponent);
    const before = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '');
    const after = withoutLastZeros(point < 0 ? '0'.repeat(-point) + digits : digits.slice(Math.max(point, 0)));
    if (before.length > precision - scale || after.length > scale) return undefined;
    return `${sign === '-' ? '-' : ''}${before || '0'}${after && `.${after}`}`;
  };
}

/** True for text that Postgres can hold: no NUL, no lone surrogate. */
export const storable = (value: string) => !value.includes('\0') && value.isWellFormed();

const encodeText: Encoder = (value) => (typeof value === 'string' && storable(value) ? value : undefined);
const indexedText: Encoder = (value) => {
  const fitting = encodeText(value);
  return fitting !== undefined && fitting.length <= INDEXED_TEXT_LIMIT ? fitting : undefined;
};

const uuid: Encoder = (value) => {
  if (typeof value !== 'string') return undefined;
  if (LOWER_CASE_UUID.test(value)) return value;
  return UUID.test(value) ? value.toLowerCase() : undefined;
};

const boolean: Encoder = (value) => (typeof value === 'boolean' ? String(value) : undefined);

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

const encodeInstant: Encoder = (value) => {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined;
  const day = Number(value.slice(8, 10));
  const isDate = day <= 28 || day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)));
  return isDate ? value : undefined;
};

/** Matches an escaped NUL or lone surrogate, but not after an escaped backslash. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Returns JSON text that `jsonb` accepts unchanged; undefined for other values. */
const json: Encoder = (value) => {
  const written = JSON.stringify(value);
  return UNSTORABLE.test(written) || (HUGE.test(written) && hasHugeNumber(value)) ? undefined : written;
};

/**
 * Postgres' numbers have up to 131,072 digits before the point and 16,383 after it. Each run of digits is scanned once.
 */
const HUGE = /\d[eE][+-]?\d{4,}|(?<!\d)\d{10000}/;

function hasHugeNumber(value: Json): boolean {
  if (JSON.isRawJSON(value)) return HUGE.test(value.rawJSON);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasHugeNumber);
}

/** Returns the encoder for columns of an SQL type, as Drizzle names it. Throws for an unknown type. */
export function encoderFor(sqlType: string, indexed: boolean): Encoder {
  const [, name, precision, scale] = /^(\w+)(?: ?\((\d+)(?:, ?(\d+))?\))?/.exec(sqlType) ?? [];
  if (name === 'text') return indexed ? indexedText : encodeText;
  if (name === 'uuid') return uuid;
  if (name === 'bigint') return int8;
  if (name === 'integer') return int4;
  if (name === 'boolean') return boolean;
  if (name === 'jsonb') return json;
  if (name === 'timestamp') return encodeInstant;
  if (name === 'numeric') return decimal(Number(precision ?? MOST_DIGITS), Number(scale ?? MOST_DECIMALS));
  throw new Error(`no rule for columns of type ${sqlType}`);
}

/** Returns the text without anything that Postgres cannot hold: NUL and lone surrogates become U+FFFD. */
export const sanitizeText = (value: string) => value.replaceAll('\0', '\uFFFD').toWellFormed();

/**
 * Returns the value without anything that Postgres cannot hold: NUL and lone surrogates become U+FFFD, immense numbers
 * text.
 */
export function sanitize(value: Json): Json {
  if (typeof value === 'string') return sanitizeText(value);
  if (Array.isArray(value)) return value.map(sanitize);
  if (typeof value !== 'object' || value === null) return value;
  if (JSON.isRawJSON(value)) return HUGE.test(value.rawJSON) ? value.rawJSON : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [sanitizeText(key), sanitize(inner)]));
}

/** Matches the characters that JSON escapes differently than Postgres' arrays: all but quotes and backslashes. */
const ESCAPED_OTHERWISE = /\\[bfnrtu]/;

/**
 * Returns a Postgres array literal of texts; null elements become NULL. `JSON.stringify` is several times faster, and
 * mostly produces the same.
 */
export function arrayLiteral(values: readonly (string | null | undefined)[]): string {
  const json = JSON.stringify(values);
  if (!json.includes('\\') || !ESCAPED_OTHERWISE.test(json)) return `{${json.slice(1, -1)}}`;
  const elements = values.map((value) => (typeof value === 'string' ? quotedElement(value) : 'NULL'));
  return `{${elements.join(',')}}`;
}

/** Matches a control character, which `JSON.stringify` escapes and an array literal does not. */
const CONTROL = /[^ -\uFFFF]/;

/** Escapes quotes and backslashes. JSON has many, which `JSON.stringify` escapes the same way, seven times as fast. */
function quotedElement(value: string): string {
  if (!/["\\]/.test(value)) return `"${value}"`;
  const isPlain = !CONTROL.test(value) && value.isWellFormed();
  return isPlain ? JSON.stringify(value) : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
