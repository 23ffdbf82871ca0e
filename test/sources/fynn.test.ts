import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isObject, parseJson, type JsonObject } from '../../src/model/json.ts';
import { commitRecords } from '../../src/load/commit.ts';
import type { Database } from '../../src/database/database.ts';
import type { FynnSimulator, FynnSimulatorOptions } from '../../src/simulator/fynn-simulator.ts';
import { fynnStreams } from '../../src/sources/fynn/index.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { at, fynnOrigin, rows, value } from '../support/records.ts';

const complete = { outcome: 'complete', rejected: 0 };

/** A simulated Fynn, an empty database, and what synchronises them. */
async function tenant(options: FynnSimulatorOptions = {}, pageSize?: number) {
  const [fynn, db] = [await startFynn(options), await freshDatabase()];
  const syncer = syncingFynn(fynn, db, pageSize === undefined ? {} : { pageSize });
  const walkBoth = async () => {
    for (const run of await syncer.syncAll()) expect(run).toMatchObject(complete);
  };
  return { simulator: fynn, fynn: fynn.fynn, db, ...syncer, walkBoth };
}

const one = async (db: Database, table: string, id: string) => {
  const [row] = await rows(db, `select * from fynn.${table} where id = $1`, [id]);
  return row;
};
const deletedAt = (db: Database, id: string) =>
  value(db, 'select deleted_at from fynn.checkout_links where id = $1', [id]);
const tombstones = (db: Database) =>
  value(db, 'select count(*)::int from fynn.checkout_links where deleted_at is not null');
const paths = ({ requests }: FynnSimulator) => requests.map(({ path }) => path);

/** The first of something that must not be empty. */
function first<T>(items: Iterable<T>, fits: (item: T) => boolean = () => true): T {
  for (const item of items) if (fits(item)) return item;
  throw new Error('nothing fits');
}

/** The body that the documentation shows for `GET /checkout-link-items/{id}`. */
const withComments = () =>
  parseJson(
    readFileSync(new URL('../support/documents/fynn-item.json', import.meta.url), 'utf8'),
  ) as unknown as Readonly<Record<'product' | 'plan' | 'price' | 'periods', JsonObject>>;

const ID = 'ad8f1c2c-3b1c-4b0a-8b0a-0b0b0b0b0b0b';
const ITEM = '01F9Z3NDEKTSV4RRFFQ69G5FAV';

test('the documented item, stored by pull, lands in every column it has one for, and the rest in extra', async () => {
  const { simulator, db, pull } = await tenant({ links: 0 });
  const body = withComments();
  simulator.intercept(() => ({ fault: 'status', status: 200, body }));
  expect(await pull('fynn.checkout_link_items', ITEM)).toEqual([{ id: ITEM, outcome: 'inserted' }]);
  expect(paths(simulator)).toEqual([`/checkout-link-items/${ITEM}`]);
  const row = { account: 'default', version_at: null, deleted_at: null, observed_at: expect.any(String) };
  expect(await rows(db, 'select * from fynn.checkout_link_items')).toEqual([
    {
      id: ITEM,
      item_id: ITEM,
      checkout_link_id: null,
      position: null,
      type: '<any>',
      quantity: 1,
      product_id: ID,
      plan_id: ID,
      price_plan_id: ID,
      periods: body.periods,
      ...row,
      extra: {},
    },
  ]);
  expect(await rows(db, 'select * from fynn.products')).toEqual([
    {
      id: ID,
      name: 'Basic',
      description: 'For small teams.',
      type: 'product',
      invoice_visibility: 'always',
      custom_fields: { field1: 'value1', field2: 'value2' },
      ...row,
      extra: {},
    },
  ]);
  expect(await rows(db, 'select * from fynn.plans')).toEqual([
    {
      id: ID,
      family: { id: ID },
      code: 'basic-m2023',
      origin_product_id: ID,
      allow_checkout: true,
      status: '<any>',
      created_at: '2023-11-07 05:31:56+00',
      name: '<string>',
      description: '<string>',
      ...row,
      extra: {},
    },
  ]);
  expect(await rows(db, 'select * from fynn.price_plans')).toEqual([
    {
      id: ID,
      internal_name: 'Exclusive pricing for partners.',
      status: '<any>',
      sales_channel: {},
      type: '<any>',
      apply_trial: true,
      pay_in_advance: true,
      pro_rata: true,
      free_units: null,
      billing_interval: '1M',
      show_price_per_interval: '1M',
      currency_code: null,
      amount: '123',
      price: body.price.price,
      tiers: null,
      custom: true,
      charge: ID,
      product_set_option: ID,
      product: '<any>',
      customer: '<any>',
      in_use: true,
      ...row,
      extra: { free_units: {}, currency_code: {} },
    },
  ]);
  expect(await rows(db, 'select * from fynn.price_plan_checkout_links')).toEqual([
    { account: 'default', price_plan_id: ID, checkout_link_id: ID },
  ]);
  expect(await pull('fynn.checkout_link_items', ITEM)).toEqual([{ id: ITEM, outcome: 'unchanged' }]);
});

