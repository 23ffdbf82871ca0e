import { beforeEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { at, link, product, rows, session, store, uuid, value } from '../support/records.ts';

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const extra = (table: string) => value(db, `select extra from polar.${table}`);

test('a field without a column is kept in extra, and counted', async () => {
  const stored = await store(db, 'polar.checkouts', [session(1, { loyalty: { points: 3 } })], at(10));
  expect(await extra('checkouts')).toEqual({ loyalty: { points: 3 } });
  expect([...stored.drift]).toEqual([['polar.checkouts.loyalty', 1]]);
});

test('a field whose name is empty is kept beside all others', async () => {
  await store(db, 'polar.checkouts', [session(1, { '': 1, loyalty: 3 })], at(10));
  expect(await extra('checkouts')).toEqual({ '': 1, loyalty: 3 });
});

test('a value that does not fit its column leaves the column empty and goes to extra, until one fits', async () => {
  await store(db, 'polar.checkouts', [session(1, { amount: 'ten', expires_at: 'soon', product_id: 'none' })], at(10));
  expect(await rows(db, 'select amount, expires_at, product_id, extra from polar.checkouts')).toEqual([
    {
      amount: null,
      expires_at: null,
      product_id: null,
      extra: { amount: 'ten', expires_at: 'soon', product_id: 'none' },
    },
  ]);
  await store(db, 'polar.checkouts', [session(1, { amount: 10, expires_at: at(30), product_id: null })], at(20));
  expect(await rows(db, 'select amount::int, extra from polar.checkouts')).toEqual([{ amount: 10, extra: {} }]);
});

test('unknown statuses, price types and benefit types are values like any other', async () => {
  const price = {
    id: uuid(71),
    created_at: at(0),
    modified_at: null,
    product_id: uuid(7),
    amount_type: 'auction',
    lot: 4,
  };
  const benefit = { id: uuid(80), created_at: at(0), modified_at: null, type: 'hologram', description: 'Wow' };
  const one = session(1, {
    status: 'paused',
    product: product(7, { prices: [price], benefits: [benefit] }),
    product_id: uuid(7),
  });
  await store(db, 'polar.checkouts', [one], at(10));
  expect(await value(db, 'select status from polar.checkouts')).toBe('paused');
  expect(await rows(db, 'select amount_type, extra from polar.product_prices')).toEqual([
    { amount_type: 'auction', extra: { lot: 4 } },
  ]);
  expect(await value(db, 'select type from polar.benefits')).toBe('hologram');
});

test('an unreadable modified_at is no version: the later observed state wins', async () => {
  await store(db, 'polar.checkouts', [session(1, { status: 'open', modified_at: 1_700_000_000 })], at(10));
  await store(db, 'polar.checkouts', [session(1, { status: 'confirmed', modified_at: 1_700_000_001 })], at(20));
  expect(await rows(db, 'select status, extra from polar.checkouts')).toEqual([
    { status: 'confirmed', extra: { modified_at: 1_700_000_001 } },
  ]);
});

test('a reference to something neither sent nor stored is kept in extra until it is', async () => {
  await store(db, 'polar.checkouts', [session(1, { discount_id: uuid(9) })], at(10));
  expect(await rows(db, 'select discount_id, extra from polar.checkouts')).toEqual([
    { discount_id: null, extra: { discount_id: uuid(9) } },
  ]);
  await store(
    db,
    'polar.checkouts',
    [session(1, { discount_id: uuid(9), discount: { id: uuid(9), name: 'Here' } })],
    at(20),
  );
  expect(await rows(db, 'select discount_id, extra from polar.checkouts')).toEqual([
    { discount_id: uuid(9), extra: {} },
  ]);
});

test('nested values of another form are kept in extra, those beside them are stored', async () => {
  const odd = link(1, { products: [product(7), { name: 'no id' }, 'text', null], discount: 'ten percent' });
  await store(db, 'polar.checkout_links', [odd], at(10));
  expect(await extra('checkout_links')).toEqual({
    products: [{ name: 'no id' }, 'text', null],
    discount: 'ten percent',
  });
  expect(await rows(db, 'select product_id, position from polar.checkout_link_products')).toEqual([
    { product_id: uuid(7), position: 0 },
  ]);
  await store(db, 'polar.checkout_links', [link(1, { products: 7 })], at(20));
  expect(await extra('checkout_links')).toEqual({ products: 7 });
});

test('what an attached custom field says beyond its columns is kept', async () => {
  const field = { id: uuid(20), created_at: at(0), modified_at: null, type: 'text' };
  const attached = { custom_field_id: uuid(20), custom_field: field, order: 'first', required: false, hint: 'x' };
  await store(
    db,
    'polar.checkouts',
    [session(1, { attached_custom_fields: [attached, { ...attached, order: 1 }] })],
    at(10),
  );
  expect(await rows(db, 'select position, required from polar.checkout_custom_fields')).toEqual([
    { position: 1, required: false },
  ]);
  const { hint, custom_field_id } = attached;
  expect(await extra('checkouts')).toEqual({ attached_custom_fields: [attached, { custom_field_id, hint }] });
});

test('an attached custom field without an order takes its place in the list', async () => {
  const field = { id: uuid(20), created_at: at(0), modified_at: null, type: 'text' };
  const attached = { custom_field_id: uuid(20), custom_field: field, order: null, required: false };
  expect(
    await store(db, 'polar.checkouts', [session(1, { attached_custom_fields: [attached] })], at(10)),
  ).toMatchObject({
    rejected: 0,
  });
  expect(await rows(db, 'select position, required from polar.checkout_custom_fields')).toEqual([
    { position: 0, required: false },
  ]);
});

test('records that cannot be rows are rejected once with their reason, and the page continues', async () => {
  const page = [session(1), { status: 'open' }, 'text', { id: 'not-a-uuid' }, session(2)] as JsonObject[];
  const stored = await store(db, 'polar.checkouts', page, at(10));
  await store(db, 'polar.checkouts', page, at(20));
  expect(stored).toMatchObject({ rejected: 3, effect: { inserted: 2 } });
  expect(await rows(db, 'select record_id, reason from sync.rejected_records order by reason')).toEqual([
    { record_id: 'not-a-uuid', reason: 'an id of another form' },
    { record_id: null, reason: 'no id' },
    { record_id: null, reason: 'not an object' },
  ]);
});

test('text that Postgres cannot hold is kept readable in extra', async () => {
  const odd = session(1, {
    customer_name: 'a\0b',
    customer_email: 'lone \uD800',
    metadata: { 'k\0': 'v\0' },
    'new\0key': '\0',
  });
  await store(db, 'polar.checkouts', [odd], at(10));
  expect(await rows(db, 'select customer_name, customer_email, metadata, extra from polar.checkouts')).toEqual([
    {
      customer_name: null,
      customer_email: null,
      metadata: null,
      extra: {
        customer_name: 'a\uFFFDb',
        customer_email: 'lone \uFFFD',
        metadata: { 'k\uFFFD': 'v\uFFFD' },
        'new\uFFFDkey': '\uFFFD',
      },
    },
  ]);
});

test('keys that JavaScript treats specially are keys like any other', async () => {
  const odd = JSON.parse(
    `{"id":"${uuid(1)}","__proto__":{"a":1},"constructor":"c","toString":2,"extra":5,"observed_at":"x"}`,
  ) as JsonObject;
  await store(db, 'polar.checkouts', [odd], at(10));
  const expected = JSON.parse(
    '{"__proto__":{"a":1},"constructor":"c","toString":2,"extra":5,"observed_at":"x"}',
  ) as Json;
  expect(
    JSON.stringify(
      await value(db, 'select extra from polar.checkouts'),
      Object.keys(expected as JsonObject)
        .concat('a')
        .sort(),
    ),
  ).toBe(
    JSON.stringify(
      expected,
      Object.keys(expected as JsonObject)
        .concat('a')
        .sort(),
    ),
  );
});

test('a key that every object inherits repeats no other one, and makes no two payloads the same', async () => {
  const parse = (text: string) => JSON.parse(text) as JsonObject;
  const odd = parse(`{"id":"${uuid(1)}","__proto__":{},"[object Object]":1}`);
  await store(db, 'polar.checkouts', [odd], at(10));
  expect(Object.keys((await extra('checkouts')) as object).toSorted()).toEqual(['[object Object]', '__proto__']);
  const twice = [parse(`{"id":"${uuid(2)}","__proto__":{}}`), parse(`{"id":"${uuid(2)}","novel":1}`)];
  await store(db, 'polar.checkouts', twice, at(10));
  expect(await value(db, 'select extra from polar.checkouts where id = $1', [uuid(2)])).toHaveProperty('novel', 1);
});

test('the name of an unknown field is counted up to its hundredth character', async () => {
  const { drift } = await store(db, 'polar.checkouts', [session(1, { ['k'.repeat(1_000_000)]: 1 })], at(10));
  expect([...drift.keys()]).toEqual([`polar.checkouts.${'k'.repeat(100)}`]);
});

test('a record nested deeper than Postgres takes is rejected alone', async () => {
  let deep: Json = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  const stored = await store(db, 'polar.checkouts', [session(1), session(2, { metadata: deep }), session(3)], at(10));
  expect(stored.rejected + Number(await value(db, 'select count(*)::int from polar.checkouts'))).toBe(3);
  expect(await value(db, 'select count(*)::int from polar.checkouts where id <> $1', [uuid(2)])).toBe(2);
});

test('deprecated repetitions on the wire are not stored twice, but kept where the original is missing', async () => {
  await store(
    db,
    'polar.checkouts',
    [session(1, { net_amount: 5, subtotal_amount: 5, customer_external_id: 'x' })],
    at(10),
  );
  expect(await extra('checkouts')).toEqual({ customer_external_id: 'x' });
  const repeated = { product: product(7), product_id: uuid(7), product_price: null, product_price_id: null };
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7)], ...repeated })], at(10));
  expect(await extra('checkout_links')).toEqual({});
});
