import { describe, expect, inject, test } from 'vitest';
import { borrowDatabase, openDatabase, type Database } from '../../src/database/database.ts';
import { beginWalk } from '../../src/ledger/checkpoint.ts';
import { acquireLease } from '../../src/ledger/lease.ts';
import { commitBatch } from '../../src/load/commit.ts';
import { forgetPerson } from '../../src/load/forget.ts';
import { LeaseLostError } from '../../src/model/errors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { addResponse, emptyBatch } from '../../src/normalize/normalize.ts';
import { sourceEntities } from '../../src/sources/index.ts';
import { freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { makePool } from '../support/pool.ts';
import { atEnd } from '../support/shared.ts';
import { at, entityOf, polarOrigin, rows, session, uuid, value } from '../support/records.ts';

const [ACCOUNT, STREAM] = ['default', 'polar.checkouts'];

/** Counts the transactions that store pages, also of those that are rolled back. */
const COUNT_ATTEMPTS = `
  create sequence public.attempts;
  create function public.count_attempt() returns trigger language plpgsql as $$ begin
    perform nextval('public.attempts');
    return null;
  end $$;
  create trigger count_attempt after insert on sync.seen_pages for each statement execute function public.count_attempt()`;

async function borrowed(): Promise<Database> {
  const pool = makePool({ connectionString: await freshDatabaseUrl() });
  atEnd(() => pool.end());
  const db = await borrowDatabase(pool);
  atEnd(() => db.close());
  return db;
}

async function pooled(): Promise<Database> {
  const url = await startPgBouncer(await freshDatabaseUrl(), 'transaction');
  const db = await openDatabase(url, { pooler: 'transaction' });
  atEnd(() => db.close());
  return db;
}

/** Ways to the database, each of which sends statements in another way. */
const ways = [
  ['directly', freshDatabase],
  ['by the pool of an application', borrowed],
  ...(inject('pgbouncer') ? [['through a pooler', pooled] as const] : []),
] as const;

/** A walk that has stored a page, so that each of the next transactions sends its `COMMIT` along. */
async function beginPlainly(open: () => Promise<Database>) {
  const db = await open();
  const lease = await acquireLease(db, { account: ACCOUNT, stream: STREAM }, 'full');
  atEnd(() => lease.release());
  const { walkId } = await beginWalk(db.pool, { account: ACCOUNT, stream: STREAM }, 'full', 'list');
  const entity = entityOf(STREAM);
  let number = 0;
  const store = (records: JsonObject[]) => {
    const batch = emptyBatch(polarOrigin);
    const part = addResponse(batch, entity, { records, observedAt: at(20) });
    const page = { walkId, runId: 1, number: (number += 1), span: {}, sourceTime: undefined, ...part };
    return commitBatch(db, polarOrigin, batch, { entity, run: { lease, runId: 1 }, pages: [page] });
  };
  for (const first of [1, 2]) await store([session(first), session(first + 2)]);
  await db.pool.query(COUNT_ATTEMPTS);
  return { db, store };
}

const stored = async (db: Database) =>
  (await rows(db, 'select id from polar.checkouts where id > $1 order by id', [uuid(4)])).map(({ id }) => id);
const attempts = (db: Database) =>
  value(db, 'select case when is_called then last_value else 0 end::int from public.attempts');
const pages = (db: Database) => value(db, 'select pages from sync.checkpoints');

describe.each(ways)('%s', (_way, open) => {
  test('a page of new rows is stored by one transaction', async () => {
    const { db, store } = await beginPlainly(open);
    expect(await store([session(5), session(6)])).toMatchObject({ effect: { inserted: 2, updated: 0 }, rejected: 0 });
    expect(await store([])).toMatchObject({ effect: { inserted: 0 } });
    expect(await stored(db)).toEqual([uuid(5), uuid(6)]);
    expect([await attempts(db), await pages(db)]).toEqual([2, 4]);
  });

  test('stored rows on a page that seemed to have only new ones are updated', async () => {
    const { db, store } = await beginPlainly(open);
    const changed = session(1, { status: 'confirmed', modified_at: at(5) });
    expect(await store([changed, session(5)])).toMatchObject({ effect: { inserted: 1, updated: 1 } });
    expect(await value(db, 'select status from polar.checkouts where id = $1', [uuid(1)])).toBe('confirmed');
    expect([await attempts(db), await pages(db)]).toEqual([2, 3]);
    expect(await store([changed, session(6)])).toMatchObject({ effect: { inserted: 1, updated: 0 } });
    expect([await attempts(db), await pages(db)]).toEqual([3, 4]);
  });

  test('an update that a trigger suppresses once is written by the next statement', async () => {
    const { db, store } = await beginPlainly(open);
    await store([session(1), session(5)]); // from now on, rows are compared
    await db.pool.query(`
    create sequence public.updates;
    create function public.suppress_first() returns trigger language plpgsql as $$ begin
      return case when nextval('public.updates') = 1 then null else new end;
    end $$;
    create trigger suppress_first before update on polar.checkouts for each row execute function public.suppress_first()`);
    await db.pool.query(`select setval('public.attempts', 1, false)`);
    const changed = session(1, { status: 'confirmed', modified_at: at(5) });
    expect(await store([changed, session(6)])).toMatchObject({ effect: { inserted: 1, updated: 1 } });
    expect(await value(db, 'select status from polar.checkouts where id = $1', [uuid(1)])).toBe('confirmed');
    expect(await attempts(db)).toBe(2);
  });

  test('a process whose lease was taken over stores nothing more', async () => {
    const { db, store } = await beginPlainly(open);
    await db.pool.query('update sync.walk_leases set token = token + 1');
    await expect(store([session(5)])).rejects.toThrow(LeaseLostError);
    expect([await stored(db), await pages(db)]).toEqual([[], 2]);
  });

  test('somebody who was forgotten after the masks were read is masked', async () => {
    const { db, store } = await beginPlainly(open);
    const hers = { customer_email: 'ada@shop.example', customer_name: 'Ada' };
    expect(await store([session(5, hers)])).toMatchObject({ effect: { inserted: 1 } });
    const plan = { sources: sourceEntities, privacy: { privateColumns: new Set<string>() } };
    const [query, signal] = [{ person: hers.customer_email, account: null }, new AbortController().signal];
    await forgetPerson(db.pool, plan, query, { signal });
    await db.pool.query(`select setval('public.attempts', 1, false)`);
    expect(await store([session(6, hers)])).toMatchObject({ effect: { inserted: 1 } });
    expect(await rows(db, 'select customer_email from polar.checkouts where id > $1', [uuid(4)])).toEqual([
      { customer_email: null },
      { customer_email: null },
    ]);
    expect([await attempts(db), await pages(db)]).toEqual([3, 4]); // sent along, with old masks, with new ones
  });

  test('a record that was rejected before is resolved, and others that are rejected cost no second attempt each time', async () => {
    const { db, store } = await beginPlainly(open);
    const rejection = `
    insert into sync.rejected_records (account, stream, record_id, fingerprint, reason, payload, first_seen_at, last_seen_at)
    values ($1, $2, $3, $3, 'none', '{}', now(), $4)`;
    for (const id of [uuid(5), uuid(99)]) await db.pool.query(rejection, [ACCOUNT, STREAM, id, at(1)]);
    await store([session(5), session(6)]);
    const left = await rows(db, 'select record_id from sync.rejected_records where resolved_at is null');
    expect(left).toEqual([{ record_id: uuid(99) }]);
    expect([await attempts(db), await pages(db)]).toEqual([2, 3]);
    await store([session(7)]);
    expect([await attempts(db), await pages(db)]).toEqual([3, 4]);
  });

  test('a record that cannot be a row is kept as rejected', async () => {
    const { db, store } = await beginPlainly(open);
    expect(await store([session(5), { status: 'open' }])).toMatchObject({ rejected: 1, effect: { inserted: 1 } });
    expect(await value(db, 'select count(*)::int from sync.rejected_records')).toBe(1);
    expect([await attempts(db), await pages(db)]).toEqual([1, 3]);
  });

  test('a record of another account is rejected alone', async () => {
    const { db, store } = await beginPlainly(open);
    await db.pool.query(`update polar.checkouts set account = 'acme' where id = $1`, [uuid(1)]);
    expect(await store([session(1), session(5)])).toMatchObject({ rejected: 1, effect: { inserted: 1 } });
    expect(await stored(db)).toEqual([uuid(5)]);
    expect([await attempts(db), await pages(db)]).toEqual([2, 3]);
  });

  test('pages whose predecessors were lost are not stored', async () => {
    const { db, store } = await beginPlainly(open);
    await db.pool.query('update sync.checkpoints set pages = 1');
    await expect(store([session(5)])).rejects.toThrow();
    expect(await stored(db)).toEqual([]);
  });

  test('a session that ends before its COMMIT leaves nothing, and the page is stored by another one', async () => {
    const { db, store } = await beginPlainly(open);
    await db.pool.query(`
    create function public.end_first() returns trigger language plpgsql as $$ begin
      if (select last_value from public.attempts) = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$;
    create constraint trigger end_first after insert on polar.checkouts deferrable initially deferred
      for each row execute function public.end_first()`);
    expect(await store([session(5), session(6)])).toMatchObject({ effect: { inserted: 2 } });
    expect(await stored(db)).toEqual([uuid(5), uuid(6)]);
    expect([await attempts(db), await pages(db)]).toEqual([2, 3]);
  });
});
