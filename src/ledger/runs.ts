import type { ClientBase, Pool } from 'pg';
import type { Failure } from '../model/error-code-of.ts';
import { LeaseLostError } from '../model/errors.ts';
import type { Mode, StreamRef } from '../model/stream.ts';
import { beginWalk, closeCheckpoint, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { isAhead, isImplausible, notAhead } from '../database/clock.ts';
import { transaction } from '../database/database.ts';
import { requireLease, type Lease } from './lease.ts';
import { CHANNEL, eventOf, queueEvents } from './events.ts';
import { resolveUnseen } from './rejections.ts';

/** Counters of a run; records are the stream's own, not nested ones. */
export interface Counters {
  requests: number;
  pages: number;
  records: number;
  inserted: number;
  updated: number;
  unchanged: number;
  tombstoned: number;
  rejected: number;
  /** Rows, nested ones included, that had been observed in the future and were corrected. */
  skewed: number;
}

/** Counters of a run, the number of records that the source reports, and the look-back of an incremental walk. */
export interface RunTotals {
  counters: Counters;
  total: number | undefined;
  lookbackMs: number | undefined;
}

/** A run that has begun, and the walk that it begins or continues. */
export interface OpenRun<S> {
  runId: number;
  checkpoint: Checkpoint<S>;
}

/** A run with the lease of its stream: what a transaction of a walk depends on. */
export interface LeasedRun {
  lease: Lease;
  runId: number;
}

/** Error of a run whose process ended without recording it. */
const DIED = 'the process ended before the run did';

/** Pages of up to 500,000 records. Beyond, a record on two pages counts twice: one statement would take too long. */
const MOST_DISTINCT = 5000;

/** Counts the different records on the pages of the run `r`. */
const STORED = `(select case when count(*) > ${MOST_DISTINCT} then coalesce(sum(cardinality(p.ids)), 0)::int
  else (select count(distinct id)::int from sync.seen_pages p, unnest(p.ids) as id where p.walk_id = r.walk_id and p.run_id = r.id) end
  from sync.seen_pages p where p.walk_id = r.walk_id and p.run_id = r.id)`;

/** Corrects runs dated while the clock was ahead: their start is unknown, and must not appear later than the next. */
const CORRECT_RUNS = `
update sync.runs set started_at = now(), lookback_ms = null, finished_at = ${notAhead('finished_at')},
  walk_started_at = case when ${isImplausible('walk_started_at')} then null else walk_started_at end
where account = $1 and stream = $2 and ${isAhead('started_at')} and ${isAhead('greatest(started_at, finished_at)')}`;

/**
 * Begins a run, and ends runs of the stream whose process died, as after a kill. Throws a LeaseLostError if another
 * process now walks the stream; its run and checkpoint are left alone.
 */
export async function beginRun<S>(pool: Pool, lease: Lease, mode: Mode, list: string): Promise<OpenRun<S>> {
  return transaction(pool, async (client) => {
    await requireLease(client, lease);
    // Before the checkpoint, which may delete the pages that show what the dead run read.
    await client.query(
      `update sync.runs r set finished_at = now(), outcome = 'interrupted', error = '${DIED}', error_code = 'CS5103',
         records = greatest(r.records, ${STORED})
       where account = $1 and stream = $2 and outcome is null`,
      [lease.account, lease.stream],
    );
    await client.query(CORRECT_RUNS, [lease.account, lease.stream]);
    const checkpoint = await openCheckpoint<S>(client, lease, mode, list);
    const { rows } = await client.query<{ id: string }>(
      'insert into sync.runs (account, stream, mode, list, walk_id, started_at) values ($1, $2, $3, $4, $5, now()) returning id',
      [lease.account, lease.stream, mode, list, checkpoint.walkId],
    );
    return { runId: Number(rows[0]?.id), checkpoint };
  });
}

/** Makes a run begin a walk of its own, in place of the one that it continued. */
export async function restartRun<S>(pool: Pool, lease: Lease, { runId, checkpoint }: OpenRun<S>): Promise<OpenRun<S>> {
  const { mode, list } = checkpoint;
  return transaction(pool, async (client) => {
    await requireLease(client, lease);
    const begun = await beginWalk(client, lease, mode, list);
    await client.query('update sync.runs set walk_id = $2 where id = $1', [runId, begun.walkId]);
    return { runId, checkpoint: begun };
  });
}

/** Records the progress of a run, for `status`. */
export async function reportRun(pool: Pool, runId: number, { counters, total }: RunTotals): Promise<void> {
  await pool.query(
    'update sync.runs set requests = $2, pages = $3, records = $4, total = $5 where id = $1 and outcome is null',
    [runId, counters.requests, counters.pages, counters.records, total ?? null],
  );
}

/** A NOTIFY payload has less than 8,000 bytes, and a character of an error may take six in JSON. */
const LONGEST_ERROR = 500;

const RUN = `json_build_object('account', account, 'stream', stream, 'mode', mode, 'runId', id, 'startedAt', started_at,
  'finishedAt', finished_at, 'requests', requests, 'pages', pages, 'records', records, 'inserted', inserted, 'updated', updated,
  'unchanged', unchanged, 'tombstoned', tombstoned, 'rejected', rejected, 'error', left(error, ${LONGEST_ERROR}), 'errorCode', error_code)`;

/** SQL that completes a statement whose `ended` returns runs: reports complete and failed ones when it commits. */
const REPORT = `
events as (
  select type, ${eventOf('type', RUN)} as event from ended,
    lateral (select case outcome when 'complete' then 'run.completed' else 'run.failed' end as type) t
  where outcome in ('complete', 'failed')
),
queued as (${queueEvents('events')})
select pg_notify('${CHANNEL}', event::text) from events`;

const FINISH = `
with ended as (update sync.runs set finished_at = now(), outcome = $2, error = $3, requests = $4, pages = $5, records = $6, inserted = $7,
  updated = $8, unchanged = $9, tombstoned = $10, rejected = $11, skewed = $12, total = coalesce($13, total), lookback_ms = $14, error_code = $15,
  walk_started_at = (
    select case when source_started_at <= c.started_at + interval '1 hour' then source_started_at else c.started_at end
    from sync.checkpoints c where c.walk_id = runs.walk_id)
where id = $1 and outcome is null returning *),${REPORT}`;

const REFUSE = `
with ended as (
  insert into sync.runs (account, stream, mode, list, walk_id, started_at, finished_at, outcome, error, error_code)
  values ($1, $2, $3, $4, gen_random_uuid(), now(), now(), 'failed', $5, $6) returning *
),${REPORT}`;

type Executor = Pick<ClientBase, 'query'> | Pool;

async function finishRun(
  executor: Executor,
  runId: number,
  { counters, total, lookbackMs }: RunTotals,
  { outcome, error, errorCode }: { outcome: string } & Partial<Failure>,
): Promise<void> {
  const { requests, pages, records, inserted, updated, unchanged, tombstoned, rejected, skewed } = counters;
  const counts = [requests, pages, records, inserted, updated, unchanged, tombstoned, rejected, skewed];
  await executor.query(FINISH, [
    runId,
    outcome,
    error ?? null,
    ...counts,
    total ?? null,
    lookbackMs ?? null,
    errorCode ?? null,
  ]);
}

/**
 * Ends a run that did not complete its walk because of a failure or a stop of the process, unless another process has
 * found it dead and ended it. The checkpoint stays for the next run.
 */
export const failRun = async (
  pool: Pool,
  runId: number,
  totals: RunTotals,
  end: Failure & { outcome: 'failed' | 'interrupted' },
): Promise<void> => finishRun(pool, runId, totals, end);

/** Records a run that was refused before it began; leaves a walk in progress unchanged. */
export async function recordRefusal(
  pool: Pool,
  { account, stream }: Lease,
  { mode, list, error, errorCode }: Failure & { mode: Mode; list: string },
): Promise<void> {
  await pool.query(REFUSE, [account, stream, mode, list, error, errorCode]);
}

/** Records the number of records that the walk had to skip: it counts as read to its end, but not as complete. */
export async function noteUnreadable(pool: Pool, runId: number, count: number): Promise<void> {
  await pool.query('update sync.runs set unreadable = $2 where id = $1 and outcome is null', [runId, count]);
}

/** Ends a run that completed its walk, and deletes the walk's checkpoint, both or neither. */
export async function completeRun(
  pool: Pool,
  lease: Lease,
  { runId, checkpoint: { walkId, mode, startedAt } }: OpenRun<unknown>,
  totals: RunTotals,
): Promise<void> {
  await transaction(pool, async (client) => {
    await requireLease(client, lease);
    await finishRun(client, runId, totals, { outcome: 'complete' });
    await closeCheckpoint(client, walkId);
    if (mode === 'full') await resolveUnseen(client, lease, startedAt);
  });
}

/** Deletes a walk that cannot be completed from its position, unless another process continues it by now. */
export async function dropWalk(pool: Pool, lease: Lease, walkId: string): Promise<void> {
  const drop = transaction(pool, async (client) => {
    await requireLease(client, lease);
    await closeCheckpoint(client, walkId);
  });
  await drop.catch((error: unknown) => {
    if (!(error instanceof LeaseLostError)) throw error;
  });
}

/** Returns the number of different records that a run stored; a page that was read twice counts once. */
export async function countRecords(pool: Pool, runId: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`select ${STORED} as count from sync.runs r where r.id = $1`, [
    runId,
  ]);
  return rows[0]?.count ?? 0;
}

