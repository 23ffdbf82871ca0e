import { expect, test } from 'vitest';
import { createBodyJoiner } from '../../src/extract/body.ts';
import { createBodyParser } from '../../src/extract/parse-body.ts';

const partsOf = (text: string) => (text.match(/[^]{1,1000}/g) ?? []).map((part) => Buffer.from(part));

test('parts of a body are joined, whatever size it and those before have', () => {
  const join = createBodyJoiner();
  for (const size of [0, 5000, 20, 7 * 2 ** 20, 12_000, 0, 3]) {
    const text = `${size}`.padEnd(size, 'é');
    expect(join(partsOf(text)).toString() === text).toBe(true);
  }
});

test('what a body was parsed into stays when the next one is joined in the same memory', () => {
  const [join, parse] = [createBodyJoiner(), createBodyParser(new Set(['product']))];
  const page = (id: string) => JSON.stringify({ items: [{ id, product: { id, name: id.repeat(200) } }] });
  const ids = ['a', 'a', 'b', 'c', 'b'];
  const parsed = ids.map((id) => parse(join(partsOf(page(id)))));
  expect(parsed).toEqual(ids.map((id): unknown => JSON.parse(page(id))));
});
