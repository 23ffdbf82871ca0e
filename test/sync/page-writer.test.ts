import { expect, test } from 'vitest';
import { beginWalk, savePage } from '../../src/ledger/checkpoint.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { until } from '../support/service.ts';

const SESSIONS = 200;
const PAGE = 10;
const HELD = 4711;

/** Lets the first transaction with sessions wait for a lock of ours, and fails it after that; notes the pages of those that commit. */
const FAIL_FIRST = `
  create sequence public.tries;
  create sequence public.places;
  create table public.saved (place int, page int);
  create function public.fail_first() returns trigger language plpgsql as $$ begin
    perform pg_advisory_xact_lock(${HELD});
    if nextval('public.tries') = 1 then raise exception 'once' using errcode = '40001'; end if;
    return null;
  end $$;
  create trigger fail_first before insert on polar.checkouts for each statement execute function public.fail_first();
  create function public.note_page() returns trigger language plpgsql as $$ begin
    insert into public.saved values (nextval('public.places'), new.number);
    return null;
  end $$;
  create trigger note_page after insert on sync.seen_pages for each row execute function public.note_page()`;

test('pages that are sent while a transaction is under way are committed after it, also when it fails once', async () => {
  const [polar, db] = [await startPolar({ links: 0, checkouts: SESSIONS }), await freshDatabase()];
  await db.pool.query(FAIL_FIRST);
  const holder = await connectClient(db.url);
  await holder.query(`select pg_advisory_lock(${HELD})`);
  const running = syncing(polar, db, { pageSize: PAGE }).sync('polar.checkouts', 'full');
  const waiting = `select count(*)::int from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  await until('the next pages wait behind the first', async () => (await value(db, waiting)) === 2);
  await holder.query(`select pg_advisory_unlock(${HELD})`);
  expect(await running).toMatchObject({ outcome: 'complete', inserted: SESSIONS, rejected: 0 });
  const pages = (await rows(db, 'select page from public.saved order by place')).map(({ page }) => page);
  expect(pages).toEqual(Array.from({ length: pages.length }, (_, index) => index + 1));
  expect(await syncing(polar, db).verify('polar.checkouts')).toMatchObject({ missing: 0, extra: 0, different: 0 });
});

test('a page cannot be saved before those in front of it', async () => {
  const db = await freshDatabase();
  const [account, stream] = ['default', 'polar.checkouts'];
  const { walkId } = await beginWalk(db.pool, { account, stream }, 'full', 'list');
  const page = (number: number) => ({ runId: 1, number, span: {}, ids: [], sourceTime: undefined });
  await savePage(db.pool, walkId, page(1));
  await expect(savePage(db.pool, walkId, page(3))).rejects.toThrow('division by zero');
  await savePage(db.pool, walkId, page(2));
  await savePage(db.pool, walkId, page(2));
  await savePage(db.pool, walkId, page(3));
  expect(await value(db, 'select pages from sync.checkpoints')).toBe(3);
});