test('an item that is asked for by its id keeps the link that is known to have it, and gets its tombstone by a 404', async () => {
  const { fynn, db, pull, walkBoth } = await tenant({ itemIds: true });
  await walkBoth();
  const item = first(fynn.items.values());
  fynn.updateItem(item.id, { quantity: 41 });
  expect(await pull('fynn.checkout_link_items', item.id)).toEqual([{ id: item.id, outcome: 'updated' }]);
  expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ checkout_link_id: item.linkId, quantity: 41 });
  fynn.deleteLink(item.linkId);
  expect(await pull('fynn.checkout_link_items', item.id)).toEqual([{ id: item.id, outcome: 'not found' }]);
  expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ deleted_at: expect.any(String) });
});

test('an item that was asked for in vain loses its tombstone when its link still lists it', async () => {
  const { simulator, fynn, db, pull, walkBoth } = await tenant();
  await walkBoth();
  const id = `${first(fynn.links.keys())}/0`; // our key of it, which Fynn does not know
  expect(await pull('fynn.checkout_link_items', id)).toEqual([{ id, outcome: 'not found' }]);
  await walkBoth();
  expect(await fynnDifferences(simulator, db)).toEqual([]);
});

describe('relations may be written in any way', () => {
  test('an id, an IRI with a host or without, or the object', async () => {
    const { fynn, db, walkBoth } = await tenant({ itemIds: true, links: 3 });
    await walkBoth();
    const item = first(fynn.items.values(), ({ productId }) => productId !== null);
    const id = item.productId ?? '';
    for (const product of [id, `/products/${id}`, `https://example.com/products/${id}/`, fynn.json.product(id)]) {
      fynn.tamper(item.id, (json) => ({ ...json, product: null }));
      await walkBoth();
      expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ product_id: null, extra: {} });
      fynn.tamper(item.id, (json) => ({ ...json, product }));
      await walkBoth();
      expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ product_id: id, extra: {} });
    }
  });

  test('a product that is told by its id only and was never seen is kept in extra', async () => {
    const { fynn, db, walkBoth } = await tenant({ itemIds: true });
    const item = first(fynn.items.values());
    fynn.tamper(item.id, (json) => ({ ...json, product: '/products/unseen' }));
    await walkBoth();
    expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({
      product_id: null,
      extra: { product_id: 'unseen' },
    });
  });

  test('an empty object in place of a product means that there is none', async () => {
    const { fynn, db, walkBoth } = await tenant({ itemIds: true });
    await walkBoth();
    const item = first(fynn.items.values(), ({ productId }) => productId !== null);
    fynn.tamper(item.id, (json) => ({ ...json, product: {} }));
    await walkBoth();
    expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ product_id: null, extra: { product: {} } });
    fynn.tamper(item.id, null);
    await walkBoth();
    expect(await one(db, 'checkout_link_items', item.id)).toMatchObject({ product_id: item.productId, extra: {} });
  });
});

