import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { dump } from '../support/dump.ts';
import { at, link, rows, session, store, uuid } from '../support/records.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';

test('client_secret is found nowhere in the database, wherever the API puts it', async () => {
  const db = await freshDatabase();
  const secret = 'polar_c_recognisable_secret';
  await store(
    db,
    'polar.checkouts',
    [
      session(1),
      session(2, {
        url: `https://polar.sh/checkout/${secret}`,
        unknown: { client_secret: secret, kept: `see ${secret}` },
      }),
      session(3, {
        payment_processor_metadata: { client_secret: secret, kept: 'a' },
        product: { client_secret: secret },
      }),
      { client_secret: secret, status: 'no id' },
    ],
    at(10),
  );
  await store(db, 'polar.checkout_links', [link(4, { products: [{ client_secret: secret }] })], at(10));
  const everything = await dump(db);
  expect(everything).toContain('https://polar.sh/checkout/[client_secret]');
  expect(everything).toContain('no id');
  expect(everything).not.toContain('recognisable');
});

test.each(['polar_c_"recognisable\\', 'polar_c_\0recognisable\ud800', 'polar_c_recognisable$&'])(
  'a credential is blanked out however JSON or Postgres write it: %j',
  async (secret) => {
    const db = await freshDatabase();
    const url = `https://polar.sh/checkout/${secret}`;
    const own = { client_secret: secret, url, metadata: { see: url }, [`key ${secret}`]: [url] };
    const stored = await store(db, 'polar.checkouts', [session(1, own), { ...own, id: `not ${secret}` }], at(10));
    await store(db, 'polar.checkouts', [[{ data: own }]] as unknown as JsonObject[], at(10));
    const everything = await dump(db);
    expect(everything).toContain('https://polar.sh/checkout/[client_secret]');
    expect(everything).not.toContain('recognisable');
    expect([...stored.drift.keys()].join()).not.toContain('recognisable');
  },
);

test('a credential that is also a number, an id or a part of JSON breaks nothing', async () => {
  const db = await freshDatabase();
  const of = (number: number, secret: string, more: JsonObject) => session(number, { client_secret: secret, ...more });
  const records = [
    of(1, '12345678', { amount: 12345678, metadata: { a: 12345678 }, unknown: 12345678 }),
    of(2, uuid(2), {}),
    of(3, '":null,"', { metadata: { a: null, b: null }, unknown: { a: null, b: null } }),
    { client_secret: '12345678', amount: 12345678 },
  ];
  const stored = await store(db, 'polar.checkouts', records, at(10));
  expect(stored).toMatchObject({ rejected: 1, effect: { inserted: 3 } });
  expect(await rows(db, 'select amount::int, metadata, extra from polar.checkouts where id = $1', [uuid(1)])).toEqual([
    { amount: 12345678, metadata: { a: 12345678 }, extra: { unknown: 12345678 } },
  ]);
});

test.each(['clientSecret', 'Client-Secret', 'CLIENT_SECRET', 'clientsecret'])(
  'a credential under a key of another spelling is found nowhere: %s',
  async (key) => {
    const db = await freshDatabase();
    const secret = 'polar_c_recognisable_secret';
    const record = session(1, {
      [key]: secret,
      url: `https://polar.sh/checkout/${secret}`,
      metadata: { [key]: 'recognisable too', kept: 'a' },
      unknown: [{ [key]: 'recognisable as well', kept: `see ${secret}` }],
    });
    await store(db, 'polar.checkouts', [record, { [key]: secret, status: 'no id', see: secret }], at(10));
    const everything = await dump(db);
    expect(everything).toMatch(/polar\.sh\/checkout\/\[client_?secret\]|polar\.sh\/checkout\/\[client-secret\]/i);
    expect(everything).toContain('no id');
    expect(everything).not.toContain('recognisable');
  },
);

test('an unknown field of a name that credentials have is dropped, a number of that name and metadata are kept', async () => {
  const db = await freshDatabase();
  const names = ['apiKey', 'access_token', 'Refresh-Token', 'guildToken', 'password', 'private_key', 'webhook_secret'];
  const unknown = Object.fromEntries(names.map((name) => [name, `recognisable ${name}`]));
  const harmless = { max_token: 7, token_type: 'card', secrets: ['kept'] };
  const metadata = { api_key: "the merchant's own" };
  const own = { ...unknown, ...harmless, metadata, nested: [{ deep: { ...unknown, ...harmless } }] };
  await store(db, 'polar.checkouts', [session(1, own), { ...unknown, status: 'no id' }], at(10));
  const tenant = await startFynn({ links: 1, prices: 1 });
  for (const id of tenant.fynn.links.keys())
    tenant.fynn.tamper(id, (json) => ({ ...json, ...unknown, kept: [unknown] }));
  await syncingFynn(tenant, db).syncAll();
  expect(await rows(db, 'select metadata, extra from polar.checkouts')).toEqual([
    { metadata, extra: { ...harmless, nested: [{ deep: harmless }] } },
  ]);
  expect(await rows(db, 'select extra from fynn.checkout_links')).toEqual([{ extra: { kept: [{}] } }]);
  const everything = await dump(db);
  expect(everything).toContain('no id');
  expect(everything).not.toContain('recognisable');
});

test('a hundred thousand unknown fields in one record are stored, and a few of them named', async () => {
  const db = await freshDatabase();
  const unknown = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field_${index}`, index]));
  const stored = await store(db, 'polar.checkouts', [session(1, unknown)], at(10));
  expect(stored).toMatchObject({ rejected: 0, effect: { inserted: 1 } });
  expect(stored.drift.size).toBeLessThan(300);
  expect(stored.drift.get('polar.checkouts.…')).toBeGreaterThan(99_000);
  expect(await rows(db, `select extra -> 'field_99999' as last from polar.checkouts`)).toEqual([{ last: 99_999 }]);
});
