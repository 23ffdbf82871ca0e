import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fc } from '../support/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { nestedKeys } from '../../src/extract/http.ts';
import { createBodyParser, decodeBody } from '../../src/extract/parse-body.ts';
import { parseJson } from '../../src/model/json.ts';
import { rememberSecret } from '../../src/model/secrets.ts';
import { parameters } from '../fuzz/cases.ts';
import { startPolar } from '../support/polar.ts';

const KEYS = ['product', 'products', 'prices'];
const parser = () => createBodyParser(new Set(KEYS));
const product = (id: number, name = `Café ${id}`.padEnd(100)) =>
  `{"id":"p${id}","name":${JSON.stringify(name)},"prices":[{"id":1}]}`;
const page = (...records: string[]) => Buffer.from(`{"items":[${records.join(',')}],"pagination":{"total_count":1}}`);

/** A field that makes an object long enough to be remembered. */
const LONG = `"z":"${'z'.repeat(100)}"`;

/** Nested fields of the records in these tests. */
interface Nesting {
  product: { prices: unknown[] };
  products: unknown[];
}

/** The records of a list. */
const itemsOf = (list: unknown) => (list as { items: Nesting[] }).items;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The same by `JSON.parse`. */
function expected(body: Buffer): unknown {
  try {
    return parseJson(decodeBody(body));
  } catch {
    return undefined;
  }
}

test('records that nest the same object share it, and nobody can change it', () => {
  const parse = parser();
  const read = (...records: string[]) => itemsOf(parse(page(...records)));
  const [one] = read(`{"id":1,"product":${product(1)},"products":[${product(1)},${product(2)}]}`);
  const [second, third] = read(`{"id":2,"product":${product(2)}}`, `{"id":3,"product":${product(1)}}`);
  expect(one?.products).toEqual([JSON.parse(product(1)), JSON.parse(product(2))]);
  expect([one?.products[0], one?.products[1], third?.product]).toEqual([one?.product, second?.product, one?.product]);
  expect(one?.products[0]).toBe(one?.product);
  expect(second?.product).toBe(one?.products[1]);
  expect(() => one?.product.prices.push(1)).toThrow(TypeError);
});

test('records that nest the same objects in the same order share the list, and nobody can change it', () => {
  const list = (...products: string[]) => `{"products":[${products.join(',')}]}`;
  const body = page(
    list(product(1), product(2)),
    list(product(1), product(2)),
    list(product(2), product(1)),
    list(product(1)),
    list(product(1), product(2), '"p3"'),
    list(),
  );
  const parse = parser();
  const lists = itemsOf(parse(body)).map(({ products }) => products);
  const [first, same, reversed, shorter, mixed, empty] = lists;
  expect(same).toBe(first);
  expect(new Set(lists).size).toBe(5);
  expect(itemsOf(parse(body)).map(({ products }) => products)).toEqual(lists);
  expect([first, reversed, shorter].map((one) => Object.isFrozen(one))).toEqual([true, true, true]);
  expect([mixed, empty].map((one) => Object.isFrozen(one))).toEqual([false, false]);
});

test('an object that is remembered keeps no other memory alive', async () => {
  const parse = parser();
  const shared = Array.from({ length: 200 }, (_, id) => {
    parse(page(`{"product":${product(id)}}`));
    const { buffer } = Buffer.allocUnsafe(1); // what Node.js shares among small buffers
    for (let others = 0; others < 4; others++) Buffer.allocUnsafe(Buffer.poolSize / 4); // uses it up
    return new WeakRef(buffer);
  });
  await setImmediate(); // until then, what a WeakRef was made of is alive
  collectGarbage();
  expect(shared.filter((one) => one.deref()).length).toBeLessThan(20);
  expect(parse(page(`{"product":${product(0)}}`))).toBeDefined(); // the parser is still in use
});