// Starts with the interrupted runs, because they are few.
const COUNT_DEATHS = `
select count(*)::int as deaths from sync.runs d
where d.account = $4 and d.stream = $1 and d.outcome = 'interrupted' and d.mode = $2 and d.id < $3 and d.error = '${DIED}' and d.records = 0
  and not exists (
    select from sync.runs r where r.account = $4 and r.stream = $1 and r.mode = $2 and r.id > d.id and r.id < $3
      and (r.error is distinct from '${DIED}' or r.records > 0))`;

/** Returns the number of consecutive runs of the stream in this mode, up to this one, that died without a page. */
export async function countDeaths(
  pool: Pool,
  { account, stream, mode }: Checkpoint<unknown>,
  runId: number,
): Promise<number> {
  const { rows } = await pool.query<{ deaths: number }>(COUNT_DEATHS, [stream, mode, runId, account]);
  return rows[0]?.deaths ?? 0;
}

/**
 * Returns the start of the last walk that read the stream's list to its end, by the source's clock; undefined before
 * the first. A start in the future is ignored: the real one is unknown.
 */
export async function lastWalkStart(
  pool: Pool,
  { account, stream }: StreamRef,
  list: string,
): Promise<string | undefined> {
  const { rows } = await pool.query<{ at: string | null }>(
    `select to_char(max(walk_started_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
     from sync.runs where account = $1 and stream = $2 and list = $3 and (outcome = 'complete' or unreadable > 0)
       and not ${isImplausible('walk_started_at')}`,
    [account, stream, list],
  );
  return rows[0]?.at ?? undefined;
}

