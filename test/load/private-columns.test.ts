import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { commitRecords } from '../../src/load/commit.ts';
import { freshDatabase } from '../support/database.ts';
import { dump } from '../support/dump.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { at, rows, session, store, value, entityOf } from '../support/records.ts';
import { call } from '../support/run.ts';
import { sendWebhook } from '../support/send-webhook.ts';
import { polarAt } from '../support/source.ts';

const SETTINGS = { PRIVATE_COLUMNS: 'customer_ip_address, polar.checkouts.customer_name, customer_billing_address' };

/** A simulated Polar with a session that repeats private values in every place that takes any. */
async function planted() {
  const polar = await startPolar({ links: 1, checkouts: 20 });
  const [id = ''] = polar.polar.checkouts.keys();
  polar.polar.updateCheckout(id, {
    customer_name: 'Planted Person',
    customer_email: 'kept@example.com',
    customer_ip_address: '203.0.113.77',
    customer_billing_address: {
      country: 'DE',
      line1: '7 Planted Street',
      line2: null,
      postal_code: 'K7X 7Y7',
      city: 'Plantedville',
      state: null,
    },
    metadata: { note: 'PLANTED PERSON came from 203.0.113.77', kept: 'kept value' },
    success_url: 'https://example.com/?name=Planted%20Person',
  });
  polar.polar.tamper(id, (json) => ({
    ...json,
    customerIpAddress: '203.0.113.77',
    unknown: { seen: ['203.0.113.77', 'kept too'], 'Planted Person': 1 },
  }));
  return { polar, id };
}

const leaks = /planted|203\.0\.113\.77|K7X 7Y7/i;

async function expectHidden(db: Database, id: string): Promise<void> {
  expect(
    await rows(
      db,
      'select customer_email, customer_name, metadata, success_url, extra from polar.checkouts where id = $1',
      [id],
    ),
  ).toEqual([
    {
      customer_email: 'kept@example.com',
      customer_name: null,
      metadata: { note: '[erased] came from [erased]', kept: 'kept value' },
      success_url: 'https://example.com/?name=[erased]',
      extra: { unknown: { seen: ['[erased]', 'kept too'], '[erased]': 1 } },
    },
  ]);
  expect(await dump(db)).not.toMatch(leaks);
  expect(await value(db, 'select count(coalesce(customer_ip_address, customer_name)) from polar.checkouts')).toBe('0');
}

test('a private column is stored by no walk, pull or webhook, nor where the record repeats it, and verify agrees', async () => {
  const { polar, id } = await planted();
  const db = await freshDatabase();
  const syncer = syncing(polar, db, { settings: SETTINGS });
  expect(await syncer.sync('polar.checkouts')).toMatchObject({ outcome: 'complete', rejected: 0 });
  await expectHidden(db, id);
  expect(await syncer.pull('polar.checkouts', id)).toEqual([{ id, outcome: 'unchanged' }]);
  expect(await sendWebhook(syncer.context, polar, { type: 'checkout.updated', id })).toEqual(['applied']);
  await expectHidden(db, id);
  expect(await syncer.sync('polar.checkouts')).toMatchObject({ inserted: 0, updated: 0 });
  expect(await syncer.verify('polar.checkouts')).toMatchObject({ differences: [], behind: 0 });
});

test('a record that cannot be a row is kept without private columns, and one that was cut off is not kept at all', async () => {
  const db = await freshDatabase();
  const source = polarAt({ url: 'http://127.0.0.1:1' }, SETTINGS);
  const record = {
    customer_name: 'Planted Person',
    customerIpAddress: '203.0.113.77',
    note: 'of Planted Person',
    kept: 'a',
  };
  const huge = { ...record, filler: 'x'.repeat(200_000) };
  const answer = { records: [session(1), { ...record, id: 'Planted Person' }, huge], observedAt: at(1) };
  expect(await commitRecords(db, source, entityOf('polar.checkouts'), answer)).toMatchObject({ rejected: 2 });
  expect(await rows(db, 'select record_id, payload from sync.rejected_records order by record_id')).toEqual([
    { record_id: '[erased]', payload: { id: '[erased]', note: 'of [erased]', kept: 'a' } },
    { record_id: null, payload: '[erased]' },
  ]);
});

test('a rejected record is kept without the private columns of what nests in it, and without what its table would not have', async () => {
  const db = await freshDatabase();
  const settings = { POLAR_STREAMS: 'orders,payments', PRIVATE_COLUMNS: 'polar.customers.email' };
  const source = polarAt({ url: 'http://127.0.0.1:1' }, settings);
  const order = { customer: { email: 'planted@example.com', locale: 'en' } };
  const payment = { method_metadata: { brand: 'visa', last4: '7777' }, processor_metadata: { note: 'planted' } };
  for (const [stream, record] of Object.entries({ 'polar.orders': order, 'polar.payments': payment }))
    await commitRecords(db, source, entityOf(stream), { records: [record], observedAt: at(1) });
  expect(await rows(db, 'select stream, payload from sync.rejected_records order by stream')).toEqual([
    { stream: 'polar.orders', payload: { customer: { locale: 'en' } } },
    { stream: 'polar.payments', payload: { method_metadata: { brand: 'visa' } } },
  ]);
});

test.each(['sync', 'migrate'])(
  'a column that becomes private is emptied by the next %s, in the feed as well, and another stays',
  async (command) => {
    const { polar, id } = await planted();
    const db = await freshDatabase();
    await syncing(polar, db).sync('polar.checkouts');
    await store(db, 'polar.checkouts', [{ customer_name: 'Planted Person', kept: 'a' }], at(1));
    expect(await dump(db)).toMatch(leaks);
    const named = Number(
      await value(
        db,
        'select count(*)::int from polar.checkouts where coalesce(customer_ip_address, customer_name, customer_billing_address::text) is not null',
      ),
    );
    const from = await value(db, 'select max(seq) from sync.changes');
    const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...SETTINGS };
    expect(await call([command], settings)).toMatchObject({ code: 0 });
    await expectHidden(db, id);
    const logged = await rows(db, `select op, via from sync.changes where relation = 'polar.checkouts' and seq > $1`, [
      from,
    ]);
    expect(logged).toEqual(Array.from({ length: named }, () => ({ op: 'u', via: 'command' })));
    expect((await syncing(polar, db, { settings: SETTINGS }).sync('polar.checkouts')).updated).toBe(0);
  },
);

test.each([
  [
    'customer_nam',
    'PRIVATE_COLUMNS names customer_nam, which is not a column with data about people: did you mean customer_name?',
  ],
  [
    'polar.checkouts.status',
    /^PRIVATE_COLUMNS names polar\.checkouts\.status, which is not a column with data about people/,
  ],
])('a private column that is none is refused with the likely name: %s', (name, message) => {
  expect(() => parseConfig({ PRIVATE_COLUMNS: `customer_email,${name}` })).toThrow(message);
});

test('a mistyped PRIVATE_COLUMNS is refused', () => {
  expect(() => parseConfig({ PRIVATE_COLUMN: 'customer_email' })).toThrow(
    'PRIVATE_COLUMN is not a setting: did you mean PRIVATE_COLUMNS?',
  );
});
