import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { removeAccount } from '../../src/load/remove-account.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import type { Entity } from '../../src/model/entity.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { discount } from '../../src/sources/polar/discount.ts';
import { freshDatabase } from '../support/database.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';
import { at, link, polarOrigin, price, product, rows, session, store, uuid, value } from '../support/records.ts';

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const ENDS = '2999-01-01T00:00:00Z';
const open = (number: number, more: JsonObject = {}) => session(number, { expires_at: ENDS, ...more });
const TIME = (column: string) => `to_char(${column} at time zone 'UTC', 'SS.US')`;

let events = 0;
/** Webhooks that arrive together. */
const receive = (entity: Entity, ...records: JsonObject[]) =>
  commitWebhooks(
    db,
    polarOrigin,
    records.map((data) => {
      events += 1;
      const event = { type: 'some.event', recordId: uuid(1), record: { entity, data, isDeleted: false } };
      return { id: `evt_${events}`, receivedAt: at(30), event };
    }),
  );

/** The states of sessions, in their order: when, what, how it came, and ! for exact stamps. */
const states = async () =>
  (
    await rows(
      db,
      `select concat(${TIME('valid_from')}, ' ', status, ' ', via, case when is_exact then '!' end) as state
       from history.checkouts order by checkout_id, valid_from, seq`,
    )
  ).map(({ state }) => state);

test('each state of a session is kept with the moment of its version, and none is changed later', async () => {
  await store(db, 'polar.checkouts', [open(1, { created_at: at(1) })], at(2));
  await store(db, 'polar.checkouts', [open(1, { created_at: at(1), status: 'confirmed', modified_at: at(5) })], at(10));
  await store(db, 'polar.checkouts', [open(1, { created_at: at(1), modified_at: at(15) })], at(20));
  await store(db, 'polar.checkouts', [open(1, { created_at: at(1), modified_at: at(15) })], at(25));
  expect(await states()).toEqual(['01.000000 open pull!', '05.000000 confirmed pull', '15.000000 open pull']);
});

test('what changes without a new version began when it was observed, or earlier', async () => {
  await store(
    db,
    'polar.checkouts',
    [open(1, { created_at: at(1), modified_at: at(2), customer_email: 'a@example.com' })],
    at(3),
  );
  await store(db, 'polar.checkouts', [open(1, { created_at: at(1), modified_at: at(2), customer_email: null })], at(9));
  expect(await states()).toEqual(['02.000000 open pull', '09.000000 open pull']);
  expect(await rows(db, 'select has_email, has_address from history.checkouts order by seq')).toEqual([
    { has_email: true, has_address: false },
    { has_email: false, has_address: false },
  ]);
});

test('a column that is not kept makes no state, and a country alone is no address', async () => {
  const at1 = { created_at: at(1), modified_at: at(2) };
  await store(db, 'polar.checkouts', [open(1, { ...at1, customer_billing_address: { country: 'US' } })], at(3));
  await store(
    db,
    'polar.checkouts',
    [open(1, { ...at1, customer_billing_address: { country: 'FR' }, discount_amount: 5 })],
    at(4),
  );
  expect(await states()).toEqual(['02.000000 open pull']);
  await store(
    db,
    'polar.checkouts',
    [open(1, { ...at1, customer_billing_address: { country: 'FR', postal_code: '1' } })],
    at(5),
  );
  expect(await value(db, 'select has_address from history.checkouts order by seq desc limit 1')).toBe(true);
});

test('a settled session that is seen for the first time has no history until it changes, unless a webhook tells of it', async () => {
  const settled = [
    session(1, { status: 'succeeded' }),
    session(2, { status: 'expired' }),
    session(3, { status: 'failed' }),
    session(4, { expires_at: at(0) }),
  ];
  await store(db, 'polar.checkouts', settled, at(10));
  expect(await states()).toEqual([]);
  await store(
    db,
    'polar.checkouts',
    [session(4, { status: 'expired', expires_at: at(0), modified_at: at(12) })],
    at(20),
  );
  expect(await states()).toEqual(['12.000000 expired pull']);
  await receive(checkout, session(5, { status: 'succeeded', modified_at: at(13) }));
  expect(await states()).toEqual(['12.000000 expired pull', '13.000000 succeeded webhook!']);
});

test('webhooks of one session that arrive together, late or out of order are each a state, in the order of their versions', async () => {
  const version = (second: number, status: string) => open(1, { created_at: at(1), modified_at: at(second), status });
  await receive(checkout, version(5, 'confirmed'), version(6, 'open'), version(7, 'confirmed'));
  await receive(checkout, version(9, 'succeeded'));
  await receive(checkout, version(8, 'open'), open(1, { created_at: at(1) }));
  await receive(checkout, version(8, 'open'), version(5, 'confirmed'));
  await store(db, 'polar.checkouts', [version(3, 'open')], at(31));
  expect(await states()).toEqual([
    '01.000000 open webhook!',
    '05.000000 confirmed webhook!',
    '06.000000 open webhook!',
    '07.000000 confirmed webhook!',
    '08.000000 open webhook!',
    '09.000000 succeeded webhook!',
  ]);
  expect(await value(db, 'select status from polar.checkouts')).toBe('succeeded');
});

test('a webhook of a state that a page showed before says when it began', async () => {
  const confirmed = open(1, { created_at: at(1), modified_at: at(5), status: 'confirmed' });
  await store(db, 'polar.checkouts', [confirmed], at(10));
  await receive(checkout, confirmed);
  await receive(checkout, confirmed);
  expect(await states()).toEqual(['05.000000 confirmed pull', '05.000000 confirmed webhook!']);
});

