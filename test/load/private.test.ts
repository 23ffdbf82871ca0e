import { expect, test } from 'vitest';
import { freshDatabase } from '../database.ts';
import { at, link, rows, session, store } from '../records.ts';
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
