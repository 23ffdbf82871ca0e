import * as fc from 'fast-check';
import { isObject, parseJson, type Json } from '../../src/model/json.ts';
import { decimalOf } from '../oracle/decimal.ts';

export const INSTANT = 'timestamp with time zone';
export const DECIMAL = 'numeric(17, 12)';

type Value = Exclude<Json, null>;

/** A value as it comes out of an answer of the API. */
export const wire = (text: string) => (parseJson(`[${text}]`) as [Value])[0];

/** Any text a JavaScript string can be: NUL, control characters and lone surrogates included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', '\n', "'", 'u0041', 'NULL', '\u0001') }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const digits = fc.bigInt({ min: 0n, max: 10n ** 22n }).map(String);
const sign = fc.constantFrom('', '-');
const numeral = fc.oneof(
  fc.tuple(sign, digits).map((parts) => parts.join('')),
  fc.tuple(sign, digits, digits).map(([minus, whole, fraction]) => `${minus}${whole}.${fraction}`),
  fc.tuple(sign, digits, fc.integer({ min: -40, max: 40 })).map(([minus, whole, power]) => `${minus}${whole}e${power}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const integer = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.bigInt({ min: -(2n ** 32n), max: 2n ** 32n }),
    fc
      .tuple(fc.constantFrom(-(2n ** 63n), 2n ** 63n, -(2n ** 31n), 2n ** 31n), fc.bigInt({ min: -2n, max: 2n }))
      .map(([edge, step]) => edge + step),
  )
  .map(String);
const smallDecimal = fc
  .tuple(
    sign,
    fc.integer({ min: 0, max: 199_999 }),
    fc.bigInt({ min: 0n, max: 10n ** 13n }),
    fc.integer({ min: 0, max: 13 }),
  )
  .map(
    ([minus, whole, fraction, scale]) =>
      `${minus}${whole}${scale > 0 ? `.${String(fraction).padStart(scale, '0').slice(-scale)}` : ''}`,
  );
const decimal = fc
  .oneof(
    smallDecimal,
    smallDecimal.map((text) => JSON.stringify(text)),
    numeral,
  )
  .map(wire);

const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'));
const offset = fc.oneof(
  fc.constant('Z'),
  fc
    .tuple(fc.constantFrom('+', '-'), twoDigits(15), fc.constantFrom(':', ''), twoDigits(60))
    .map((parts) => parts.join('')),
);
const instant = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    twoDigits(13),
    twoDigits(32),
    fc.constantFrom('T', ' '),
    fc.oneof(
      fc.tuple(twoDigits(24), twoDigits(60), twoDigits(60)),
      fc.tuple(twoDigits(23), twoDigits(59), twoDigits(59)),
    ),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: 0, max: 999_999 }).map((fraction) => `.${fraction}`),
    ),
    offset,
  )
  .map(
    ([year, month, day, separator, time, fraction, zone]) =>
      `${year}-${month}-${day}${separator}${time.join(':')}${fraction}${zone}`,
  );

/** Any JSON an API can send; numbers as {@link wire} reads them. */
export const { json } = fc.letrec<{ json: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(fc.constant(null), fc.boolean(), anyText, numeral.map(wire)),
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('json'), { maxKeys: 5 }),
  ),
}));

/** Microseconds since 1970, by arithmetic of our own. */
function microsecondsOf(text: unknown): string {
  const [, date = '', time = '', fraction = '', zone = '', hours = 0, minutes = 0] =
    /^(\S{10})[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):?(\d\d))$/.exec(String(text)) ?? [];
  const shift = (Number(hours) * 60 + Number(minutes)) * (zone === '-' ? -60 : 60);
  const seconds = Date.parse(`${date}T${time}Z`) / 1000 - shift;
  return String(BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0')));
}

/** JSON in the one form that all spellings of it have. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
      .sort()
      .join(',')}}`;
  return typeof value === 'string' || typeof value === 'boolean' || value === null
    ? JSON.stringify(value)
    : decimalOf(JSON.stringify(value));
}

const bare = (value: Value) => decimalOf(typeof value === 'string' ? value : JSON.stringify(value));

/** A kind of column, the values to try on it, and what its values are compared by. */
export interface Kind {
  sqlType: string;
  values: fc.Arbitrary<Value>;
  /** The stored value as text. */
  read?: string;
  same: (given: Value, stored: string) => [given: unknown, stored: unknown];
  indexed?: boolean;
}

/** Every kind of column there is. */
export const kinds: Record<string, Kind> = {
  text: { sqlType: 'text', values: anyText, same: (given, stored) => [given, stored] },
  'indexed text': {
    sqlType: 'text',
    indexed: true,
    // Text that does not compress, of characters of three bytes.
    values: fc
      .tuple(fc.integer({ min: 390, max: 405 }), fc.integer())
      .map(([length, seed]) =>
        Array.from({ length }, (_, at) =>
          String.fromCharCode(0x4e00 + (Math.imul(seed + at * at, 0x9e3779b1) >>> 18)),
        ).join(''),
      ),
    same: (given, stored) => [given, stored],
  },
  uuid: {
    sqlType: 'uuid',
    values: fc.oneof(
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
      fc.string(),
    ),
    same: (given, stored) => [typeof given === 'string' && given.toLowerCase(), stored],
  },
  boolean: {
    sqlType: 'boolean',
    values: fc.oneof(fc.boolean(), anyText),
    same: (given, stored) => [JSON.stringify(given), stored],
  },
  integer: {
    sqlType: 'integer',
    values: fc.oneof(integer, numeral).map(wire),
    same: (given, stored) => [bare(given), decimalOf(stored)],
  },
  bigint: {
    sqlType: 'bigint',
    values: fc.oneof(integer, numeral).map(wire),
    same: (given, stored) => [bare(given), decimalOf(stored)],
  },
  decimal: { sqlType: DECIMAL, values: decimal, same: (given, stored) => [bare(given), decimalOf(stored)] },
  instant: {
    sqlType: INSTANT,
    values: instant,
    read: '(extract(epoch from v) * 1000000)::bigint::text',
    same: (given, stored) => [microsecondsOf(given), stored],
  },
  json: {
    sqlType: 'jsonb',
    values: json.filter((value) => value !== null),
    same: (given, stored) => [canonical(given), canonical(wire(stored))],
  },
};