/** A walk that read its list to the end. */
interface PastWalk {
  /** Start of the walk, by the source's clock. */
  startedAt: string;
  /** Time since the start, by the clock that shows more. */
  ageMs: number;
  /** Pages of the last incremental walk that read as far back; null if there was none. */
  pages: number | null;
}

const READ_TO_END = `r.account = $1 and r.stream = $2 and r.list = $3 and (r.outcome = 'complete' or r.unreadable > 0)
  and not ${isImplausible('r.walk_started_at')}`;

const LAST_WALKS = `
select to_char(w.walk_started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startedAt",
  (1000 * extract(epoch from now() - least(w.started_at, w.walk_started_at)))::float8 as "ageMs", (
    select r.pages from sync.runs r where ${READ_TO_END} and r.lookback_ms >= l.ms order by r.walk_started_at desc limit 1) as pages
from unnest($4::float8[]) with ordinality as l(ms, place) left join lateral (
  select * from sync.runs r where ${READ_TO_END} and (r.mode = 'full' or r.lookback_ms >= l.ms)
  order by r.walk_started_at desc limit 1) w on true
order by l.place`;

/** Returns the last walk that read a list to its end, or at least that far back, for each look-back in milliseconds. */
export async function lastWalks(
  pool: Pool,
  { account, stream }: StreamRef,
  { list, lookbacks }: { list: string; lookbacks: readonly number[] },
): Promise<(PastWalk | { [Field in keyof PastWalk]: null })[]> {
  const { rows } = await pool.query<PastWalk>(LAST_WALKS, [account, stream, list, lookbacks]);
  return rows;
}

/**
 * Returns true if a full walk of the stream, or the rest of one, was begun after `since` and completed; by the
 * database's clock, in ms since 1970.
 */
export async function wasWalkedSince(pool: Pool, { account, stream }: StreamRef, since: number): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    `select exists (select from sync.runs where account = $3 and stream = $1 and mode = 'full' and outcome = 'complete'
       and started_at > to_timestamp($2::float8 / 1000) and started_at <= now()
       and greatest(started_at, finished_at) > to_timestamp($2::float8 / 1000)) as found`,
    [stream, since, account],
  );
  return rows[0]?.found ?? false;
}
