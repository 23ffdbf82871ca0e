import type { ClientBase, Pool } from 'pg';
import { fine, problem, skipped, type CheckResult } from '../model/check.ts';
import { isAhead } from '../database/clock.ts';
import { deleteSliced } from './delete-sliced.ts';

/** An event whose delivery is due. */
export interface HookDelivery {
  /** Identical at each attempt. */
  id: string;
  /** The body, identical at each attempt. */
  body: string;
  /** Number of earlier attempts. */
  attempts: number;
}

/** Starts queueing events; called by a process that has SYNC_HOOK_URL. */
export async function turnHookOn(pool: Pool): Promise<void> {
  await pool.query('insert into sync.hook_receivers (is_on, turned_on_at) values (true, now()) on conflict do nothing');
}

/** Stops queueing events, and discards those that wait. Returns the number discarded. */
export async function turnHookOff(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query('delete from sync.hook_receivers');
  if (rowCount === 0) return 0;
  const given = await pool.query(
    `update sync.hook_deliveries set next_attempt_at = null, given_up_at = now(), last_error = 'SYNC_HOOK_URL was removed'
     where next_attempt_at is not null`,
  );
  return given.rowCount ?? 0;
}

/** Time for which a claimed delivery belongs to the process that claimed it. */
const CLAIMED_FOR = '2 minutes';

// An attempt that lies further ahead than any retry was scheduled by a clock that was ahead.
const CLAIM = `
with due as (
  select id from sync.hook_deliveries where next_attempt_at <= now() or next_attempt_at > now() + interval '2 days'
  order by created_at limit $1 for update skip locked
)
update sync.hook_deliveries d set next_attempt_at = now() + interval '${CLAIMED_FOR}' from due where d.id = due.id returning d.id`;

/** Claims due deliveries, the oldest first: no other process gets them for two minutes. Returns their ids. */
export async function claimDeliveries(pool: Pool, most: number): Promise<string[]> {
  return (await pool.query<{ id: string }>(CLAIM, [most])).rows.map(({ id }) => id);
}

/** Returns a delivery; undefined if it was delivered or discarded meanwhile. */
export async function openDelivery(pool: Pool, id: string): Promise<HookDelivery | undefined> {
  const { rows } = await pool.query<HookDelivery>(
    'select id, event::text as body, attempts from sync.hook_deliveries where id = $1 and next_attempt_at is not null',
    [id],
  );
  return rows[0];
}

// A receiver that is back gets every waiting event now, not at the end of a long backoff.
const DELIVERED = `
with done as (
  update sync.hook_deliveries set next_attempt_at = null, delivered_at = now(), attempts = attempts + 1, last_status = $2, last_error = null
  where id = $1
)
update sync.hook_deliveries set next_attempt_at = now()
where id <> $1 and attempts > 0 and next_attempt_at > now() + interval '${CLAIMED_FOR}'`;

/** Records that the receiver accepted an event. */
export async function recordDelivered(pool: Pool, id: string, status: number): Promise<void> {
  await pool.query(DELIVERED, [id, status]);
}

/** A failed attempt; `status` is undefined without a response. */
export interface FailedAttempt {
  status: number | undefined;
  error: string;
  /** Time until the next attempt, in ms; undefined if there is none. */
  retryInMs: number | undefined;
}

/** Records that an attempt failed. */
export async function recordFailedAttempt(pool: Pool, id: string, failed: FailedAttempt): Promise<void> {
  await pool.query(
    `update sync.hook_deliveries set attempts = attempts + 1, last_status = $2, last_error = $3,
       next_attempt_at = now() + $4::float8 * interval '1 ms', given_up_at = case when $4::float8 is null then now() end
     where id = $1 and next_attempt_at is not null`,
    [id, failed.status ?? null, failed.error, failed.retryInMs ?? null],
  );
}

const UNDELIVERED = `
select count(*) filter (where next_attempt_at is not null)::int as waiting, count(given_up_at)::int as "givenUp",
  (array_agg(last_error order by created_at desc) filter (where last_error is not null))[1] as reason
from sync.hook_deliveries
where (next_attempt_at is not null and created_at < now() - interval '5 minutes') or given_up_at > now() - interval '7 days'`;

/**
 * Checks that the receiver of hooks accepts events: none has waited for more than five minutes, or was discarded within
 * the last week.
 */
export async function checkHook(client: Pick<ClientBase, 'query'>): Promise<CheckResult> {
  const check = 'hook.deliveries';
  const { rows: tables } = await client.query(`select where to_regclass('sync.hook_deliveries') is not null`);
  if (tables.length === 0) return skipped(check, 'the table does not exist yet');
  const { rows } = await client.query<{ waiting: number; givenUp: number; reason: string | null }>(UNDELIVERED);
  const { waiting, givenUp, reason } = rows[0] ?? { waiting: 0, givenUp: 0, reason: null };
  if (waiting + givenUp === 0) return fine(check, 'none waits');
  return problem(check, {
    code: 'CS7301',
    found: `${waiting} events wait for SYNC_HOOK_URL and ${givenUp} were given up (${reason ?? 'no attempt was made'})`,
    advice: 'make the receiver respond with 2xx, and keep a worker running; sync.hook_deliveries shows the attempts',
  });
}

const KEPT_FOR = '14 days';

/** Deletes events that were delivered or discarded long ago. Returns their number. */
export const pruneDeliveries = (pool: Pool): Promise<number> =>
  deleteSliced(
    pool,
    'sync.hook_deliveries',
    `r.next_attempt_at is null and (r.created_at < now() - interval '${KEPT_FOR}' or ${isAhead('r.created_at')})`,
  );