test.each([null, {}])('a price without its amount has none any more: %j', async (price) => {
  const { fynn, db, walkBoth } = await tenant();
  await walkBoth();
  const { id } = first(fynn.prices.values());
  fynn.tamper(id, (json) => ({ ...json, price }));
  await walkBoth();
  expect(await one(db, 'price_plans', id)).toMatchObject({ price, amount: null });
});

test('amounts keep every digit, also those that no JavaScript number can hold', async () => {
  const { simulator, db, pull } = await tenant({ links: 0 });
  const text = JSON.stringify(withComments()).replace('"amount":123', '"amount":9223372036854775807');
  simulator.intercept(() => ({ fault: 'status', status: 200, body: text }));
  await pull('fynn.checkout_link_items', ITEM);
  expect(await rows(db, `select amount::text, price->>'amount' as raw from fynn.price_plans`)).toEqual([
    { amount: '9223372036854775807', raw: '9223372036854775807' },
  ]);
});

test('an amount that no bigint can hold is kept in extra', async () => {
  const { simulator, db, pull } = await tenant({ links: 0 });
  const text = JSON.stringify(withComments()).replace('"amount":123', '"amount":92233720368547758070');
  simulator.intercept(() => ({ fault: 'status', status: 200, body: text }));
  await pull('fynn.checkout_link_items', ITEM);
  expect(await rows(db, `select amount, extra->>'amount' as extra from fynn.price_plans`)).toEqual([
    { amount: null, extra: '92233720368547758070' },
  ]);
});

const forms: [string, FynnSimulatorOptions][] = [
  ['by the prices that name them', {}],
  ['by a list', { hasLinkList: true }],
  ['with ids of items', { itemIds: true }],
  ['by a list, with ids of items and empty objects', { hasLinkList: true, itemIds: true, emptyObjects: true }],
];

describe.each(forms)('links that are found %s', (_name, options) => {
  test('appear, change, lose and move items, lose their last price, and are deleted: the tables equal the source', async () => {
    const { simulator, fynn, db, walkBoth } = await tenant({ links: 25, prices: 60, seed: 7, ...options });
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
    expect(await value(db, 'select count(*)::int from fynn.checkout_links')).toBe(25);
    const links = [...fynn.links.values()];
    const [changed, grown, shrunk, moved, replaced, emptied, hidden, deleted] = links.map(({ id }) => id);
    fynn.updateLink(changed ?? '', { slug: 'neu-ab-heute', isEnabled: false });
    fynn.addItem(grown ?? '', {}, 0);
    fynn.addItem(shrunk ?? '');
    fynn.addItem(moved ?? '');
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
    fynn.removeItem(first(fynn.links.get(shrunk ?? '')?.itemIds ?? []));
    fynn.moveItem(first(fynn.links.get(moved ?? '')?.itemIds ?? []), 1);
    fynn.setItems(replaced ?? '', [{}, {}, {}]);
    fynn.setItems(emptied ?? '', []);
    for (const itemId of fynn.links.get(hidden ?? '')?.itemIds ?? [])
      fynn.archivePrice(fynn.items.get(itemId)?.priceId ?? '');
    fynn.deleteLink(deleted ?? '');
    fynn.createLink();
    const product = first(fynn.items.values(), ({ productId }) => productId !== null).productId ?? '';
    fynn.updateProduct(product, { name: 'Umbenannt', customFields: {} });
    fynn.updatePlan(first(fynn.plans.keys()), { status: 'retired' });
    fynn.changePrice(first(fynn.prices.keys()), 1_234_567_890_123);
    fynn.createPrice({ type: 'tiered', tiers: [{ upTo: null, amount: 1 }] });
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
    expect(await tombstones(db)).toBe(1);
    expect(await deletedAt(db, deleted ?? '')).not.toBeNull();
    expect(await deletedAt(db, hidden ?? '')).toBeNull();
    expect(await deletedAt(db, emptied ?? '')).toBeNull();
  });

  test('are not written again while nothing changes, nor is anything nested in them', async () => {
    const { db, syncAll, walkBoth } = await tenant(options);
    await walkBoth();
    const before = await versions(db);
    for (const run of await syncAll()) expect(run).toMatchObject({ ...complete, inserted: 0, updated: 0 });
    expect(await versions(db)).toEqual(before);
  });
});

