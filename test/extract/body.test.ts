import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createBodyReader } from '../../src/extract/body.ts';
import { createBodyParser } from '../../src/extract/parse-body.ts';

const MOST_BYTES = 16 * 2 ** 20;
const partsOf = (text: string) => Readable.from((text.match(/[^]{1,1000}/g) ?? []).map((part) => Buffer.from(part)));

test('a body is read whole, whatever size it and those before have', async () => {
  const read = createBodyReader(MOST_BYTES);
  for (const size of [0, 5000, 20, 3 * 2 ** 20, 7 * 2 ** 20, 12_000, 0, 3]) {
    const text = `${size}`.padEnd(size, 'é');
    const { bytes, release } = await read(partsOf(text), '');
    expect(bytes.toString() === text).toBe(true);
    release();
  }
});

test('bodies that are read at the same time have memory of their own, also when that of others is used again', async () => {
  const read = createBodyReader(MOST_BYTES);
  const readAll = (texts: readonly string[]) => Promise.all(texts.map((text) => read(partsOf(text), '')));
  const texts = Array.from({ length: 6 }, (_, at) => `${at}`.repeat(5000));
  const [one, other, ...rest] = await readAll(texts);
  one?.release();
  other?.release();
  const next = await readAll(['next', 'last', 'new']);
  expect([...rest, ...next].map(({ bytes }) => bytes.toString())).toEqual([...texts.slice(2), 'next', 'last', 'new']);
  expect(new Set(next.map(({ bytes }) => bytes.buffer))).toContain(one?.bytes.buffer);
});

test('what a body was parsed into stays when the next one is read into the same memory', async () => {
  const [read, parse] = [createBodyReader(MOST_BYTES), createBodyParser(new Set(['product']))];
  const page = (id: string) => JSON.stringify({ items: [{ id, product: { id, name: id.repeat(200) } }] });
  const ids = ['a', 'a', 'b', 'c', 'b'];
  const parsed: unknown[] = [];
  for (const id of ids) {
    const { bytes, release } = await read(partsOf(page(id)), '');
    parsed.push(parse(bytes));
    release();
  }
  expect(parsed).toEqual(ids.map((id): unknown => JSON.parse(page(id))));
});
