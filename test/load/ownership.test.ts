import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { RefusedError } from '../../src/model/errors.ts';
import { rememberIdentity } from '../../src/ledger/accounts.ts';
import { accountRef } from '../../src/model/source.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { commitRecords } from '../../src/load/commit.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { checkoutLink } from '../../src/sources/polar/checkout-link.ts';
import { sharedDatabase } from '../support/database.ts';
import { at, contents, empty, link, polarOrigin, product, rows, uuid, value } from '../support/records.ts';

const shared = sharedDatabase();
let db: Database;
beforeEach(async () => {
  db = shared();
  await empty(db);
});

const acme = { ...polarOrigin, account: 'acme' };
const store = (origin: typeof polarOrigin, records: JsonObject[], observedAt: string) =>
  commitRecords(db, origin, checkoutLink, { records, observedAt });
const reasons = () =>
  rows(db, 'select account, record_id, reason from sync.rejected_records where resolved_at is null');
const belongs = (table: string, account: string) =>
  `its row in polar.${table} belongs to the account ${account}, which stored it first`;

test('a row belongs to the account that stored it first: what another one shows of it is rejected, and nothing else', async () => {
  await store(polarOrigin, [link(1, { label: 'ours' })], at(10));
  const before = await contents(db);
  const { rejected, effect } = await store(acme, [link(1, { label: 'theirs' }), link(2)], at(20));
  expect({ rejected, inserted: effect.inserted }).toEqual({ rejected: 1, inserted: 1 });
  expect(await rows(db, 'select account, label from polar.checkout_links order by id')).toEqual([
    { account: 'default', label: 'ours' },
    { account: 'acme', label: 'Spring' },
  ]);
  expect(await reasons()).toEqual([
    { account: 'acme', record_id: uuid(1), reason: belongs('checkout_links', 'default') },
  ]);
  await store(acme, [link(1, { label: 'ours' }), link(2)], at(30));
  await db.pool.query(`delete from polar.checkout_links where account = 'acme'`);
  expect(await contents(db)).toEqual(before);
});

test('a record is rejected when a row that nests in it belongs to another account', async () => {
  await store(polarOrigin, [link(1, { products: [product(7)] })], at(10));
  const before = await contents(db);
  const records = [link(2, { products: [product(7, { name: 'taken over' })] }), link(3, { products: [product(8)] })];
  expect(await store(acme, records, at(20))).toMatchObject({ rejected: 1, effect: { inserted: 1 } });
  expect(await reasons()).toEqual([{ account: 'acme', record_id: uuid(2), reason: belongs('products', 'default') }]);
  expect(await rows(db, `select account, id from polar.products order by id`)).toEqual([
    { account: 'default', id: uuid(7) },
    { account: 'acme', id: uuid(8) },
  ]);
  expect(
    await value(db, `select account from polar.checkout_link_products where checkout_link_id = $1`, [uuid(3)]),
  ).toBe('acme');
  expect((await contents(db))['polar.checkout_links']).toEqual(
    expect.arrayContaining(before['polar.checkout_links'] ?? []),
  );
});

test('a reference never leads to a row of another account: it is kept in extra', async () => {
  const discount = { id: uuid(9), created_at: at(0), modified_at: null, type: 'fixed', name: 'Spring' };
  await store(polarOrigin, [link(1, { discount, discount_id: uuid(9) })], at(10));
  await store(acme, [link(2, { discount_id: uuid(9) })], at(20));
  expect(await rows(db, `select discount_id, extra from polar.checkout_links where account = 'acme'`)).toEqual([
    { discount_id: null, extra: { discount_id: uuid(9) } },
  ]);
});

test('an answer whose records all belong to another account fails', async () => {
  await store(polarOrigin, [link(1), link(2)], at(10));
  const again = store(acme, [link(1), link(2)], at(20));
  await expect(again).rejects.toThrow(RefusedError);
  await expect(again).rejects.toThrow(belongs('checkout_links', 'default'));
});

test('a webhook neither changes nor deletes what belongs to another account', async () => {
  await store(polarOrigin, [link(1)], at(10));
  const before = await contents(db);
  const webhook = (id: string, isDeleted: boolean) => {
    const record = { entity: checkoutLink, data: link(1, { label: 'theirs' }), isDeleted };
    return { id, receivedAt: at(20), event: { type: 'link.updated', recordId: uuid(1), record } };
  };
  const outcomes = await commitWebhooks(db, acme, [webhook('evt_1', false), webhook('evt_2', true)]);
  expect(outcomes).toEqual(['rejected', 'rejected']);
  expect(await contents(db)).toEqual(before);
});

test('a webhook of somebody whom the account is not known by is ignored with the reason, and known by nobody it takes any', async () => {
  const [ours, theirs] = [uuid(101), uuid(102)];
  const webhook = (number: number, owner: string) => {
    const record = { entity: checkoutLink, data: link(number, { organization_id: owner }), isDeleted: false };
    return { id: `evt_${number}`, receivedAt: at(20), event: { type: 'link.updated', recordId: uuid(number), record } };
  };
  expect(await commitWebhooks(db, acme, [webhook(1, theirs)])).toEqual(['applied']);
  await rememberIdentity(db.pool, accountRef(acme), [ours]);
  const received = [webhook(2, ours), webhook(3, theirs), webhook(4, '\0')];
  expect(await commitWebhooks(db, acme, received)).toEqual(['applied', 'ignored', 'ignored']);
  expect(await rows(db, 'select id from polar.checkout_links order by id')).toEqual([{ id: uuid(1) }, { id: uuid(2) }]);
  expect(await value(db, `select reason from sync.webhook_events where webhook_id = 'evt_3'`)).toBe(
    `it is of ${theirs}, which the account does not show`,
  );
});

test('a webhook counts once for each account', async () => {
  const webhook = { id: 'evt_1', receivedAt: at(20), event: { type: 'other', recordId: null } };
  expect(await commitWebhooks(db, polarOrigin, [webhook])).toEqual(['ignored']);
  expect(await commitWebhooks(db, acme, [webhook])).toEqual(['ignored']);
  expect(await commitWebhooks(db, acme, [webhook])).toEqual(['duplicate']);
});
