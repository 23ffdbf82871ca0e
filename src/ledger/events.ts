import type { Pool } from 'pg';
import type { StreamRef } from '../model/stream.ts';

/** The channel on which Postgres notifies listeners of runs. */
export const CHANNEL = 'checkout_sync';

/** Returns SQL of an event as listeners and the receiver of hooks get it, from SQL of its type and data. */
export const eventOf = (type: string, data: string) =>
  `json_build_object('type', ${type}, 'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'data', ${data})`;

/**
 * Returns a statement that queues the events of a relation with the columns `type` and `event`, in the transaction of
 * the changes they report. Queues nothing while no process has SYNC_HOOK_URL.
 */
export const queueEvents = (relation: string) =>
  `insert into sync.hook_deliveries (id, type, event, created_at, next_attempt_at)
  select gen_random_uuid(), type, event, now(), now() from ${relation} where exists (select from sync.hook_receivers)`;

/** Returns SQL that restricts an alias `d` of `sync.hook_deliveries` to events about a stream, given as SQL. */
const about = (account: string, stream: string) =>
  `d.event #>> '{data,account}' = ${account} and d.event #>> '{data,stream}' = ${stream}`;

const NEW_FIELDS = `
with new as (
  insert into sync.unknown_fields (account, stream, field, first_seen_at)
  select $1, $2, field, now() from unnest($3::text[]) as field
  where not exists (select from sync.unknown_fields u where (u.account, u.stream, u.field) = ($1, $2, field))
  order by field on conflict do nothing returning account, stream, field
),
events as (
  select 'drift.new_field' as type, ${eventOf("'drift.new_field'", "json_build_object('account', account, 'stream', stream, 'field', field)")} as event
  from new
)
${queueEvents('events')}`;

/** Records fields that have no column, and queues an event for each new one. */
export async function recordNewFields(
  pool: Pool,
  { account, stream }: StreamRef,
  fields: readonly string[],
): Promise<void> {
  await pool.query(NEW_FIELDS, [account, stream, fields]);
}

// One event per outage: the next one only after a walk of the stream completed since the last event.
const STALE_STREAMS = `
with stale as (
  select w.account, w.stream, (select r.finished_at from sync.runs r
    where (r.account, r.stream, r.outcome) = (w.account, w.stream, 'complete') order by r.id desc limit 1) as completed_at
  from unnest($1::text[], $2::text[]) as w(account, stream)
),
events as (
  select 'stream.stale' as type, ${eventOf(
    "'stream.stale'",
    "json_build_object('account', account, 'stream', stream, 'lastCompleteAt', completed_at)",
  )} as event
  from stale s where not exists (
    select from sync.hook_deliveries d where d.type = 'stream.stale' and ${about('s.account', 's.stream')}
      and d.created_at > coalesce(s.completed_at, '-infinity'))
)
${queueEvents('events')}`;

/** Queues an event for each of these streams, unless the same outage was reported before. */
export async function recordStale(pool: Pool, stale: readonly StreamRef[]): Promise<void> {
  if (stale.length === 0) return;
  const streams = new Map(stale.map((ref) => [`${ref.account} ${ref.stream}`, ref]));
  const refs = [...streams.values()];
  await pool.query(STALE_STREAMS, [refs.map(({ account }) => account), refs.map(({ stream }) => stream)]);
}