test('a product, its prices and a link are kept as whole rows with the members of their sets, carried or not', async () => {
  const of = (more: JsonObject, observedAt: string, ...prices: number[]) =>
    store(
      db,
      'polar.checkout_links',
      [link(1, { products: [product(7, { prices: prices.map((one) => price(one, uuid(7))), ...more })] })],
      observedAt,
    );
  const media = (number: number) => ({ id: uuid(number), created_at: at(0), name: 'a picture' });
  await of({ medias: [media(3)] }, at(10), 1, 2);
  await of({ medias: [media(3), media(4)] }, at(20), 1);
  const { medias: _medias, ...withoutMedias } = product(7, {
    name: 'Renamed',
    modified_at: at(25),
    prices: [price(1, uuid(7))],
  });
  await store(db, 'polar.checkouts', [open(1, { product: withoutMedias })], at(30));
  const members = (...numbers: number[]) => numbers.map((number, position) => ({ media_id: uuid(number), position }));
  expect(await rows(db, `select name, medias, ${TIME('valid_from')} as at from history.products order by seq`)).toEqual(
    [
      { name: 'Product 7', medias: members(3), at: '00.123456' },
      { name: 'Product 7', medias: members(3, 4), at: '20.000000' },
      { name: 'Renamed', medias: members(3, 4), at: '25.000000' },
    ],
  );
  expect(
    await rows(
      db,
      `select right(id::text, 1) as id, is_archived, ${TIME('valid_from')} as at from history.product_prices order by id, seq`,
    ),
  ).toEqual([
    { id: '1', is_archived: false, at: '00.123456' },
    { id: '2', is_archived: false, at: '00.123456' },
    { id: '2', is_archived: true, at: '20.000000' },
  ]);
  expect(await value(db, 'select products from history.checkout_links')).toEqual([
    { product_id: uuid(7), position: 0 },
  ]);
});

test('a price that its product no longer lists is a state of the price alone', async () => {
  const listing = (...prices: number[]) =>
    link(1, { products: [product(7, { prices: prices.map((one) => price(one, uuid(7))) })] });
  await store(db, 'polar.checkout_links', [listing(1, 2)], at(10));
  await store(db, 'polar.checkout_links', [listing(1)], at(20));
  expect(await value(db, 'select count(*)::int from history.products')).toBe(1);
  expect(await rows(db, 'select right(id::text, 1) as id from history.product_prices where is_archived')).toEqual([
    { id: '2' },
  ]);
});

test('a tombstone is a state of a discount, and so is its return', async () => {
  const data = { id: uuid(9), created_at: at(0), modified_at: at(1), name: 'Spring' };
  await receive(discount, data);
  await commitWebhooks(db, polarOrigin, [
    {
      id: 'gone',
      receivedAt: at(31),
      event: { type: 'x', recordId: null, record: { entity: discount, data, isDeleted: true } },
    },
  ]);
  await receive(discount, { ...data, modified_at: at(32) });
  expect(
    await rows(
      db,
      `select ${TIME('valid_from')} as at, deleted_at is not null as deleted, is_exact from history.discounts order by seq`,
    ),
  ).toEqual([
    { at: '01.000000', deleted: false, is_exact: true },
    { at: '31.000000', deleted: true, is_exact: false },
    { at: '32.000000', deleted: false, is_exact: true },
  ]);
});

test('an account that is removed takes its history along', async () => {
  await store(db, 'polar.checkouts', [open(1, { product: product(7) })], at(10));
  await removeAccount(db.pool, { source: 'polar', account: 'default' }, [checkout], new AbortController().signal);
  expect(await rows(db, 'select from history.checkouts union all select from history.products')).toEqual([]);
});

test('the history of a database that was there before begins with what it holds', async () => {
  const url = await olderDatabaseUrl('0018_comments');
  const older = await openDatabase(url);
  try {
    const insert = (id: number, status: string) =>
      older.pool.query(
        `insert into polar.checkouts (id, account, created_at, observed_at, status, expires_at, customer_email) values ($1, 'default', $2, $3, $4, $5, 'a@example.com')`,
        [uuid(id), at(1), at(2), status, ENDS],
      );
    await insert(1, 'open');
    await insert(2, 'succeeded');
    await older.pool.query(
      `insert into polar.products (id, account, observed_at, name) values ($1, 'default', $2, 'Old')`,
      [uuid(7), at(3)],
    );
    await migrate(older);
    expect(
      await rows(older, `select ${TIME('valid_from')} as at, status, has_email, via, is_exact from history.checkouts`),
    ).toEqual([{ at: '01.000000', status: 'open', has_email: true, via: 'migration', is_exact: true }]);
    expect(
      await rows(older, `select ${TIME('valid_from')} as at, name, medias, is_exact from history.products`),
    ).toEqual([{ at: '03.000000', name: 'Old', medias: [], is_exact: false }]);
    expect(await value(older, 'select count(*)::int from sync.histories where since <= now()')).toBe(5);
  } finally {
    await older.close();
  }
});

test('the queries of docs/history.md can be run', async () => {
  const page = readFileSync(new URL('../../docs/history.md', import.meta.url), 'utf8');
  const version = (second: number, status: string) => open(1, { created_at: at(1), modified_at: at(second), status });
  await receive(checkout, version(5, 'confirmed'), version(6, 'open'), version(7, 'confirmed'));
  const [ends, attempts, since] = await Promise.all(
    [...page.matchAll(/^```sql\n(?<sql>[^]*?)^```/gm)].map(({ groups }) => rows(db, String(groups?.sql))),
  );
  expect(ends).toHaveLength(3);
  expect(attempts).toEqual([{ checkout_id: uuid(1), attempts: '2', failed_attempts: '1' }]);
  expect(since).toEqual([]);
});
