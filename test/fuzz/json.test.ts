import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { decimalOf } from '../oracle/decimal.ts';
import { anyText, json } from '../support/column-kinds.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { nastyKey, nastyValue } from './values.ts';

const CASES = casesOf({ usual: 2000, slow: 20_000, share: 0.1 });

const token = fc.oneof(
  nastyValue,
  nastyKey.map((key) => JSON.stringify(key)),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    '"',
    '\\',
    'e5',
    '.',
    '-',
    '\uFEFF',
    '\u2028',
    '//',
    'NaN',
    '01',
    '1.',
  ),
);

/** Texts that are JSON, nearly JSON, and anything. */
const text = fc.oneof(
  { weight: 4, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 4, arbitrary: fc.array(token, { maxLength: 6 }).map((tokens) => tokens.join('')) },
  { weight: 4, arbitrary: fc.array(nastyValue, { maxLength: 6 }).map((values) => `[${values.join()}]`) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.tuple(nastyKey, nastyValue), { maxLength: 6 })
      .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
  },
  { weight: 1, arbitrary: anyText },
  {
    weight: 2,
    arbitrary: fc.tuple(json, fc.nat(), anyText).map(([value, at, other]) => spliced(JSON.stringify(value), at, other)),
  },
);

function spliced(whole: string, at: number, other: string): string {
  const place = at % whole.length;
  return whole.slice(0, place) + other + whole.slice(place + 1);
}

/** A number as JSON.parse has it: what was kept exactly is rounded again. */
const rounded = (_key: string, value: unknown) => (JSON.isRawJSON(value) ? Number(value.rawJSON) : value);

test(
  'any text is read as JSON.parse reads it, but for the digits of long numbers, or refused as it does',
  timeFor(CASES / 10),
  () => {
    let count = 0;
    fc.assert(
      fc.property(text, (given) => {
        count += 1;
        const plain = attempt(() => JSON.parse(given));
        const exact = attempt(() => parseJson(given));
        expect(exact.error instanceof SyntaxError, String(exact.error)).toBe(plain.error !== undefined);
        if (plain.error !== undefined || isDeep(given)) return;
        const again = JSON.stringify(exact.value);
        expect(JSON.stringify(JSON.parse(again))).toBe(JSON.stringify(plain.value));
        if (!given.includes('{')) expect(numbersIn(again)).toEqual(numbersIn(given));
        expect(JSON.stringify(exact.value, rounded)).toBe(JSON.stringify(plain.value));
      }),
      parameters(CASES),
    );
    sayCount('JSON texts', count);
  },
);

/** The numbers of JSON text in their order, in the one form that all spellings have. */
const numbersIn = (given: string) =>
  [...given.matchAll(/"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g)].flatMap(([each]) =>
    each.startsWith('"') ? [] : [decimalOf(each)],
  );

/** Deeper values are parsed, and cannot be written again. */
const isDeep = (given: string) => /[[{]{500}|(?:\{"a":){300}/.test(given);

function attempt<T>(work: () => T): { value?: T; error?: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}