describe('a body is parsed as JSON.parse does', () => {
  const bodies: Record<string, string | Buffer> = {
    'a record of its own': product(1),
    'with a key twice, an object last': `{"items":[{"product":null,"product":${product(1)}}]}`,
    'with a key twice, an object first': `{"items":[{"product":${product(1)},"product":null}]}`,
    'with a key twice, each an object': `{"items":[{"product":${product(1)},"product":${product(2)}}]}`,
    'with the keys in other places': `{"product":${product(1)},"items":[{"metadata":{"product":${product(1)}}},[{"product":{}}]]}`,
    'with the keys in texts': String.raw`{"items":[{"note":"\"product\":{\"id\":1}","say \"product":{"id":1}}]}`,
    'with an escaped key': String.raw`{"items":[{"pr\u006fduct":{"id":1},"product":{"id":2}}]}`,
    'with brackets and quotes in texts': String.raw`{"items":[{"product":{"a":"}\"{[\\","b":"\\",${LONG}},"x":"]}\"{"}]}`,
    'with numbers of sixteen digits':
      '{"items":[{"a":9007199254740993},{"a":-9007199254740993},{"a":[0,9007199254740993]}]}',
    'with decimals of sixteen digits': '{"items":[{"a":0.30000000000000004},{"a":1,"b":123456789012345.67}]}',
    'with exponents': '{"items":[{"a":1e400},{"a":1E-400},{"a":1.5e3,"b":-2E+2},{"a":{"b":[2e999]}}]}',
    'with numbers that are none': '{"items":[{"a":1.2.3}]}',
    'with a number that does not end': '{"items":[{"a":12',
    'with numbers that a double cannot hold': `{"items":[{"product":{"n":12345678901234567890,${LONG}},"n":0.1234567890123456789}]}`,
    'in lines': JSON.stringify({ items: [{ product: { id: 1 }, products: [{ id: 1 }, 2, { id: 3 }] }] }, null, 2),
    'with a byte order mark': `\uFEFF{"items":[{"product":{"id":1}}]}`,
    'with bytes that are no UTF-8': Buffer.from(
      `{"items":[{"product":{"a":"\xc3",${LONG}},"b":"\xff\xe2\x82"}]}`,
      'latin1',
    ),
    'cut off in a nested object': `{"items":[{"product":{${LONG},"id":1`,
    'cut off behind one': `{"items":[{"product":{${LONG},"id":1}`,
    'with brackets that do not match': `{"items":[{"product":{${LONG},"id":[1}]}]}`,
    'with a nested object that is none': `{"items":[{"product":{${LONG},id}}]}`,
    'with short objects among others': `{"items":[{"products":[{"id":1},${product(1)},null,${product(2)}],"product":{}}]}`,
    'with a key in a list of lists': `{"items":[{"products":[[${product(1)}],[[]]],"a":{"b":${product(1)}}}]}`,
    'with its list twice': `{"items":[{"product":${product(1)}}],"items":[]}`,
    'with more than records in its list': `{"items":[{"product":${product(1)}},5]}`,
    'with nothing between two records': `{"items":[{"product":${product(1)}}{"id":2}]}`,
    'with something behind it': `{"product":${product(1)}} {}`,
    'of another form': `[{"products":[[{"id":1}]],"prices":{"p":[{"id":1}]}}]`,
    'without anything': '',
  };
  test.each(Object.entries(bodies))('%s', (_, body) => {
    const parse = parser();
    const bytes = Buffer.from(body);
    const wanted = JSON.stringify(expected(bytes));
    expect([JSON.stringify(parse(bytes)), JSON.stringify(parse(bytes))]).toEqual([wanted, wanted]);
  });

  test('whatever it holds, and wherever it is cut off or changed', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.constantFrom<unknown>(JSON.parse(product(1)), JSON.parse(product(2))),
        fc.integer(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(fc.constantFrom(...KEYS, 'id', 'items', '"product":{'), tie('any'), { maxKeys: 4 }),
    }));
    const change = fc.record({
      at: fc.nat(),
      to: fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', ':', '\xe2'),
    });
    const parse = parser();
    const property = fc.property(fc.array(value.object), fc.option(change), (items, edit) => {
      const text = JSON.stringify({ items });
      const at = edit === null ? 0 : edit.at % text.length;
      const body = Buffer.from(edit === null ? text : text.slice(0, at) + edit.to + text.slice(at + 1));
      expect(JSON.stringify(parse(body))).toBe(JSON.stringify(expected(body)));
    });
    fc.assert(property, parameters(2000));
  });
});

test('quotes, braces and backslashes in texts keep no object from being shared', () => {
  const parse = parser();
  const nested = product(1, '5" \\" }] {[ '.padEnd(100, '"') + '\\');
  const note = JSON.stringify('"}] \\');
  const [one, two] = itemsOf(parse(page(...[1, 2].map((id) => `{"id":${id},"note":${note},"product":${nested}}`))));
  expect(one?.product).toEqual(JSON.parse(nested));
  expect(two?.product).toBe(one?.product);
});

test('an object that is nested very deeply is no obstacle', () => {
  const deep = Buffer.from(`{"items":[{"product":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}]}`);
  expect(parser()(deep)).toHaveProperty('items.0.product.a.a.a');
});

test('a configured secret is taken out of what is nested as well', () => {
  rememberSecret('POLAR_ACCESS_TOKEN', 'polar_oat_of_the_body_parser');
  const body = page(`{"product":{"name":"polar_oat_of_the_body_parser"},"x":"polar_oat_of_the_body_parser"}`);
  expect(parser()(body)).toMatchObject({
    items: [{ product: { name: '[POLAR_ACCESS_TOKEN]' }, x: '[POLAR_ACCESS_TOKEN]' }],
  });
});

test('what is known stays bounded', () => {
  const parse = parser();
  const read = (text: string) => itemsOf(parse(page(`{"product":${text}}`)))[0]?.product;
  const first = read(product(1));
  for (let number = 0; number < 5; number++) read(product(2, `${number}`.repeat(1_000_000)));
  const again = read(product(1));
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});

test('pages of Polar share what their sessions nest, whatever other streams call their lists', async () => {
  const polar = await startPolar({ links: 0, checkouts: 60 });
  const [source] = parseConfig({ POLAR_ACCESS_TOKEN: polar.token }).sources;
  if (!source) throw new Error('no source');
  const parse = createBodyParser(nestedKeys(source));
  const response = await fetch(`${polar.url}/v1/checkouts/?limit=100`, { headers: source.headers });
  const items = itemsOf(parse(Buffer.from(await response.arrayBuffer())));
  const products = items.map((item) => item.product).filter(Boolean);
  expect(new Set(products).size).toBeLessThan(products.length / 2);
});
