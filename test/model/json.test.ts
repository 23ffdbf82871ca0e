import { assert, constantFrom, integer, jsonValue, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isObject, parseJson, type JsonObject } from '../../src/model/json.ts';
import { decimalOf } from '../oracle/decimal.ts';

const again = (text: string) => JSON.stringify(parseJson(text));
const documentOf = (numeral: string) => `{"a":[${numeral},{"b":${numeral}}],"c":"${numeral}"}`;

/** The numeral that comes out of a document that it goes into. */
function through(numeral: string): string {
  const document = parseJson(`{"a": [1, ${numeral}]}`);
  const list = isObject(document) && Array.isArray(document.a) ? document.a : [];
  return JSON.stringify(list[1]);
}

const digits = (least: number, most: number) =>
  string({ unit: constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: least, maxLength: most });
const sign = constantFrom('', '-');
const whole = digits(1, 40).map((text) => text.replace(/^0+(?=\d)/, ''));
const decimal = tuple(whole, digits(1, 40)).map((parts) => parts.join('.'));

describe('a number of more than fifteen digits is kept as it came', () => {
  test.each([
    '9007199254740993',
    '-9223372036854775808',
    '10000000000000000',
    '123456789012345678901234567890',
    '0.1000000000000000055',
    '-0.0000000000000000001',
    '12345.123456789012',
    '99999.999999999999999999',
    '1234567890123456e-3',
    '1.0000000000000000E+2',
  ])('%s', (numeral) => {
    expect(again(documentOf(numeral))).toBe(documentOf(numeral));
  });

  test('whatever its digits are', () => {
    assert(
      property(sign, digits(15, 60), (minus, text) => {
        const document = documentOf(`${minus}1${text}`);
        expect(again(document)).toBe(document);
      }),
    );
  });
});

test('a number keeps its value, however long it is', () => {
  assert(
    property(sign, oneof(whole, decimal), (minus, text) => {
      expect(decimalOf(through(minus + text))).toBe(decimalOf(minus + text));
    }),
  );
});

test('a number with an exponent keeps its value', () => {
  const exponent = integer({ min: -250, max: 250 });
  assert(
    property(sign, oneof(whole, decimal), constantFrom('e', 'E'), exponent, (minus, text, e, power) => {
      const numeral = `${minus}${text}${e}${power}`;
      expect(decimalOf(through(numeral))).toBe(decimalOf(numeral));
    }),
  );
});

test.each(['1e400', '-1e400', '1e-400', '4E-324', '-8.000000047e-320'])(
  'a short number beyond a double keeps its value: %s',
  (numeral) => {
    expect(decimalOf(through(numeral))).toBe(decimalOf(numeral));
  },
);

test.each(['[%]', '[ % ]', '[\n%\n]', '[1,%,2]', '{"a":%}', '{"a": %\n}', '%'])(
  'a long number is found wherever it stands: %s',
  (frame) => {
    for (const numeral of [
      '1e400',
      '-0.5E-400',
      '9007199254740993',
      '-1.2345678901234567e5',
      `0.${'1'.repeat(40)}e+2`,
    ]) {
      const text = frame.replace('%', numeral);
      expect(JSON.stringify(parseJson(text))).toBe(text.replaceAll(/\s/g, ''));
    }
  },
);

test('a page whose texts only look like numbers is parsed without looking at each value', () => {
  const parse = vi.spyOn(JSON, 'parse');
  parseJson('{"ip":"2001:db8::12e4","other":"2001:9e62:3e35::1","id":"77e4, 12e4x","n":[1.5,7]}');
  expect(parse.mock.calls.map((given) => given.length)).toEqual([1]);
  parseJson('[3e2]');
  expect(parse.mock.lastCall).toHaveLength(2);
  parse.mockRestore();
});

test('numbers that a double holds are plain numbers', () => {
  expect(parseJson('[0, 1, -1.5, 1e3, 123456789012345]')).toEqual([0, 1, -1.5, 1000, 123456789012345]);
  expect(parseJson('[9007199254740993, 7, 1e3]')).toEqual([expect.anything(), 7, 1000]);
});

test('JSON without long numbers is read as JSON.parse reads it', () => {
  const shorten = (_key: string, value: unknown) => (typeof value === 'number' ? Math.trunc(value % 1000) : value);
  assert(
    property(jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value, shorten);
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('the digits of a text or of a key are no number', () => {
  const text = '{"9007199254740993":"9007199254740993","id":9007199254740993}';
  expect(parseJson(text)).toHaveProperty('9007199254740993', '9007199254740993');
  expect(again(text)).toBe(text);
});

test.each(['', '{', '[1,]', '[9007199254740993n]', '{"a":01234567890123456789}', '[9007199254740993'])(
  'what is no JSON throws a SyntaxError: %s',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

test('an object is neither null, nor a list, nor a scalar, nor a long number', () => {
  const values = parseJson('[{"a":1}, null, [], "a", 1, true, 9007199254740993]');
  expect(Array.isArray(values) && values.map(isObject)).toEqual([true, false, false, false, false, false, false]);
  expect(isObject(undefined)).toBe(false);
});

test('where values nest too deeply for a reviver, long numbers become texts and nothing else changes', () => {
  const nested = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
  const text = `{"id":9007199254740993,"said":"\\"9007199254740993, ${'\\\\'.repeat(100_000)}","small":1e3,"deep":${nested}}`;
  const { deep, ...rest } = parseJson(text) as JsonObject;
  expect(rest).toEqual({ id: '9007199254740993', said: `"9007199254740993, ${'\\'.repeat(100_000)}`, small: 1000 });
  expect(Array.isArray(deep)).toBe(true);
});
