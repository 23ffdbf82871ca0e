import { beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/database/database.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { benefit as benefitEntity } from '../../src/sources/polar/benefit.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { product as productEntity } from '../../src/sources/polar/product.ts';
import type { Entity } from '../../src/model/entity.ts';
import { connectClient, sharedDatabase } from '../support/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { dump } from '../support/dump.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { at, empty, link, polarOrigin, product, rows, session, store, uuid, value } from '../support/records.ts';

const shared = sharedDatabase();
let db: Database;
beforeEach(async () => {
  db = shared();
  await empty(db);
});

const [A, B, C, HIDDEN, SECOND] = [81, 82, 83, 88, 89];

/** A benefit as links and sessions nest it. */
const shown = (number: number, more: JsonObject = {}): JsonObject => ({
  id: uuid(number),
  created_at: at(0),
  modified_at: null,
  type: 'custom',
  description: `Benefit ${number}`,
  ...more,
});

/** A benefit as webhooks carry it; those above 87 are private. */
const whole = (number: number, more: JsonObject = {}) =>
  shown(number, { visibility: number > 87 ? 'private' : 'public', properties: { note: null }, metadata: {}, ...more });

let sent = 0;
interface Event {
  entity: Entity;
  data: JsonObject;
  receivedAt: string;
  isDeleted?: boolean;
}
const webhooks = (...events: Event[]) =>
  commitWebhooks(
    db,
    polarOrigin,
    events.map(({ entity, data, receivedAt, isDeleted = false }) => ({
      id: `evt_${(sent += 1)}`,
      receivedAt,
      event: { type: 'x.updated', recordId: null, record: { entity, data, isDeleted } },
    })),
  );

const productEvent = (receivedAt: string, ...numbers: number[]): Event => ({
  entity: productEntity,
  data: product(7, { benefits: numbers.map((number) => whole(number)) }),
  receivedAt,
});
const listed = (...numbers: number[]) => product(7, { benefits: numbers.map((number) => shown(number)) });
const linkAt = (observedAt: string, ...numbers: number[]) =>
  store(db, 'polar.checkout_links', [link(1, { products: [listed(...numbers)] })], observedAt);
const sessionAt = (observedAt: string, ...numbers: number[]) =>
  store(db, 'polar.checkouts', [session(2, { products: [listed(...numbers)] })], observedAt);

/** The benefits of the product in their order, by number. */
const granted = async () =>
  (
    await rows(
      db,
      'select right(benefit_id::text, 2)::int as number, position from polar.product_benefits order by position, 1',
    )
  ).map(({ number, position }) => [position, number]);
const xmin = () => rows(db, 'select xmin::text, ctid::text, observed_at from polar.products');

test('what a product’s webhook listed stays as it was, whatever links and sessions list of it', async () => {
  await webhooks(productEvent(at(10), A, HIDDEN, B, SECOND));
  const all = [
    [0, A],
    [1, HIDDEN],
    [2, B],
    [3, SECOND],
  ];
  expect(await granted()).toEqual(all);
  const before = await xmin();
  await linkAt(at(20), A, B);
  await sessionAt(at(30), A, B);
  await linkAt(at(40), A, B);
  expect(await granted()).toEqual(all);
  expect(await xmin()).toEqual(before);
});

test('a public benefit that links no longer list goes, one that they list new comes, private ones keep their places', async () => {
  await webhooks(productEvent(at(10), A, HIDDEN, B));
  await linkAt(at(20), B);
  expect(await granted()).toEqual([
    [0, B],
    [1, HIDDEN],
  ]);
  await sessionAt(at(30), C, B);
  expect(await granted()).toEqual([
    [0, C],
    [1, HIDDEN],
    [2, B],
  ]);
  await linkAt(at(40));
  expect(await granted()).toEqual([[1, HIDDEN]]);
});

test('a private benefit goes when the product’s webhook lists it no more, or when it is deleted', async () => {
  await webhooks(productEvent(at(10), A, HIDDEN, SECOND));
  await webhooks(productEvent(at(20), A, SECOND));
  expect(await granted()).toEqual([
    [0, A],
    [1, SECOND],
  ]);
  const gone = whole(SECOND, { modified_at: at(30), is_deleted: true });
  await webhooks({ entity: benefitEntity, data: gone, receivedAt: at(30), isDeleted: true });
  await linkAt(at(40), A);
  expect(await granted()).toEqual([[0, A]]);
});

test('a benefit that turns private stays, and one that turns public goes by the lists of links from then on', async () => {
  await webhooks(productEvent(at(10), A, HIDDEN));
  const turned = (number: number, visibility: string, receivedAt: string) =>
    webhooks({ entity: benefitEntity, data: whole(number, { visibility, modified_at: receivedAt }), receivedAt });
  await turned(A, 'private', at(20));
  await linkAt(at(30));
  expect(await granted()).toEqual([
    [0, A],
    [1, HIDDEN],
  ]);
  // No webhook says that it is public now: that links list it does.
  const product7 = product(7, { benefits: [shown(A, { modified_at: at(35) })] });
  await store(db, 'polar.checkout_links', [link(1, { products: [product7] })], at(40));
  expect(await value(db, 'select visibility from polar.benefits where id = $1', [uuid(A)])).toBe('public');
  await linkAt(at(50));
  expect(await granted()).toEqual([[1, HIDDEN]]);
});

test('a benefit whose visibility no webhook told goes and comes with the lists of links, and has none', async () => {
  await linkAt(at(10), A, B);
  await linkAt(at(20), B);
  expect(await granted()).toEqual([[0, B]]);
  expect(await value(db, 'select count(visibility)::int from polar.benefits')).toBe(0);
});

test('the order of arrival does not matter: older lists lose, in whatever transaction or batch they come', async () => {
  await linkAt(at(30), A, B);
  await webhooks(productEvent(at(40), A, HIDDEN, B));
  await linkAt(at(35), A);
  await sessionAt(at(20));
  expect(await granted()).toEqual([
    [0, A],
    [1, HIDDEN],
    [2, B],
  ]);
  await empty(db);
  const nested = (receivedAt: string): Event => ({
    entity: checkout,
    data: session(2, { products: [listed(A, B)] }),
    receivedAt,
  });
  await webhooks(nested(at(10)), productEvent(at(20), A, HIDDEN, B), nested(at(30)));
  expect(await granted()).toEqual([
    [0, A],
    [1, HIDDEN],
    [2, B],
  ]);
});

test('what links show of a meter credit’s properties takes nothing from what a webhook showed', async () => {
  const credit = (properties: JsonObject, make = shown) => make(A, { type: 'meter_credit', properties });
  const nestAt = (observedAt: string, units: number) =>
    store(
      db,
      'polar.checkout_links',
      [link(1, { products: [product(7, { benefits: [credit({ units, meter_id: 'm' })] })] })],
      observedAt,
    );
  const stored = () => value(db, 'select properties from polar.benefits');
  const event = (properties: JsonObject, receivedAt: string) =>
    webhooks({ entity: benefitEntity, data: credit(properties, whole), receivedAt });
  await event({ units: 5, rollover: true, meter_id: 'm' }, at(10));
  const before = await rows(db, 'select xmin::text from polar.benefits');
  await nestAt(at(20), 5);
  expect(await stored()).toEqual({ units: 5, rollover: true, meter_id: 'm' });
  expect(await rows(db, 'select xmin::text from polar.benefits')).toEqual(before);
  await nestAt(at(30), 6);
  expect(await stored()).toEqual({ units: 6, rollover: true, meter_id: 'm' });
  await event({ units: 6, meter_id: 'm' }, at(40));
  expect(await stored()).toEqual({ units: 6, meter_id: 'm' });
});

test('the token of a Discord benefit is stored nowhere, and a new one is no change', async () => {
  const event = (token: string, receivedAt: string) => {
    const data = whole(A, { type: 'discord', properties: { guild_id: '1', guild_token: token } });
    return webhooks(
      { entity: benefitEntity, data, receivedAt },
      { entity: productEntity, data: product(7, { benefits: [data, { ...data, id: 'none' }] }), receivedAt },
      { entity: benefitEntity, data: { ...data, id: 'none' }, receivedAt },
    );
  };
  await event('recognisable-first', at(10));
  const before = await rows(db, 'select xmin::text from polar.benefits');
  await event('recognisable-second', at(20));
  expect(await rows(db, 'select xmin::text from polar.benefits')).toEqual(before);
  expect(await value(db, 'select properties from polar.benefits')).toEqual({ guild_id: '1' });
  expect(await dump(db)).not.toContain('recognisable');
});

test('the custom fields of a product are those of its own list and webhook: links and sessions take none away', async () => {
  const attached = (required: boolean) => [
    {
      custom_field_id: uuid(3),
      custom_field: { id: uuid(3), created_at: at(0), modified_at: null },
      order: 2,
      required,
    },
  ];
  const event = (required: boolean, receivedAt: string): Event => ({
    entity: productEntity,
    data: product(7, { is_deletable: true, attached_custom_fields: attached(required) }),
    receivedAt,
  });
  await webhooks(event(false, at(10)));
  await linkAt(at(20));
  await sessionAt(at(30));
  const stored = () => rows(db, 'select position, required from polar.product_custom_fields');
  expect(await stored()).toEqual([{ position: 2, required: false }]);
  expect(await value(db, 'select is_deletable from polar.products')).toBe(true);
  await webhooks(event(true, at(5)));
  expect(await stored()).toEqual([{ position: 2, required: false }]);
  await webhooks(event(true, at(40)));
  expect(await stored()).toEqual([{ position: 2, required: true }]);
});

test('what an earlier version kept of these is taken away by the migration', async () => {
  const url = await olderDatabaseUrl('0006_sightings');
  const client = await connectClient(url);
  const extras = `{"is_deletable": true, "attached_custom_fields": [], "benefits": [{"properties": {"guild_token": "x"}}], "novel": 1}`;
  await client.query(`
    insert into polar.products (id, observed_at, extra) values ('${uuid(7)}', now(), '${extras}'), ('${uuid(8)}', now(), '{"benefits": 1}');
    insert into polar.discounts (id, observed_at, extra) values ('${uuid(9)}', now(), '{"products": [{}], "novel": 1}');
    insert into polar.benefits (id, observed_at, properties) values
      ('${uuid(A)}', now(), '{"guild_id": "1", "guild_token": "x"}'), ('${uuid(B)}', now(), '"guild_token"');
    insert into sync.rejected_records (stream, fingerprint, reason, payload, first_seen_at, last_seen_at)
      values ('polar', 'f', 'no id', '{"properties": {"guild_token": "x"}}', now(), now())`);
  await migrate({ url });
  const read = async (table: string, column: string) =>
    (await client.query(`select ${column} as held from ${table} order by id`)).rows.map(({ held }) => held);
  expect(await read('polar.products', 'extra')).toEqual([{ novel: 1 }, { benefits: 1 }]);
  expect(await read('polar.discounts', 'extra')).toEqual([{ novel: 1 }]);
  expect(await read('polar.benefits', 'properties')).toEqual([{ guild_id: '1' }, 'guild_token']);
  expect((await client.query('select from sync.rejected_records')).rowCount).toBe(0);
});

test('after webhooks of every product all of their benefits are stored, and walks leave them so', async () => {
  const polar = await startPolar({ links: 20, checkouts: 60 });
  const { sync, verify } = syncing(polar, db);
  await sync('polar.checkout_links');
  const { products, json } = polar.polar;
  const event = [...products.keys()].map((id) => ({
    entity: productEntity,
    data: json.product(id) as JsonObject,
    receivedAt: new Date().toISOString(),
  }));
  await webhooks(...event);
  const stored = async () =>
    Object.fromEntries(
      (
        await rows(
          db,
          'select product_id as id, json_agg(benefit_id order by position) as ids from polar.product_benefits group by 1',
        )
      ).map(({ id, ids }) => [id, ids]),
    );
  const expected = Object.fromEntries(
    [...products.values()].flatMap(({ id, benefit_ids }) => (benefit_ids.length > 0 ? [[id, benefit_ids]] : [])),
  );
  expect(await stored()).toEqual(expected);
  expect([...polar.polar.benefits.values()].some(({ visibility }) => visibility !== 'public')).toBe(true);
  for (const stream of ['polar.checkouts', 'polar.checkout_links'] as const) {
    expect(await sync(stream)).toMatchObject({ outcome: 'complete' });
    expect(await verify(stream)).toMatchObject({ differences: [] });
  }
  expect(await stored()).toEqual(expected);
});
