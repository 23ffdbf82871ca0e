import { expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { engineOf } from '../support/engine.ts';
import { rows } from '../support/records.ts';
import { call } from '../support/run.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.customers';

/** A merchant whose token may read customers, and three of them. */
async function prepare() {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  polar.streams[STREAM]?.seed(3);
  const source = polarAt(polar, { POLAR_STREAMS: 'customers' });
  return { polar: polar.polar, db, source, ...engineOf(source, db) };
}

test('an incremental walk of customers asks for the newest ones only', async () => {
  const { polar, sync } = await prepare();
  await sync(STREAM);
  polar.createCustomer();
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 1, inserted: 1 });
});

test('customer.state_changed has another form, and is recorded only', () => {
  const { parseEvent } = polarWebhooks(['a secret of the test']);
  const data = { id: crypto.randomUUID(), active_subscriptions: [] };
  expect(parseEvent({ type: 'customer.state_changed', data })).toEqual({
    type: 'customer.state_changed',
    recordId: data.id,
  });
});

test('a deleted customer gets a tombstone by the webhook, which says when Polar deleted it', async () => {
  const { polar, db, source, sync } = await prepare();
  await sync(STREAM);
  const [id = ''] = polar.streams.customers.driver.list();
  const { deleted_at } = polar.deleteCustomer(id);
  const event = polarWebhooks(['a secret of the test']).parseEvent({
    type: 'customer.deleted',
    data: JSON.parse(JSON.stringify(polar.streams.customers.json(id))),
  });
  await commitWebhooks(db, source, [{ id: 'one', receivedAt: new Date().toISOString(), event }]);
  const stored = 'select polar_deleted_at = $2 as same, deleted_at is null as lives from polar.customers where id = $1';
  expect(await rows(db, stored, [id, deleted_at])).toEqual([{ same: true, lives: false }]);
});

test('a customer who is forgotten by the id keeps country and state alone, also after the next walk', async () => {
  const { polar, db, sync } = await prepare();
  await sync(STREAM);
  const [id = ''] = polar.streams.customers.driver.list();
  const country = polar.streams.customers.records.get(id)?.billing_address?.country;
  expect(await call(['forget', id, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  const known = `select email, name, external_id, tax_id, avatar_url, billing_name, billing_address ->> 'country' as country,
    billing_address ->> 'line1' as street from polar.customers where id = $1`;
  const before = await rows(db, known, [id]);
  polar.updateCustomer(id, { name: 'Back again' });
  await sync(STREAM);
  expect(await rows(db, known, [id])).toEqual(before);
  expect(before).toMatchObject([{ email: null, name: null, tax_id: null, avatar_url: null, country, street: null }]);
});