/** Returns the transactions that wrote and locked each row of Fynn's tables. */
async function versions(db: Database): Promise<Record<string, unknown>> {
  const tables = await rows(db, `select tablename as name from pg_tables where schemaname = 'fynn' order by 1`);
  expect(tables).toHaveLength(6);
  const found: Record<string, unknown> = {};
  for (const { name } of tables)
    found[String(name)] = await rows(
      db,
      `select xmin::text, xmax::text, ctid::text, to_jsonb(t) as row from fynn.${String(name)} t order by t::text`,
    );
  return found;
}

describe('what is not seen is not deleted', () => {
  test('a link whose only price is archived stays, is still read, and is named by no list', async () => {
    const { simulator, fynn, db, sync, walkBoth } = await tenant();
    const price = fynn.createPrice();
    const link = fynn.createLink({ items: [{ priceId: price.id }] });
    await walkBoth();
    fynn.archivePrice(price.id);
    fynn.updateLink(link.id, { slug: 'versteckt' });
    simulator.requests.length = 0;
    expect(await sync('fynn.checkout_links')).toMatchObject({ ...complete, records: fynn.links.size, tombstoned: 0 });
    expect(paths(simulator).filter((path) => path === `/checkout-links/${link.id}`)).toHaveLength(1);
    expect(await one(db, 'checkout_links', link.id)).toMatchObject({ slug: 'versteckt', deleted_at: null });
  });

  test('a link gets its tombstone by a 404 on its id, and loses it when it is there again', async () => {
    const { simulator, fynn, db, sync, walkBoth } = await tenant();
    const { id } = fynn.createLink({ items: [{}] });
    await walkBoth();
    simulator.intercept(({ path }) => (path.endsWith(id) ? { fault: 'status', status: 404 } : undefined));
    expect(await sync('fynn.checkout_links')).toMatchObject({ ...complete, tombstoned: 1 });
    expect(await deletedAt(db, id)).not.toBeNull();
    simulator.intercept(null);
    expect(await sync('fynn.checkout_links')).toMatchObject({ ...complete, tombstoned: 0, updated: 1 });
    expect(await deletedAt(db, id)).toBeNull();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
  });

  test('when all links are deleted all get their tombstones', async () => {
    const { simulator, fynn, db, walkBoth } = await tenant();
    await walkBoth();
    for (const id of fynn.links.keys()) fynn.deleteLink(id);
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
    expect(await tombstones(db)).toBe(fynn.links.size);
  });

  test('a link list that leaves links out deletes none of them', async () => {
    const { simulator, fynn, db, sync, walkBoth } = await tenant({ hasLinkList: true });
    await walkBoth();
    const { id } = first(fynn.links.values());
    simulator.intercept(({ path }) =>
      path === '/checkout-links' ? { fault: 'rewrite', json: (body) => without(body, id) } : undefined,
    );
    simulator.requests.length = 0;
    expect(await sync('fynn.checkout_links')).toMatchObject({ ...complete, tombstoned: 0 });
    expect(paths(simulator)).toContain(`/checkout-links/${id}`);
    expect(await deletedAt(db, id)).toBeNull();
  });
});

/** An envelope without the record of an id, and totals that hide it. */
function without(body: unknown, id: string): unknown {
  if (!isObject(body) || !Array.isArray(body.data)) return body;
  const data = body.data.filter((record) => isObject(record) && record.id !== id);
  return { data, meta: { pagination: { totalItems: data.length, lastPage: 1 } } };
}

