import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const [PRODUCTS, LINKS, SESSIONS] = ['polar.products', 'polar.checkout_links', 'polar.checkouts'];

/** A merchant who sells, with products of every kind, and an empty database. */
async function prepare() {
  const [simulator, db] = [await startPolar({ links: 30, checkouts: 60, scopes: 'every' }), await freshDatabase()];
  const source = polarAt(simulator, { POLAR_STREAMS: 'checkout_links,checkouts,products' });
  return { polar: simulator.polar, db, ...engineOf(source, db) };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** The sets of all products as they are stored, with the transaction that wrote each product. */
const stored = ({ db }: Prepared) =>
  rows(
    db,
    `select id, xmin::text, is_deletable, metadata,
      (select json_agg(b.benefit_id order by b.position) from polar.product_benefits b where b.product_id = p.id) as benefits,
      (select json_agg(f.custom_field_id order by f.position) from polar.product_custom_fields f where f.product_id = p.id) as fields
     from polar.products p order by id`,
  );

/** The same as the merchant has them. */
const expected = ({ polar }: Prepared) =>
  [...polar.products.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, metadata, price_ids, benefit_ids, custom_fields }) => ({
      id,
      metadata,
      is_deletable: price_ids.length === 0,
      benefits: benefit_ids.length > 0 ? benefit_ids : null,
      fields: custom_fields.length > 0 ? custom_fields.map((field) => field.custom_field_id) : null,
    }));

test.for([
  [PRODUCTS, LINKS, SESSIONS],
  [LINKS, SESSIONS, PRODUCTS],
  [SESSIONS, PRODUCTS, LINKS],
])(
  'walked as %s, %s, %s, products have all that their own list shows, and no later walk changes them',
  async (order) => {
    const prepared = await prepare();
    for (const stream of order) expect(await prepared.sync(stream)).toMatchObject({ outcome: 'complete' });
    const before = await stored(prepared);
    expect(before).toMatchObject(expected(prepared));
    for (const stream of [...order, ...order.toReversed()])
      expect(await prepared.sync(stream)).toMatchObject({ inserted: 0, updated: 0 });
    expect(await stored(prepared)).toEqual(before);
    for (const stream of order) expect(await prepared.verify(stream)).toMatchObject({ differences: [] });
  },
);

test('a change of private benefits is stored by the list of products, whatever links show before and after', async () => {
  const prepared = await prepare();
  const { polar, sync } = prepared;
  for (const stream of [LINKS, PRODUCTS]) await sync(stream);
  const product = [...polar.products.values()].find(({ benefit_ids }) => benefit_ids.length > 1);
  const hidden = polar.createBenefit({ visibility: 'private' });
  polar.attachBenefit(product?.id ?? '', hidden.id, 0);
  for (const stream of [LINKS, PRODUCTS, LINKS]) await sync(stream);
  expect(await stored(prepared)).toMatchObject(expected(prepared));
  polar.detachBenefit(product?.id ?? '', hidden.id);
  for (const stream of [LINKS, PRODUCTS, LINKS]) await sync(stream);
  expect(await stored(prepared)).toMatchObject(expected(prepared));
});

test('a price that only the list of products can show to be archived is archived', async () => {
  const { polar, db, sync } = await prepare();
  const { id } = polar.createProduct({ visibility: 'draft' });
  const price = polar.addPrice(id);
  await sync(PRODUCTS);
  const isArchived = () => value(db, 'select is_archived from polar.product_prices where id = $1', [price.id]);
  expect(await isArchived()).toBe(false);
  polar.archivePrice(price.id);
  await sync(LINKS);
  expect(await isArchived()).toBe(false);
  await sync(PRODUCTS);
  expect(await isArchived()).toBe(true);
});

test('a deleted product gets a tombstone by the walk of products, and sessions that still nest it do not take it away', async () => {
  const { polar, db, sync } = await prepare();
  for (const stream of [SESSIONS, PRODUCTS]) await sync(stream);
  const sold = [...polar.checkouts.values()].find(({ product_id }) => product_id !== null)?.product_id ?? '';
  polar.deleteProduct(sold);
  expect(await sync(PRODUCTS)).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  await sync(SESSIONS);
  const state = 'select deleted_at is not null as deleted, is_archived from polar.products where id = $1';
  expect(await rows(db, state, [sold])).toEqual([{ deleted: true, is_archived: true }]);
  const limits = 'select count(*)::int from polar.discount_products where product_id = $1';
  expect(await value(db, limits, [sold])).toBe(0);
});
