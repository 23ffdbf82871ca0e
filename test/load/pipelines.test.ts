import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { trimChanges } from '../../src/ledger/trim-changes.ts';
import { freshDatabase } from '../support/database.ts';
import { at, product, rows, session, store, value } from '../support/records.ts';

const page = readFileSync(new URL('../../docs/pipelines.md', import.meta.url), 'utf8');
const [begin = '', poll = '', gap = '', publish = '', ...more] = [...page.matchAll(/^```sql\n(?<sql>[^]*?)^```/gm)].map(
  ({ groups }) => String(groups?.sql),
);

const copied = (db: Database) => rows(db, 'select * from reports.sessions order by id');
const stored = (db: Database) =>
  rows(db, 'select id, status, total_amount, currency, deleted_at from polar.checkouts order by id');

test('the consumer of docs/pipelines.md works as it is written', async () => {
  expect(more).toEqual([]);
  const db = await freshDatabase();
  const write = (status: string, numbers: number[], ...products: number[]) =>
    store(
      db,
      'polar.checkouts',
      numbers.map((number) => session(number, { status, products: products.map((one) => product(one)) })),
      at(10),
    );
  await write('open', [1, 2], 7, 8);
  await db.pool.query(begin);
  await write('succeeded', [1], 8);
  await write('open', [3], 9);
  await db.pool.query(poll);
  expect(await copied(db)).toEqual(await stored(db));
  const sets = (table: string) => rows(db, `select checkout_id, product_id, position from ${table} order by 1, 2`);
  expect(await sets('reports.session_products')).toEqual(await sets('polar.checkout_products'));
  const watermark = () => value(db, 'select seq::int from reports.watermarks');
  expect(await watermark()).toBe(await value(db, 'select last_seq::int from sync.feeds'));
  await db.pool.query(poll);
  expect(await watermark()).toBe(await value(db, 'select last_seq::int from sync.feeds'));

  expect(await value(db, gap)).toBe(false);
  await write('expired', [2], 7, 8);
  await db.pool.query(`update sync.changes set observed_at = now() - interval '31 days'`);
  await trimChanges(db.pool, 30);
  expect(await value(db, gap)).toBe(true);
});

test('the publication of docs/pipelines.md can be made', async () => {
  const db = await freshDatabase();
  if (Number(await value(db, `select current_setting('server_version_num')::int`)) < 150_000) return;
  await db.pool.query(publish);
  const published = await rows(db, `select tablename from pg_publication_tables where schemaname = 'polar'`);
  expect(published.map(({ tablename }) => tablename)).toEqual(expect.arrayContaining(['checkouts', 'checkout_prices']));
  await db.pool.query('drop publication checkout_sync');
});
