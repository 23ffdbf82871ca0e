import type { Pool } from 'pg';
import type { ErrorCode } from '../model/error-codes.ts';
import type { Entity } from '../model/entity.ts';
import { isImplausible } from '../database/clock.ts';
import type { MissingScope } from './scopes.ts';
import { LONGEST_WAIT } from './pending-deletions.ts';
import { labelOf, type StreamRef } from '../model/stream.ts';
import { planOf } from '../database/table-plan.ts';

/** The state of one stream, as `status` shows it. Instants are ISO, spans are in milliseconds. */
export interface StreamStatus extends StreamRef {
  lastComplete: { mode: string; startedAt: string; finishedAt: string; records: number } | null;
  /** Age of the state that the last complete walk saw; null before the first. */
  freshnessMs: number | null;
  rows: number;
  deleted: number;
  /** True if these two are estimated from the planner's statistics, as for large tables. */
  isEstimated: boolean;
  rejected: number;
  /**
   * Records that a full walk found missing, too many to believe it alone: they wait for confirmation by another one.
   */
  pendingDeletions: { records: number; foundAt: string } | null;
  /**
   * Rows that the last run to meet any found observed in the future, by a clock that was ahead, and corrected; null
   * after a week.
   */
  skewed: { rows: number; at: string } | null;
  /** A walk that is running, or was interrupted. */
  walk: {
    mode: string;
    startedAt: string;
    isRunning: boolean;
    pages: number;
    records: number;
    total: number | null;
    etaMs: number | null;
  } | null;
  lastError: { at: string; code: ErrorCode | null; message: string } | null;
  /** Scope that the credential lacks to read the stream; absent while none is known to be missing. */
  missingScope?: MissingScope;
}

/**
 * Returns SQL of the time since the last complete walk of a stream began, in seconds. Clocks that differ a little make
 * no age negative.
 */
const walkAge = (account: string, stream: string) => `(
  select extract(epoch from now() - least(max(walk_started_at), case when max(walk_started_at) > now() then now() end))
  from sync.runs r where r.account = ${account} and r.stream = ${stream} and outcome = 'complete' and not ${isImplausible('walk_started_at')})`;

const STATUS = `
select
  (select json_build_object('mode', mode, 'startedAt', coalesce(walk_started_at, started_at), 'finishedAt', finished_at, 'records', records)
   from sync.runs where account = $2 and stream = $1 and outcome = 'complete' order by id desc limit 1) as "lastComplete",
  (${walkAge('$2', '$1')} * 1000)::float8 as "freshnessMs",
  (select json_build_object('rows', skewed, 'at', finished_at) from sync.runs
   where account = $2 and stream = $1 and skewed > 0 and started_at > now() - interval '7 days' order by id desc limit 1) as "skewed",
  (select count(*)::int from sync.rejected_records where account = $2 and stream = $1 and resolved_at is null) as rejected,
  (select json_build_object('records', cardinality(ids), 'foundAt', found_at) from sync.pending_deletions
   where account = $2 and stream = $1 and found_at > now() - interval '${LONGEST_WAIT}' order by found_at desc limit 1) as "pendingDeletions",
  (select json_build_object('mode', c.mode, 'startedAt', c.started_at, 'pages', c.pages, 'records', coalesce(r.records, 0),
     'isRunning', r.id is not null and l.expires_at > now(), 'total', r.total,
     'elapsedMs', extract(epoch from now() - r.started_at) * 1000)
   from sync.checkpoints c
   left join sync.walk_leases l on (l.account, l.stream) = (c.account, c.stream)
   left join lateral (select * from sync.runs r where r.walk_id = c.walk_id and r.outcome is null order by id desc limit 1) r on true
   where c.account = $2 and c.stream = $1 order by c.updated_at desc limit 1) as walk,
  (select json_build_object('at', finished_at, 'code', error_code, 'message', error) from (
     select id, finished_at, error, error_code from sync.runs where account = $2 and stream = $1 and outcome = 'failed' order by id desc limit 1) r
   where not exists (
     select from sync.runs later where later.account = $2 and later.stream = $1 and later.outcome = 'complete' and later.id > r.id)) as "lastError"`;

type Found = Omit<StreamStatus, 'account' | 'stream' | keyof RowCounts | 'walk'> & {
  walk: (Omit<NonNullable<StreamStatus['walk']>, 'etaMs'> & { elapsedMs: number | null }) | null;
};

/** Reads the state of a stream from the bookkeeping tables. */
export async function statusOf(
  pool: Pool,
  ref: StreamRef,
  entity: Entity,
  countRows: (pool: Pool, account: string, entity: Entity) => Promise<RowCounts> = estimateRowsOf,
): Promise<StreamStatus> {
  const { rows } = await pool.query<Found>(STATUS, [ref.stream, ref.account]);
  const found = rows[0];
  if (!found) throw new Error('the status query answered nothing');
  return { ...ref, ...found, ...(await countRows(pool, ref.account, entity)), walk: found.walk && withEta(found.walk) };
}

/** Returns the streams of each account that are turned on, or were walked before. */
export async function streamsToShow<T>(
  pool: Pool,
  streams: Readonly<Record<string, T>>,
  turnedOn: readonly StreamRef[],
): Promise<[StreamRef, T][]> {
  const { rows } = await pool.query<StreamRef>('select account, stream from sync.walk_leases order by 1, 2');
  const refs = new Map([...turnedOn, ...rows].map((ref) => [labelOf(ref), ref]));
  return Object.entries(streams).flatMap(([name, value]) =>
    [...refs.values()].filter(({ stream }) => stream === name).map((ref): [StreamRef, T] => [ref, value]),
  );
}

