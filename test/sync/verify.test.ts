import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';

const nothing = { error: undefined, missing: 0, extra: 0, different: 0, behind: 0, differences: [] };
const streams = ['polar.checkout_links', 'polar.checkouts'] as const;
type StreamName = (typeof streams)[number];

/** A simulated Polar that was synced into a database. */
async function synced(options: Parameters<typeof startPolar>[0] = { links: 30, checkouts: 230 }) {
  const [simulator, db] = [await startPolar(options), await freshDatabase()];
  const syncer = syncing(simulator, db);
  for (const stream of streams) expect(await syncer.sync(stream)).toMatchObject({ outcome: 'complete' });
  simulator.requests.length = 0;
  return { simulator, polar: simulator.polar, db, ...syncer };
}

/** Every row with the transaction that wrote it, and the one that locked it. */
async function versions(db: Database): Promise<unknown> {
  const tables = await rows(
    db,
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('polar', 'fynn', 'sync') and tablename <> 'budgets' order by 1`,
  );
  return Promise.all(
    tables.map(({ name }) => rows(db, `select xmin::text, xmax::text, t::text from ${String(name)} t order by 3`)),
  );
}

test('a healthy database equals the source, at the requests of a walk, and nothing is written', async () => {
  const { simulator, db, verify } = await synced();
  const before = await versions(db);
  expect(await verify('polar.checkout_links')).toMatchObject({ ...nothing, records: 30, requests: 1 });
  expect(await verify('polar.checkouts')).toMatchObject({ ...nothing, records: 230, requests: 3 });
  expect(simulator.requests).toHaveLength(4);
  expect(await versions(db)).toEqual(before);
});

test('a database of Fynn equals the source as well', async () => {
  const [simulator, db] = [await startFynn(), await freshDatabase()];
  const { syncAll, verify } = syncingFynn(simulator, db);
  await syncAll();
  expect(await verify('fynn.checkout_links')).toMatchObject({ ...nothing, records: simulator.fynn.links.size });
  expect(await verify('fynn.price_plans')).toMatchObject(nothing);
  await db.pool.query(`update fynn.checkout_link_items set quantity = 99 where position = 0`);
  await db.pool.query(`insert into fynn.checkout_link_items (account, id, checkout_link_id, position, observed_at)
    select account, id || '/9', id, 9, observed_at from fynn.checkout_links limit 1`);
  const { differences, ...found } = await verify('fynn.checkout_links');
  expect(found).toMatchObject({ extra: 1, different: simulator.fynn.links.size });
  expect(differences.find(({ kind }) => kind === 'extra')?.id).toMatch(/\/9$/);
});

/** Changes that somebody may make to the tables; `record` is the stream's record in which they show. */
const planted: [string, StreamName, string, object, object][] = [
  [
    'a changed amount',
    'polar.checkouts',
    `update polar.checkouts set amount = 1 where id = $1`,
    { different: 1 },
    { kind: 'different', table: 'polar.checkouts', column: 'amount', stored: 1 },
  ],
  [
    'a value that is gone',
    'polar.checkouts',
    `update polar.checkouts set url = null where id = $1`,
    { different: 1 },
    { column: 'url', stored: null, source: expect.any(String) },
  ],
  [
    'a missing row',
    'polar.checkouts',
    `with p as (delete from polar.checkout_products where checkout_id = $1), q as (delete from polar.checkout_prices where checkout_id = $1),
       r as (delete from polar.checkout_custom_fields where checkout_id = $1) select $1`,
    { missing: 1 },
    { kind: 'missing', table: 'polar.checkouts' },
  ],
  [
    'a stale set',
    'polar.checkouts',
    `delete from polar.checkout_products where checkout_id = $1`,
    { different: 1 },
    { table: 'polar.checkout_products', column: 'product_id', stored: [] },
  ],
  [
    'a wrong position',
    'polar.checkouts',
    `update polar.checkout_products set position = 7 where checkout_id = $1 and position = 0`,
    { different: 1 },
    {
      table: 'polar.checkout_products',
      column: 'product_id',
      stored: expect.arrayContaining([expect.objectContaining({ position: 7 })]),
    },
  ],
  [
    'a value that hides in extra',
    'polar.checkouts',
    `update polar.checkouts set extra = extra || '{"amount": 5}' where id = $1`,
    { different: 1 },
    { table: 'polar.checkouts', column: 'extra', stored: { amount: 5 }, source: {} },
  ],
  [
    'a tombstone on what exists',
    'polar.checkout_links',
    `update polar.checkout_links set deleted_at = now() where id = $1`,
    { different: 1 },
    { table: 'polar.checkout_links', column: 'deleted_at', source: null },
  ],
];

describe('planted by SQL, it is found, and the pull that is named mends it:', () => {
  test.each(planted)('%s', async (name, stream, sql, counts, difference) => {
    const { db, verify, pull } = await synced({ links: 10, checkouts: 120 });
    const table = stream === 'polar.checkouts' ? 'polar.checkouts' : 'polar.checkout_links';
    const id = String(await value(db, `select id from ${table} order by created_at limit 1`));
    const before = await contents(db);
    await db.pool.query(sql, [id]);
    if (name === 'a missing row') await db.pool.query('delete from polar.checkouts where id = $1', [id]);
    const { differences, ...found } = await verify(stream);
    expect(found).toMatchObject({ missing: 0, extra: 0, different: 0, ...counts });
    expect(differences).toEqual([expect.objectContaining({ id, record: id, ...difference })]);
    await pull(stream, id);
    expect(await verify(stream)).toMatchObject(nothing);
    expect(await contents(db)).toEqual(before);
  });

  test('an extra row', async () => {
    const { db, verify, pull } = await synced({ links: 10, checkouts: 20 });
    const id = '00000000-0000-4000-8000-000000000001';
    await db.pool.query(
      `insert into polar.checkouts (account, id, organization_id, created_at, observed_at)
       select account, $1, organization_id, created_at, observed_at from polar.checkouts limit 1`,
      [id],
    );
    expect(await verify('polar.checkouts')).toMatchObject({
      extra: 1,
      differences: [{ kind: 'extra', table: 'polar.checkouts', id, record: id }],
    });
    expect(await pull('polar.checkouts', id)).toEqual([{ id, outcome: 'not found' }]);
    expect(await verify('polar.checkouts')).toMatchObject(nothing);
  });

  test('a product that many sessions nest is told once', async () => {
    const { db, verify, pull } = await synced();
    const id = await value(
      db,
      'select product_id from polar.checkout_products group by 1 order by count(*) desc limit 1',
    );
    await db.pool.query(`update polar.products set name = 'Forged' where id = $1`, [id]);
    const found = await verify('polar.checkouts');
    expect(found).toMatchObject({
      different: 1,
      differences: [{ table: 'polar.products', id, column: 'name', stored: 'Forged' }],
    });
    await pull('polar.checkouts', found.differences[0]?.record ?? '');
    expect(await verify('polar.checkouts')).toMatchObject(nothing);
  });

  test('a price that its product no longer lists', async () => {
    const { db, verify } = await synced();
    const id = await value(db, 'select id from polar.product_prices where is_archived limit 1');
    await db.pool.query('update polar.product_prices set is_archived = false where id = $1', [id]);
    const all = [
      ...(await verify('polar.checkout_links')).differences,
      ...(await verify('polar.checkouts')).differences,
    ];
    expect(all[0]).toMatchObject({
      table: 'polar.product_prices',
      id,
      column: 'is_archived',
      source: true,
      stored: false,
    });
  });
});

test('rows of another organization, and those with a tombstone, are not extra', async () => {
  const { db, polar, verify, sync } = await synced({ links: 5, checkouts: 5 });
  const [gone = ''] = polar.links.keys();
  polar.deleteLink(gone);
  await sync('polar.checkout_links');
  await db.pool.query(
    `insert into polar.checkout_links (account, id, organization_id, created_at, observed_at)
     select account, gen_random_uuid(), gen_random_uuid(), created_at, observed_at from polar.checkout_links limit 1`,
  );
  expect(await verify('polar.checkout_links')).toMatchObject({ ...nothing, records: 4 });
});

test('what the source changes while it is read is behind, and no difference', async () => {
  const { simulator, polar, db, verify, sync } = await synced({ links: 30, checkouts: 420 });
  let request = 0;
  const ids = [...polar.checkouts.keys()];
  simulator.afterRead(() => {
    request += 1;
    polar.updateCheckout(ids[request] ?? '', { customer_name: `Later ${request}` });
    polar.updateCheckout(ids.at(-request) ?? '', { customer_name: `Later still ${request}` });
    polar.createCheckout();
  });
  const before = await contents(db);
  const { behind, ...found } = await verify('polar.checkouts');
  expect(found).toMatchObject({ missing: 0, extra: 0, different: 0, differences: [] });
  expect(behind).toBeGreaterThan(0);
  expect(await contents(db)).toEqual(before);
  simulator.afterRead(null);
  await sync('polar.checkouts');
  expect(await verify('polar.checkouts')).toMatchObject(nothing);
});

test('what arrives a moment after its page was compared is no difference', async () => {
  const { simulator, db, verify, pull } = await synced({ links: 5, checkouts: 20 });
  const id = String(await value(db, 'select id from polar.checkouts order by created_at limit 1'));
  await db.pool.query('update polar.checkouts set amount = 1 where id = $1', [id]);
  simulator.intercept(async ({ path }) => {
    if (!path.endsWith(id)) return undefined;
    simulator.intercept(null);
    await pull('polar.checkouts', id);
    return undefined;
  });
  expect(await verify('polar.checkouts')).toMatchObject(nothing);
});

test('beside a worker and live edits, some of which have no date, nothing differs', async () => {
  const [simulator, db] = [await startPolar({ links: 60, checkouts: 300 }), await freshDatabase()];
  const { polar } = simulator;
  await startService(db, {
    POLAR_ACCESS_TOKEN: simulator.token,
    POLAR_API_URL: simulator.url,
    POLAR_REQUESTS_PER_MINUTE: '6000',
    SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'every 1s',
  });
  const { verify } = syncing(simulator, db);
  await until('all is stored', async () => (await value(db, 'select count(*)::int from polar.checkouts')) === 300);
  const [links, products] = [[...polar.links.keys()], [...polar.products.keys()]];
  const benefits = [...polar.benefits.values()].filter((benefit) => benefit.visibility === 'public');
  let edits = 0;
  const edit = () => {
    edits += 1;
    polar.deleteLink(links.pop() ?? '');
    polar.attachBenefit(products[edits % products.length] ?? '', benefits[edits % benefits.length]?.id ?? '', 0);
    polar.createCheckout();
  };
  for (const stream of streams) {
    // As many edits as lists are asked for, by the worker or the verification, and then no more: a slow machine would never be even.
    let left = 5;
    simulator.intercept(({ path }) => {
      if (/^.v1.(checkouts|checkout-links).$/.test(path) && left-- > 0) edit();
      return undefined;
    });
    edit();
    expect(await verify(stream)).toMatchObject({
      error: undefined,
      missing: 0,
      extra: 0,
      different: 0,
      differences: [],
    });
  }
  expect(edits).toBeGreaterThanOrEqual(4);
});

test('an empty database lacks everything, which takes few requests to say', async () => {
  const [simulator, db] = [await startPolar({ links: 5, checkouts: 350 }), await freshDatabase()];
  const { differences, ...found } = await syncing(simulator, db).verify('polar.checkouts');
  const sessions = differences.filter(({ table }) => table === 'polar.checkouts');
  expect(sessions).toHaveLength(350);
  expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['missing']));
  expect(found.missing).toBe(differences.length);
  expect(found.requests).toBeLessThanOrEqual(4 + 3 * 100);
});

test('a sample reads so many stored records by their ids', async () => {
  const { simulator, db, verify } = await synced();
  expect(await verify('polar.checkouts', 25)).toMatchObject({ ...nothing, records: 25, requests: 25 });
  expect(new Set(simulator.requests.map(({ path }) => path)).size).toBe(25);
  await db.pool.query('update polar.checkouts set amount = amount + 1');
  expect(await verify('polar.checkouts', 3)).toMatchObject({ records: 3, different: 3 });
});

test('a source that cannot be read to the end is said, and is no equality', async () => {
  const { simulator, verify } = await synced();
  simulator.intercept(() => ({
    fault: 'status',
    status: 401,
    body: { error: 'invalid_token', error_description: 'expired' },
  }));
  expect(await verify('polar.checkouts')).toMatchObject({ records: 0, error: expect.stringMatching(/access token/) });
});
