import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { at, link, price, product, rows, session, store, uuid, value } from '../support/records.ts';

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const linkProducts = async () =>
  (await rows(db, 'select product_id from polar.checkout_link_products order by position')).map(
    (row) => row.product_id,
  );

test('a changed list of products is stored although the link itself did not change', async () => {
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7), product(8)] })], at(10));
  await store(db, 'polar.checkout_links', [link(1, { products: [product(8), product(9)] })], at(20));
  expect(await linkProducts()).toEqual([uuid(8), uuid(9)]);
});

test('an older list of products does not replace a newer one, whose observation the link carries', async () => {
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7)] })], at(10));
  await store(db, 'polar.checkout_links', [link(1, { products: [product(8)] })], at(30));
  await store(db, 'polar.checkout_links', [link(1, { products: [product(9)] })], at(20));
  expect(await linkProducts()).toEqual([uuid(8)]);
});

test('a list that becomes empty is emptied, an order that changes is changed', async () => {
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7), product(8)] })], at(10));
  await store(db, 'polar.checkout_links', [link(1, { products: [product(8), product(7)] })], at(20));
  expect(await linkProducts()).toEqual([uuid(8), uuid(7)]);
  await store(db, 'polar.checkout_links', [link(1, { products: [] })], at(30));
  expect(await linkProducts()).toEqual([]);
});

test('a price that its product no longer lists becomes archived, and active again when it is listed again', async () => {
  const listing = (...numbers: number[]) =>
    link(1, { products: [product(7, { prices: numbers.map((number) => price(number, uuid(7))) })] });
  const archived = () => rows(db, 'select is_archived from polar.product_prices order by id');
  await store(db, 'polar.checkout_links', [listing(71)], at(10));
  await store(db, 'polar.checkout_links', [listing(72)], at(20));
  expect(await archived()).toEqual([{ is_archived: true }, { is_archived: false }]);
  await store(db, 'polar.checkout_links', [listing(71)], at(15));
  expect(await archived()).toEqual([{ is_archived: true }, { is_archived: false }]);
  await store(db, 'polar.checkout_links', [listing(71, 72)], at(30));
  expect(await archived()).toEqual([{ is_archived: false }, { is_archived: false }]);
});

test('a price made for one session is not archived for not being in the catalog', async () => {
  const offered = price(71, uuid(7), { source: 'ad_hoc' });
  const one = session(1, {
    product: product(7),
    products: [product(7)],
    prices: { [uuid(7)]: [offered] },
    product_price: offered,
  });
  await store(db, 'polar.checkouts', [one], at(10));
  await store(db, 'polar.checkouts', [one], at(20));
  expect(await value(db, 'select is_archived from polar.product_prices')).toBe(false);
});

test('a redemption count that changes without a new version is stored', async () => {
  const discount = (redemptions_count: number) => ({
    id: uuid(9),
    created_at: at(0),
    modified_at: null,
    type: 'percentage',
    redemptions_count,
  });
  await store(db, 'polar.checkout_links', [link(1, { discount: discount(1), discount_id: uuid(9) })], at(10));
  await store(db, 'polar.checkout_links', [link(1, { discount: discount(2), discount_id: uuid(9) })], at(20));
  expect(await value(db, 'select redemptions_count from polar.discounts')).toBe(2);
});

test('a payload that lacks a field leaves it alone, one that says null empties it', async () => {
  const { metadata: _, ...reduced } = product(7, { name: 'Renamed', modified_at: at(5) });
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7)] })], at(10));
  await store(
    db,
    'polar.checkouts',
    [session(2, { product: reduced, product_id: uuid(7), products: [reduced] })],
    at(20),
  );
  expect(await rows(db, 'select name, metadata from polar.products')).toEqual([
    { name: 'Renamed', metadata: { tier: 'one' } },
  ]);
  await store(
    db,
    'polar.checkout_links',
    [link(1, { products: [product(7, { metadata: null, modified_at: at(6) })] })],
    at(30),
  );
  expect(await rows(db, 'select name, metadata from polar.products')).toEqual([{ name: 'Product 7', metadata: null }]);
});

