import * as fc from 'fast-check';
import { anyText, json, kinds } from '../support/column-kinds.ts';

const MEGABYTES = 10_000_000;

/** Returns JSON text of a value within this many arrays, or objects of one key. */
const nested = (levels: number, open = '[', close = ']') => `${open.repeat(levels)}1${close.repeat(levels)}`;

const numbers = `0 -0 0.0 1 -1 1.0 1e2 1E+2 1.0000000000000000E+2 1e-2 1.5 0.1000000000000000055 -0.0000000000000000001
  2147483647 2147483648 -2147483649 9007199254740991 9007199254740993 -9223372036854775808 9223372036854775807
  9223372036854775808 123456789012345678901234567890 99999.999999999999 100000 1e22 1e400 -1e400 1e-400 1e16384 1e131072
  1e-16384 1e1000000000000000`.split(/\s+/);

const instants = `0000-01-01T00:00:00Z 0001-01-01T00:00:00Z 0001-01-01T00:00:00+14:00 9999-12-31T23:59:59.999999Z
  9999-12-31T23:59:59-14:00 294277-01-01T00:00:00Z -004713-11-24T00:00:00Z 2024-02-30T00:00:00Z 2024-02-29T23:59:59Z
  2026-01-01T00:00:00.1234567Z 2026-01-01T23:59:60Z 2026-01-01T24:00:00Z 2026-01-01T00:00:00 2026-01-01
  2026-01-01T00:00:00+99:00 infinity -infinity now epoch today NaN 1767225600`.split(/\s+/);

const texts = [
  '',
  ' ',
  'x',
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\\',
  '\\u0000',
  '"',
  "'; drop table polar.checkouts; --",
  '{a,b}',
  '{"a":1}',
  'null',
  'true',
  '1',
  '-5',
  '0E-12',
  '1e400',
  '1e2',
  '.5',
  `0.${'0'.repeat(300)}1`,
  '9007199254740993',
  '00000000-0000-4000-8000-00000000000A',
  '{00000000-0000-4000-8000-00000000000a}',
  '/products/one',
  '/',
  '👩‍👩‍👧',
  'x'.repeat(401),
  'ü'.repeat(5000),
];

const structures = [
  '{}',
  '[]',
  '[[]]',
  '[null]',
  '[{}]',
  '{"id":null}',
  '{"id":5}',
  '{"id":""}',
  '{"id":{}}',
  '{"id":"00000000-0000-4000-8000-00000000000b"}',
  '{"__proto__":{"a":1}}',
  '{"__proto__":null,"constructor":1}',
  '{"rawJSON":"1"}',
  '{"length":3}',
  '{"a\\u0000":"\\u0000","b":["\\udfff"]}',
  '{"deep":[9007199254740993,1e400,-0]}',
];

/** A day and time with a fraction of ten thousand digits. */
const longInstant = `2026-01-01T00:00:00.123456${'0'.repeat(10_000)}Z`;

/** Values that are large; each costs time, so that they are seldom. */
const huge = [
  nested(100),
  nested(100, '{"a":', '}'),
  nested(3000),
  nested(100_000),
  nested(100_000, '{"a":', '}'),
  `[9007199254740993,${nested(20_000)}]`,
  JSON.stringify('x'.repeat(MEGABYTES)),
  JSON.stringify('\0'.repeat(1_000_000)),
  JSON.stringify(`0.${'0'.repeat(1_000_000)}1`),
  JSON.stringify(`${'1'.repeat(9999)} `.repeat(100)),
  JSON.stringify(longInstant),
  '1'.repeat(1_000_000),
  `[${'0,'.repeat(100_000)}0]`,
  `{${Array.from({ length: 20_000 }, (_, at) => `"key${at}":${at}`).join()}}`,
];

const written = (values: readonly string[]) => fc.constantFrom(...values.map((value) => JSON.stringify(value)));

/** JSON text of a value that an API should not send. */
export const nastyValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom('null', 'true', 'false', '1', '"text"') },
  { weight: 120, arbitrary: fc.constantFrom(...numbers) },
  { weight: 120, arbitrary: written(instants) },
  { weight: 120, arbitrary: written(texts) },
  { weight: 120, arbitrary: fc.constantFrom(...structures) },
  { weight: 100, arbitrary: anyText.map((text) => JSON.stringify(text)) },
  {
    weight: 150,
    arbitrary: fc.oneof(...Object.values(kinds).map(({ values }) => values)).map((value) => JSON.stringify(value)),
  },
  { weight: 100, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom(...huge) },
);

/** A key that an API should not send. */
export const nastyKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...`__proto__ constructor toString hasOwnProperty extra deleted_at observed_at version_at deletedAt id position
      item_id checkout_link_id product_id productId amount rawJSON length [object Object]`.split(/\s+/),
    '',
    '\0',
    'a"b',
    "a'b",
    'a\\',
    'a,b',
    '{a}',
    '\ud800',
    '$1',
    'k'.repeat(3000),
  ),
  anyText,
);
