import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { sourceEntities } from '../../src/sources/index.ts';
import { restrain } from '../../src/sync/restrain.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, uuid, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { sendWebhook } from '../support/send-webhook.ts';

const STREAM = 'polar.checkouts';
const DAY_MS = 86_400_000;

/** Creates a session from `days` days ago with every kind of personal data. Returns its id. */
function sessionOf(polar: Awaited<ReturnType<typeof startPolar>>, number: number, days: number, more = {}): string {
  const at = (ms: number) => new Date(Date.now() - days * DAY_MS + ms).toISOString();
  const { id } = polar.polar.createCheckout({
    id: uuid(number),
    created_at: at(0),
    modified_at: at(60_000),
    expires_at: at(DAY_MS),
    status: 'expired',
    customer_name: 'Ada Buyer',
    customer_email: 'ada@example.com',
    customer_billing_address: {
      country: 'DE',
      line1: '7 Mill Street',
      line2: null,
      postal_code: null,
      city: null,
      state: null,
    },
    metadata: { contact: 'ada@example.com', plan: 'gold' },
    ...more,
  });
  return id;
}

/** Ids of the sessions that have a name, an address or metadata of somebody, in order. */
const kept = async (db: Database) =>
  (
    await rows(
      db,
      `select id from polar.checkouts where customer_name is not null or customer_email is not null
         or customer_billing_address ->> 'line1' is not null or metadata ->> 'contact' like '%@%' order by id`,
    )
  ).map(({ id }) => id);

const restrained = (db: Database, keepFor?: string) =>
  restrain(
    { db, log: createLogger('silent') },
    { sources: sourceEntities, privacy: { privateColumns: new Set(), keepFor } },
    new AbortController().signal,
  );

test('settled sessions older than KEEP_PERSONAL_DATA lose their personal data, and get it back by no walk, pull or webhook', async () => {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0 }), await freshDatabase()];
  const old = sessionOf(polar, 1, 100);
  const young = sessionOf(polar, 2, 80);
  const open = sessionOf(polar, 3, 100, { status: 'open', expires_at: new Date(Date.now() + DAY_MS).toISOString() });
  await syncing(polar, db).sync(STREAM);
  expect(await kept(db)).toEqual([old, young, open]);
  const settings = { KEEP_PERSONAL_DATA: '90 days' };
  const environment = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...settings };
  expect(await call(['sync'], environment)).toMatchObject({ code: 0 });
  expect(await kept(db)).toEqual([young, open]);
  expect(await rows(db, 'select customer_billing_address, metadata from polar.checkouts where id = $1', [old])).toEqual(
    [
      {
        customer_billing_address: {
          country: 'DE',
          line1: null,
          line2: null,
          postal_code: null,
          city: null,
          state: null,
        },
        metadata: { contact: '[erased]', plan: 'gold' },
      },
    ],
  );
  expect(await rows(db, `select id from sync.changes where via = 'command'`)).toEqual([{ id: old }]);
  const syncer = syncing(polar, db, { settings });
  expect(await syncer.sync(STREAM)).toMatchObject({ outcome: 'complete', updated: 0 });
  expect(await syncer.pull(STREAM, old)).toEqual([{ id: old, outcome: 'unchanged' }]);
  polar.polar.updateCheckout(old, { locale: 'fr' });
  expect(await sendWebhook(syncer.context, polar, { type: 'checkout.updated', id: old })).toEqual(['applied']);
  expect(await value(db, 'select locale from polar.checkouts where id = $1', [old])).toBe('fr');
  expect(await kept(db)).toEqual([young, open]);
  expect(await syncer.verify(STREAM)).toMatchObject({ differences: [], behind: 0 });
});

test('a shorter time empties more, and a longer one, or none, lets the next full walk bring back what lies between', async () => {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0 }), await freshDatabase()];
  const ids = [100, 80, 60].map((days, index) => sessionOf(polar, index + 1, days));
  const walked = async (keepFor?: string) => {
    await restrained(db, keepFor);
    const settings = keepFor === undefined ? {} : { KEEP_PERSONAL_DATA: keepFor };
    const syncer = syncing(polar, db, { settings });
    await syncer.sync(STREAM);
    expect(await syncer.verify(STREAM)).toMatchObject({ differences: [], behind: 0 });
    return kept(db);
  };
  expect(await walked('90 days')).toEqual(ids.slice(1));
  await restrained(db, '70 days');
  expect(await kept(db)).toEqual(ids.slice(2));
  expect(await walked('90 days')).toEqual(ids.slice(1));
  expect(await walked('70 days')).toEqual(ids.slice(2));
  expect(await walked()).toEqual(ids);
  expect(await walked('1 month')).toEqual([]);
});

test('old orders, ended grants and deleted customers lose their personal data as well, and living ones keep it', async () => {
  const [{ polar, ...simulator }, db] = [
    await startPolar({ links: 1, checkouts: 0, scopes: 'every' }),
    await freshDatabase(),
  ];
  const settings = { POLAR_STREAMS: 'customers,orders,benefit_grants,events' };
  const sync = async (keepFor?: string) => {
    const more = keepFor === undefined ? {} : { KEEP_PERSONAL_DATA: keepFor };
    const environment = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url };
    expect(await call(['sync', '--mode', 'full'], { ...environment, ...settings, ...more })).toMatchObject({ code: 0 });
  };
  const at = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  const customer = polar.createCustomer({ created_at: at(200), name: 'Ada Buyer', external_id: 'ada' }).id;
  const of = (days: number) => ({ created_at: at(days), customer_id: customer });
  for (const days of [100, 80]) {
    polar.createOrder({ ...of(days), status: 'pending', billing_name: 'Ada Buyer' });
    polar.ingestEvent({ customer_id: customer, timestamp: at(days) });
  }
  const member = { email: 'ada@example.com' };
  const grants = [at(99), at(1), null].map((revoked_at) => polar.createGrant({ ...of(100), revoked_at }).id);
  for (const id of grants) polar.tamper(id, (json) => ({ ...json, member }));
  const personal = () =>
    rows(
      db,
      `select (select count(billing_name)::int from polar.orders) as orders, (select count(name)::int from polar.customers) as customers,
       (select count(external_customer_id)::int from polar.events) as events, (select array_agg(id order by revoked_at) from polar.benefit_grants where member is not null) as grants`,
    );
  await sync();
  expect(await personal()).toEqual([{ orders: 2, customers: 1, events: 2, grants }]);
  await sync('90 days');
  expect(await personal()).toEqual([{ orders: 1, customers: 1, events: 1, grants: grants.slice(1) }]);
  polar.deleteCustomer(customer, at(95));
  await sync('90 days');
  expect(await personal()).toEqual([{ orders: 1, customers: 0, events: 1, grants: grants.slice(1) }]);
});

test.each(['24', '0 days', '24 weeks', 'forever', '-1 day'])('KEEP_PERSONAL_DATA=%s is refused', (text) => {
  expect(() => parseConfig({ KEEP_PERSONAL_DATA: text })).toThrow(
    'KEEP_PERSONAL_DATA must be a time such as 24 months, 90 days or 2 years',
  );
});