/** Number of records in a table. */
export type RowCounts = Pick<StreamStatus, 'rows' | 'deleted' | 'isEstimated'>;

/** Counts the records of an account in a table; reads all of it. */
export async function countRowsOf(pool: Pool, account: string, { table }: Entity): Promise<RowCounts> {
  const { rows } = await pool.query<Omit<RowCounts, 'isEstimated'>>(
    `select count(*) filter (where deleted_at is null)::int as rows, count(deleted_at)::int as deleted from ${planOf(table).sqlName} where account = $1`,
    [account],
  );
  return { rows: 0, deleted: 0, ...rows[0], isEstimated: false };
}

/** Tables are counted if the planner expects fewer rows than this. */
const FEW_ROWS = 20_000;

/**
 * Estimates the records of an account in a table from the planner's size and statistics; counts those of a small table.
 */
export async function estimateRowsOf(pool: Pool, account: string, entity: Entity): Promise<RowCounts> {
  const from = `select from ${planOf(entity.table).sqlName}`;
  if ((await plannedRows(pool, from)) < FEW_ROWS) return countRowsOf(pool, account, entity);
  const all = await plannedRows(pool, `${from} where account = $1`, account);
  const rows = await plannedRows(pool, `${from} where account = $1 and deleted_at is null`, account);
  return { rows, deleted: Math.max(0, all - rows), isEstimated: true };
}

/** Returns the number of rows that the planner expects of a query. */
async function plannedRows(pool: Pool, query: string, ...values: string[]): Promise<number> {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) ${query}`,
    values,
  );
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

/** Age of the stored data of a stream, in seconds. */
export interface Freshness extends StreamRef {
  age: number;
}

/** Returns the age of each stream's stored data; streams that were never walked completely are missing. */
export async function freshness(pool: Pool): Promise<Freshness[]> {
  const { rows } = await pool.query<Freshness>(
    `select * from (select account, stream, ${walkAge('l.account', 'l.stream')}::float8 as age from sync.walk_leases l) walked
     where age is not null order by 1, 2`,
  );
  return rows;
}

/** A run as the status page lists it. */
export interface RecentRun extends StreamRef {
  id: number;
  mode: string;
  startedAt: string;
  finishedAt: string | null;
  /** Null while the run is in progress. */
  outcome: string | null;
  requests: number;
  records: number;
  inserted: number;
  updated: number;
  tombstoned: number;
  rejected: number;
  error: string | null;
  errorCode: ErrorCode | null;
}

/** Returns the last runs, newest first. */
export async function recentRuns(pool: Pool, most: number): Promise<RecentRun[]> {
  const { rows } = await pool.query<{ run: RecentRun }>(
    `select json_build_object('id', id, 'account', account, 'stream', stream, 'mode', mode, 'startedAt', started_at, 'finishedAt', finished_at,
       'outcome', outcome, 'requests', requests, 'records', records, 'inserted', inserted, 'updated', updated,
       'tombstoned', tombstoned, 'rejected', rejected, 'error', error, 'errorCode', error_code) as run
     from sync.runs order by id desc limit $1`,
    [most],
  );
  return rows.map(({ run }) => run);
}

/** A rejected record as the status page lists it. */
export interface RecentRejection extends StreamRef {
  recordId: string | null;
  reason: string;
  firstSeenAt: string;
}

/** Returns the unresolved records that were rejected last, newest first. */
export async function recentRejections(pool: Pool, most: number): Promise<RecentRejection[]> {
  const { rows } = await pool.query<{ rejection: RecentRejection }>(
    `select json_build_object('account', account, 'stream', stream, 'recordId', record_id, 'reason', reason, 'firstSeenAt', first_seen_at) as rejection
     from sync.rejected_records where resolved_at is null order by first_seen_at desc limit $1`,
    [most],
  );
  return rows.map(({ rejection }) => rejection);
}

/**
 * Number of unresolved rejected records; the stream is the source for records that its webhooks brought and that belong
 * to no stream.
 */
export interface Rejections extends StreamRef {
  rejected: number;
}

/** Returns unresolved rejected records outside the streams that are shown. */
export async function otherRejections(pool: Pool, shown: readonly StreamRef[]): Promise<Rejections[]> {
  const { rows } = await pool.query<Rejections>(
    `select account, stream, count(*)::int as rejected from sync.rejected_records
     where resolved_at is null and (account, stream) not in (select * from unnest($1::text[], $2::text[]))
     group by 1, 2 order by 1, 2`,
    [shown.map(({ account }) => account), shown.map(({ stream }) => stream)],
  );
  return rows;
}

/** Webhooks of an account in the last 24 hours. */
export interface WebhookStatus {
  source: string;
  account: string;
  received: number;
  rejected: number;
  lastReceivedAt: string;
}

/** Returns the number of webhooks that each account's source sent in the last 24 hours. */
export async function webhookStatus(pool: Pool): Promise<WebhookStatus[]> {
  const { rows } = await pool.query<{ status: WebhookStatus }>(
    `select json_build_object('source', source, 'account', account, 'received', count(*), 'rejected', count(*) filter (where outcome = 'rejected'),
       'lastReceivedAt', max(received_at)) as status
     from sync.webhook_events where received_at > now() - interval '24 hours' group by source, account order by source, account`,
  );
  return rows.map(({ status }) => status);
}

function withEta({ elapsedMs, ...walk }: NonNullable<Found['walk']>): StreamStatus['walk'] {
  const remaining = walk.total === null ? null : Math.max(0, walk.total - walk.records);
  const canTell =
    walk.isRunning && walk.mode === 'full' && remaining !== null && elapsedMs !== null && walk.records > 0;
  return { ...walk, etaMs: canTell ? Math.round((elapsedMs / walk.records) * remaining) : null };
}