describe('a list is believed only when it stood still', () => {
  test.each<[string, (body: unknown) => unknown]>([
    ['without meta', (body) => (isObject(body) ? { data: body.data ?? null } : body)],
    ['without totals', (body) => (isObject(body) ? { ...body, meta: { pagination: {} } } : body)],
    ['that is the array alone', (body) => (isObject(body) ? body.data : body)],
  ])('a body %s fails the run with a clear error', async (_name, json) => {
    const { simulator, db, sync, walkBoth } = await tenant();
    await walkBoth();
    simulator.intercept(({ path }) => (path === '/price-plans' ? { fault: 'rewrite', json } : undefined));
    for (const stream of ['fynn.price_plans', 'fynn.checkout_links'] as const)
      expect(await sync(stream)).toMatchObject({
        outcome: 'failed',
        tombstoned: 0,
        error: expect.stringMatching(/^the response to GET \/price-plans\?page=1&limit=100 has an unknown form/),
      });
    expect(await tombstones(db)).toBe(0);
  });

  test('totals that move make the walk read the list again', async () => {
    const { simulator, fynn, db, sync } = await tenant({ prices: 30 }, 10);
    let created = 0;
    simulator.afterRead(({ query }) => void (query.get('page') === '2' && created++ === 0 && fynn.createPrice()));
    expect(await sync('fynn.price_plans')).toMatchObject(complete);
    const pages = simulator.requests
      .filter(({ path }) => path === '/price-plans')
      .map(({ query }) => query.get('page'));
    expect(pages).toEqual(['1', '2', '3', '1', '2', '3']);
    const active = [...fynn.prices.values()].filter(({ status }) => status === 'active');
    expect(await value(db, 'select count(*)::int from fynn.price_plans')).toBe(active.length);
  });

  test('rows that move between two pages while the total stands make it read again, too', async () => {
    const { simulator, fynn, db, sync } = await tenant({ prices: 30 }, 10);
    simulator.intercept((_request, index) => void (fynn.settings.shuffleRows = index === 1));
    expect(await sync('fynn.price_plans')).toMatchObject({ ...complete, requests: 6 });
    const active = [...fynn.prices.values()].filter(({ status }) => status === 'active');
    expect(await value(db, 'select count(*)::int from fynn.price_plans')).toBe(active.length);
  });

  test('what a deletion and an insertion that cancel each other out have hidden is not deleted, and found by the next walk', async () => {
    const { simulator, fynn, db, syncAll, walkBoth } = await tenant({ prices: 30 }, 10);
    await walkBoth();
    simulator.afterRead(({ query }) => {
      if (query.get('page') !== '1') return;
      fynn.archivePrice(first(fynn.prices.values(), ({ status }) => status === 'active').id);
      fynn.createPrice();
    });
    for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete', tombstoned: 0 });
    simulator.afterRead(null);
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
  });

  test.each([{}, { hasLinkList: true }])(
    'a list that never stands still fails the run, and deletes nothing: %o',
    async (options) => {
      const { simulator, fynn, db, sync, walkBoth } = await tenant({ links: 30, prices: 30, ...options }, 10);
      await walkBoth();
      fynn.deleteLink(first(fynn.links.keys()));
      fynn.settings.shuffleRows = true;
      simulator.requests.length = 0;
      const failed = {
        outcome: 'failed',
        tombstoned: 0,
        error: expect.stringMatching(/changed during each of 6 passes/),
      };
      expect(await sync('fynn.checkout_links')).toMatchObject(failed);
      expect(await sync('fynn.price_plans')).toMatchObject(failed);
      expect(await tombstones(db)).toBe(0);
      fynn.settings.shuffleRows = false;
      await walkBoth();
      expect(await fynnDifferences(simulator, db)).toEqual([]);
    },
  );

  test('pages that the source makes smaller than asked for are read to the end', async () => {
    const { simulator, fynn, db, walkBoth } = await tenant({
      links: 70,
      prices: 250,
      pageLimit: 30,
      hasLinkList: true,
    });
    await walkBoth();
    expect(await fynnDifferences(simulator, db)).toEqual([]);
    const pages = simulator.requests.filter(({ path }) => path === '/price-plans');
    const active = [...fynn.prices.values()].filter(({ status }) => status === 'active');
    expect(pages).toHaveLength(Math.ceil(active.length / 30));
  });
});

