import { expect, onTestFinished, test } from 'vitest';
import { beginWalk, savePages } from '../../src/ledger/checkpoint.ts';
import { createLogger } from '../../src/model/log.ts';
import { openContext } from '../../src/sync/context.ts';
import { sync } from '../../src/sync/sync.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { withPageSize } from '../support/page-size.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { until } from '../support/service.ts';
import { sourceOf } from '../support/source.ts';

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

/** Notes which session counts a request, and which inserts sessions. */
const NOTE_SESSIONS = `
  create table public.used (work text, pid int);
  create function public.note_session() returns trigger language plpgsql as $$ begin
    insert into public.used values (tg_table_name, pg_backend_pid());
    return null;
  end $$;
  create trigger note_session after insert or update on sync.budgets for each row execute function public.note_session();
  create trigger note_session after insert on polar.checkouts for each statement execute function public.note_session()`;

test('requests are counted in a session that writes no pages, as each that does plans all statements', async () => {
  const [polar, db] = [await startPolar({ links: 0, checkouts: SESSIONS }), await freshDatabase()];
  await db.pool.query(NOTE_SESSIONS);
  const source = sourceOf({ POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url });
  const context = openContext(db, source, createLogger('silent'));
  onTestFinished(() => context.http.close());
  const stream = source.streams.find(({ name }) => name === 'polar.checkouts');
  if (!stream) throw new Error('there are sessions');
  const run = await sync(context, withPageSize(stream, PAGE), 'full', new AbortController().signal);
  expect(run).toMatchObject({ outcome: 'complete', inserted: SESSIONS });
  const pids = async (work: string) =>
    (await rows(db, 'select distinct pid from public.used where work = $1', [work])).map(({ pid }) => pid);
  const [counting, writing] = [await pids('budgets'), await pids('checkouts')];
  expect([counting.length, writing.length]).not.toContain(0);
  expect(writing.filter((pid) => counting.includes(pid))).toEqual([]);
});

test('pages are saved only behind those in front of them, and once', async () => {
  const db = await freshDatabase();
  const [account, stream] = ['default', 'polar.checkouts'];
  const { walkId } = await beginWalk(db.pool, { account, stream }, 'full', 'list');
  const ids = ['a', 'b "c"', 'd\\e,{}', ''];
  const page = (number: number) => ({ number, span: { number }, ids, sourceTime: undefined });
  const save = (...numbers: number[]) => savePages(db.pool, { walkId, runId: 1 }, numbers.map(page));
  await save(1);
  for (const tooEarly of [[3], [3, 4], [2, 4]]) await expect(save(...tooEarly)).rejects.toThrow('division by zero');
  await save(2);
  await save(2);
  await save(2, 3);
  await save(4, 5);
  expect(await value(db, 'select pages from sync.checkpoints')).toBe(5);
  expect(await rows(db, 'select number, run_id, span, ids from sync.seen_pages order by number')).toEqual(
    [1, 2, 3, 4, 5].map((number) => ({ number, run_id: '1', span: { number }, ids })),
  );
});

test('the source’s clock of a walk is that of its first page', async () => {
  const db = await freshDatabase();
  const { walkId } = await beginWalk(db.pool, { account: 'default', stream: 'polar.checkouts' }, 'full', 'list');
  const save = (number: number, ...times: (string | undefined)[]) =>
    savePages(
      db.pool,
      { walkId, runId: 1 },
      times.map((sourceTime, index) => ({ number: number + index, span: {}, ids: [], sourceTime })),
    );
  await save(1, undefined, '2026-01-01T00:00:02Z', '2026-01-01T00:00:03Z');
  await save(4, '2026-01-01T00:00:04Z');
  const noted = 'select extract(second from source_started_at)::int from sync.checkpoints';
  expect(await value(db, noted)).toBe(2);
});