test('a page that was read earlier but is written later adds what the newer payload could not show', async () => {
  const { metadata: _, ...reduced } = product(7);
  const whole = {
    id: uuid(9),
    created_at: at(0),
    modified_at: at(1),
    name: 'Launch',
    metadata: { a: 1 },
    redemptions_count: 3,
  };
  const given = { id: uuid(9), name: 'Launch week', code: 'GO' };
  const shown = { product: reduced, product_id: uuid(7), products: [reduced], discount: given, discount_id: uuid(9) };
  await store(db, 'polar.checkouts', [session(2, shown)], at(20));
  const earlier = link(1, { products: [product(7, { description: null })], discount: whole, discount_id: uuid(9) });
  await store(db, 'polar.checkout_links', [earlier], at(10));
  const stored = async () => ({
    product: (await rows(db, 'select name, metadata, observed_at = $1 as is_newest from polar.products', [at(20)]))[0],
    discount: (
      await rows(
        db,
        'select name, code, metadata, redemptions_count as count, version_at is not null as versioned from polar.discounts',
      )
    )[0],
  });
  const both = {
    product: { name: 'Product 7', metadata: { tier: 'one' }, is_newest: true },
    discount: { name: 'Launch week', code: 'GO', metadata: { a: 1 }, count: 3, versioned: true },
  };
  expect(await stored()).toEqual(both);
  expect(
    await rows(db, `select relation, op from sync.changes where relation ~ 'products|discounts' order by seq`),
  ).toEqual([
    { relation: 'polar.products', op: 'i' },
    { relation: 'polar.discounts', op: 'i' },
    { relation: 'polar.products', op: 'u' },
    { relation: 'polar.discounts', op: 'u' },
  ]);
  await store(db, 'polar.checkout_links', [link(1, { products: [{ id: uuid(7) }] })], at(4));
  const older = product(7, { metadata: { tier: 'zero' }, modified_at: null });
  await store(db, 'polar.checkout_links', [link(1, { products: [older] })], at(5));
  expect(await stored()).toEqual(both);
});

test("a session's discount, which has no timestamps, neither erases nor outdates the link's", async () => {
  const whole = {
    id: uuid(9),
    created_at: at(0),
    modified_at: at(1),
    name: 'Launch',
    code: 'GO',
    type: 'fixed',
    metadata: { a: 1 },
    redemptions_count: 3,
  };
  const reduced = { id: uuid(9), name: 'Launch week', code: 'GO', type: 'fixed', duration: 'once' };
  await store(db, 'polar.checkouts', [session(2, { discount: reduced, discount_id: uuid(9) })], at(10));
  expect(await value(db, 'select discount_id from polar.checkouts')).toBe(uuid(9));
  await store(db, 'polar.checkout_links', [link(1, { discount: whole, discount_id: uuid(9) })], at(20));
  await store(db, 'polar.checkouts', [session(2, { discount: reduced, discount_id: uuid(9) })], at(30));
  const [stored] = await rows(
    db,
    'select name, code, duration, metadata, redemptions_count, version_at = modified_at as versioned from polar.discounts',
  );
  expect(stored).toEqual({
    name: 'Launch week',
    code: 'GO',
    duration: 'once',
    metadata: { a: 1 },
    redemptions_count: 3,
    versioned: true,
  });
  await store(
    db,
    'polar.checkout_links',
    [link(1, { discount: { ...whole, name: 'Renamed', modified_at: at(2) }, discount_id: uuid(9) })],
    at(40),
  );
  await store(db, 'polar.checkouts', [session(3, { discount: reduced, discount_id: uuid(9) })], at(35));
  expect(await value(db, 'select name from polar.discounts')).toBe('Renamed');
});

test('custom fields and prices of a session become rows with their place', async () => {
  const field = {
    id: uuid(20),
    created_at: at(0),
    modified_at: null,
    type: 'text',
    slug: 'size',
    name: 'Size',
    properties: {},
  };
  const one = session(1, {
    products: [product(7)],
    prices: { [uuid(7)]: [price(71, uuid(7)), price(72, uuid(7))] },
    attached_custom_fields: [{ custom_field_id: uuid(20), custom_field: field, order: 4, required: true }],
  });
  await store(db, 'polar.checkouts', [one], at(10));
  expect(
    await rows(db, 'select product_price_id, product_id, position from polar.checkout_prices order by position'),
  ).toEqual([
    { product_price_id: uuid(71), product_id: uuid(7), position: 0 },
    { product_price_id: uuid(72), product_id: uuid(7), position: 1 },
  ]);
  expect(await rows(db, 'select custom_field_id, position, required from polar.checkout_custom_fields')).toEqual([
    { custom_field_id: uuid(20), position: 4, required: true },
  ]);
  await store(db, 'polar.checkouts', [session(1, { prices: null, attached_custom_fields: null })], at(20));
  expect(await value(db, 'select count(*)::int from polar.checkout_prices')).toBe(0);
  expect(await value(db, 'select count(*)::int from polar.checkout_custom_fields')).toBe(0);
});