test('without a list a walk asks once for it, for the pages of prices, and once for each link', async () => {
  const { simulator, fynn, sync } = await tenant({ links: 8, prices: 130 });
  const run = await sync('fynn.checkout_links');
  const ids = [...fynn.links.keys()].toSorted();
  expect(run).toMatchObject({ ...complete, requests: 1 + 2 + ids.length, pages: ids.length, records: ids.length });
  expect(paths(simulator).slice(0, 3)).toEqual(['/checkout-links', '/price-plans', '/price-plans']);
  expect(paths(simulator).slice(3).toSorted()).toEqual(ids.map((id) => `/checkout-links/${id}`));
});

test('a key that may not read links is told so: that is not a list that does not exist', async () => {
  const { simulator, db, walkBoth, sync } = await tenant({ hasLinkList: true });
  await walkBoth();
  simulator.fynn.settings.permissions = ['price-plan:read'];
  simulator.requests.length = 0;
  expect(await sync('fynn.checkout_links')).toMatchObject({
    outcome: 'failed',
    requests: 1,
    next: 'fail',
    error: expect.stringMatching(
      /\(403\): it needs checkout-link:read and price-plan:read \(Es fehlt die Berechtigung/,
    ),
  });
  expect(paths(simulator)).toEqual(['/checkout-links']);
  expect(await tombstones(db)).toBe(0);
});

test('a method that is not allowed is a list that does not exist', async () => {
  const { simulator, db, sync } = await tenant();
  simulator.intercept(({ path }) => (path === '/checkout-links' ? { fault: 'status', status: 405 } : undefined));
  expect(await sync('fynn.checkout_links')).toMatchObject(complete);
  expect(await value(db, 'select count(*)::int from fynn.checkout_links')).toBe(12);
});

test('a key that does not count is told by the name of its setting', async () => {
  const { simulator, db } = await tenant();
  const { syncAll } = syncingFynn({ url: simulator.url, apiKey: 'fynn_of_yesterday' }, db);
  for (const run of await syncAll()) {
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', error: expect.stringContaining('FYNN_API_KEY') });
    expect(run.error).not.toContain('fynn_of_yesterday');
  }
});

test('an address that is not Fynn’s is told by the name of its setting', async () => {
  const { simulator, db } = await tenant();
  const { syncAll } = syncingFynn({ url: `${simulator.url}/elsewhere`, apiKey: simulator.apiKey }, db);
  for (const run of await syncAll())
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', error: expect.stringContaining('FYNN_API_URL') });
});

test.each(['application/problem+json', 'text/html'])(
  'what an error says decides nothing, in whatever form: %s',
  async (type) => {
    const { simulator, sync } = await tenant();
    const body = type === 'text/html' ? '<h1>Nicht gefunden</h1>' : { title: 'Nicht gefunden', status: 404 };
    let failures = 0;
    simulator.intercept(({ path }) =>
      path === '/price-plans' && failures++ < 2
        ? { fault: 'status', status: 503, headers: { 'content-type': type }, body }
        : undefined,
    );
    expect(await sync('fynn.price_plans')).toMatchObject({ ...complete, requests: 3 });
  },
);

describe('observations come in any order', () => {
  const item = (quantity: number): JsonObject => ({
    type: 'product',
    quantity,
    product: null,
    plan: null,
    price: null,
  });
  const link = (slug: string, ...quantities: number[]): JsonObject => ({
    id: 'link',
    slug,
    items: quantities.map(item),
  });
  const store = (db: Database, record: JsonObject, observedAt: string) =>
    commitRecords(db, fynnOrigin, fynnStreams['fynn.checkout_links'], { records: [record], observedAt });
  const stored = (db: Database) =>
    rows(
      db,
      `select slug, (select coalesce(json_agg(quantity order by position), '[]') from fynn.checkout_link_items i where i.checkout_link_id = l.id) as items
       from fynn.checkout_links l`,
    );

  test('the newer one wins', async () => {
    const db = await freshDatabase();
    await store(db, link('alt', 1, 2, 3), at(1));
    await store(db, link('neu', 4), at(2));
    expect(await stored(db)).toEqual([{ slug: 'neu', items: [4] }]);
  });

  test('the older one loses, and brings no item back', async () => {
    const db = await freshDatabase();
    await store(db, link('neu', 4), at(2));
    await store(db, link('alt', 1, 2, 3), at(1));
    expect(await stored(db)).toEqual([{ slug: 'neu', items: [4] }]);
  });
});

describe('what is told twice, or in another way than documented', () => {
  const store = (db: Database, stream: keyof typeof fynnStreams, record: JsonObject, seconds = 10) =>
    commitRecords(db, fynnOrigin, fynnStreams[stream], {
      records: [record],
      observedAt: at(seconds),
    });
  const items = (db: Database) =>
    rows(db, 'select id, item_id, quantity, extra from fynn.checkout_link_items order by id');

  test('items keep their rows whatever characters their ids are made of', async () => {
    const db = await freshDatabase();
    const ids = ['a,b', '{c}', '"d"', 'e\\', 'NULL', ' f ', 'a'];
    const link = { id: 'link', items: ids.map((id) => ({ id, quantity: 1 })) };
    for (const seconds of [10, 20]) {
      expect(await store(db, 'fynn.checkout_links', link, seconds)).toMatchObject({ rejected: 0 });
      expect((await items(db)).map(({ id }) => String(id)).toSorted()).toEqual(ids.toSorted());
    }
    await store(db, 'fynn.checkout_links', { id: 'link', items: [{ id: 'a,b', quantity: 2 }] }, 30);
    expect(await items(db)).toEqual([{ id: 'a,b', item_id: 'a,b', quantity: 2, extra: {} }]);
  });

  test('an id of an item that is no text is kept beside the place that the item is known by', async () => {
    const db = await freshDatabase();
    await store(db, 'fynn.checkout_links', { id: 'link', items: [{ id: 7, quantity: 1 }] });
    expect(await items(db)).toEqual([{ id: 'link/0', item_id: null, quantity: 1, extra: { item_id: 7 } }]);
  });

  test('a column that is named itself counts more than the key that is usually renamed, and both are kept', async () => {
    const db = await freshDatabase();
    await store(db, 'fynn.checkout_links', { id: 'link', isEnabled: true, is_enabled: false });
    expect(await rows(db, 'select is_enabled, extra from fynn.checkout_links')).toEqual([
      { is_enabled: false, extra: { isEnabled: true } },
    ]);
    const item = { product: '/products/one', productId: 'two', quantity: 1 };
    await store(db, 'fynn.checkout_links', { id: 'other', items: [{ ...item, checkoutLinkId: 'third' }] });
    expect(await rows(db, 'select checkout_link_id, product_id, extra from fynn.checkout_link_items')).toEqual([
      {
        checkout_link_id: 'other',
        product_id: null,
        extra: { product_id: 'two', product: '/products/one', checkoutLinkId: 'third' },
      },
    ]);
  });

  test('an amount beside the price counts more than the one within', async () => {
    const db = await freshDatabase();
    await store(db, 'fynn.price_plans', { id: 'price', amount: 7, price: { amount: 5 } });
    expect(await rows(db, 'select amount::int, price from fynn.price_plans')).toEqual([
      { amount: 7, price: { amount: 5 } },
    ]);
  });
});
