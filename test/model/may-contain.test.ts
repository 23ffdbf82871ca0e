import { expect, test } from 'vitest';
import { mayContain } from '../../src/model/may-contain.ts';
import { escapePattern } from '../../src/model/secrets.ts';
import { parameters } from '../fuzz/cases.ts';
import { fc } from '../support/fast-check.ts';

/** Texts of few different characters, so that one often begins as another, or is a part of it. */
const similar = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '-', '_', 'ä', 'Ä', '\u017f', 's'), minLength, maxLength });

test('a text that contains one of the wanted ones in any case is always found', () => {
  const property = fc.property(
    fc.array(similar(2, 9), { minLength: 1, maxLength: 4 }),
    similar(0, 40),
    (wanted, text) => {
      const test = mayContain(wanted);
      const isThere = new RegExp(wanted.map(escapePattern).join('|'), 'i').test(text);
      expect(test(text) || !isThere).toBe(true);
      for (const one of wanted)
        expect([`${text}${one}`, `${one.toUpperCase()}${text}`].map(test)).toEqual([true, true]);
    },
  );
  fc.assert(property, parameters(2000));
});

test('other texts are passed over', () => {
  const test = mayContain(['polar_oat_0123456789', 'ENcoded='.repeat(100)]);
  const texts = ['', 'polar', 'https://polar.sh/polar_cl_0123456789', 'decoded='.repeat(20), '\u0170olar_oat_\ud800'];
  expect(texts.map(test)).toEqual(texts.map(() => false));
});
