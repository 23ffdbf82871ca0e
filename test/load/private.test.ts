import { expect, test } from 'vitest';
import { freshDatabase } from '../database.ts';
import { at, link, rows, session, store, uuid } from '../records.ts';
import type { JsonObject } from '../../src/json.ts';
import type { Database } from '../../src/load/database.ts';

/** Everything the database holds, as text. */
async function dump(db: Database): Promise<string> {
  const tables = await rows(
    db,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('polar', 'fynn', 'sync')`,
  );
  const parts = await Promise.all(
    tables.map(({ name }) =>
      rows(db, `select coalesce(string_agg(t::text, chr(10)), '') as text from ${String(name)} t`),
    ),
  );
  return parts.map(([part]) => String(part?.text)).join('\n');
}

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
