import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { arrayLiteral } from '../database/encode.ts';
import { deleteSliced } from './delete-sliced.ts';
import { UnreadableListError } from '../model/errors.ts';
import type { Mode, StreamRef } from '../model/stream.ts';

/** An incomplete walk, and the position where it resumes. `S` is the data that the walk keeps of each page. */
export interface Checkpoint<S> extends StreamRef {
  mode: Mode;
  /** The list that is walked: the source's address and the filters. Another list is another walk. */
  list: string;
  walkId: string;
  /** Start of the walk, by the database's clock. */
  startedAt: string;
  /** Time since the start in milliseconds; negative if the clock was ahead then. */
  ageMs: number;
  spans: S[];
}

/**
 * Finds the full walk to resume, or starts one. Starts again if the list changed, or if a crash of Postgres lost pages.
 * An incremental walk always starts again: what it reads first changes most.
 */
export async function openCheckpoint<S>(
  client: Pick<ClientBase, 'query'>,
  { account, stream }: StreamRef,
  mode: Mode,
  list: string,
): Promise<Checkpoint<S>> {
  const { rows } = await client.query<{ walk_id: string; started_at: string; age: number; pages: number }>(
    `select walk_id, started_at::text, (1000 * extract(epoch from now() - started_at))::float8 as age, pages
     from sync.checkpoints where stream = $1 and mode = $2 and list = $3 and account = $4`,
    [stream, mode, list, account],
  );
  const open = mode === 'full' ? rows[0] : undefined;
  const spans = open ? await spansOf<S>(client, open.walk_id) : [];
  if (open && spans.length === open.pages)
    return { account, stream, mode, list, walkId: open.walk_id, startedAt: open.started_at, ageMs: open.age, spans };
  return beginWalk(client, { account, stream }, mode, list);
}

/** Starts a walk, and replaces the one in progress. */
export async function beginWalk(
  client: Pick<ClientBase, 'query'>,
  { account, stream }: StreamRef,
  mode: Mode,
  list: string,
): Promise<Checkpoint<never>> {
  const walkId = randomUUID();
  await deleteSliced(
    client,
    'sync.seen_pages',
    'r.walk_id in (select walk_id from sync.checkpoints where account = $1 and stream = $2 and mode = $3)',
    [account, stream, mode],
  );
  const begun = await client.query<{ started_at: string }>(
    `insert into sync.checkpoints (account, stream, mode, list, walk_id, started_at, pages, updated_at) values ($5, $1, $2, $3, $4, now(), 0, now())
     on conflict (account, stream, mode) do update set list = excluded.list, walk_id = excluded.walk_id, started_at = excluded.started_at,
       source_started_at = null, pages = 0, updated_at = excluded.updated_at
     returning started_at::text`,
    [stream, mode, list, walkId, account],
  );
  return { account, stream, mode, list, walkId, startedAt: begun.rows[0]?.started_at ?? '', ageMs: 0, spans: [] };
}

async function spansOf<S>(client: Pick<ClientBase, 'query'>, walkId: string): Promise<S[]> {
  const { rows } = await client.query<{ span: S }>(
    'select span from sync.seen_pages where walk_id = $1 order by number',
    [walkId],
  );
  return rows.map((row) => row.span);
}

/** Throws an UnreadableListError unless all these pages of a walk are on record; a crash of Postgres can lose them. */
export async function requirePages(
  client: Pick<ClientBase, 'query'>,
  { walkId, pages }: { walkId: string; pages: number },
): Promise<void> {
  const { rows } = await client.query<{ pages: number }>(
    'select count(*)::int as pages from sync.seen_pages where walk_id = $1',
    [walkId],
  );
  if (rows[0]?.pages !== pages)
    throw new UnreadableListError(
      'a crash of Postgres lost track of the pages that were stored: the next run starts from the beginning',
    );
}

/** Data of a stored page that the rest of its walk needs. */
export interface SeenPage {
  number: number;
  span: unknown;
  ids: readonly string[];
  /** The source's clock when the walk's first page was read. */
  sourceTime: string | undefined;
}

// Pages without their predecessors on record divide by zero, which fails the transaction before anything else is read.
const SAVE_PAGES = `
with incoming as (select * from unnest($3::int[], $4::jsonb[], $5::text[]) as p(number, span, ids)),
page as (
  insert into sync.seen_pages (walk_id, number, run_id, span, ids) select $1, number, $2, span, ids::text[] from incoming
  on conflict (walk_id, number) do nothing returning number
),
saved as (
  update sync.checkpoints set updated_at = now(), source_started_at = coalesce(source_started_at, $6::timestamptz),
    pages = pages + (select count(*) from page)::int
  where walk_id = $1 and pages >= (select max(number) - count(*) from incoming) returning pages
)
select 1 / count(*) from saved`;

/** The walk that pages belong to, and the run that read them. */
export interface WalkRun {
  walkId: string;
  runId: number;
}

/**
 * Adds pages that follow one another to the checkpoint, in the transaction that stores their rows. The transaction fails unless
 * all earlier pages are on record. Saving the same pages again changes nothing.
 */
export async function savePages(
  client: Pick<ClientBase, 'query'>,
  { walkId, runId }: WalkRun,
  pages: readonly SeenPage[],
): Promise<void> {
  const columns = [
    pages.map(({ number }) => String(number)),
    pages.map(({ span }) => JSON.stringify(span)),
    pages.map(({ ids }) => arrayLiteral(ids)),
  ].map(arrayLiteral);
  const sourceTime = pages.find((page) => page.sourceTime !== undefined)?.sourceTime;
  await client.query({
    name: 'checkout_sync_save_pages',
    text: SAVE_PAGES,
    values: [walkId, runId, ...columns, sourceTime],
  });
}

/** Deletes a walk's checkpoint and pages. */
export async function closeCheckpoint(client: Pick<ClientBase, 'query'>, walkId: string): Promise<void> {
  await client.query('delete from sync.checkpoints where walk_id = $1', [walkId]);
  await deleteSliced(client, 'sync.seen_pages', 'r.walk_id = $1', [walkId]);
}
