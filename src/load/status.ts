import type { Pool } from 'pg';
import type { Entity } from '../stream.ts';
import { planOf } from './table-plan.ts';

/** The state of one stream, as `status` shows it. Instants are ISO, spans are in milliseconds. */
export interface StreamStatus {
  stream: string;
  lastComplete: { mode: string; startedAt: string; finishedAt: string; records: number } | null;
  /** Age of what the last complete walk saw; null before the first. */
  freshnessMs: number | null;
  rows: number;
  deleted: number;
  rejected: number;
  /** A walk that goes on now, or was interrupted. */
  walk: {
    mode: string;
    startedAt: string;
    isRunning: boolean;
    pages: number;
    records: number;
    total: number | null;
    etaMs: number | null;
  } | null;
  lastError: { at: string; message: string } | null;
}

const STATUS = `
select
  (select json_build_object('mode', mode, 'startedAt', walk_started_at, 'finishedAt', finished_at, 'records', records)
   from sync.runs where stream = $1 and outcome = 'complete' order by finished_at desc limit 1) as "lastComplete",
  (select (extract(epoch from now() - max(walk_started_at)) * 1000)::float8 from sync.runs where stream = $1 and outcome = 'complete') as "freshnessMs",
  (select count(*)::int from sync.rejected_records where stream = $1) as rejected,
  (select json_build_object('mode', c.mode, 'startedAt', c.started_at, 'pages', c.pages, 'records', coalesce(r.records, 0),
     'isRunning', r.id is not null and l.expires_at > now(), 'total', r.total,
     'elapsedMs', extract(epoch from now() - r.started_at) * 1000)
   from sync.checkpoints c
   left join sync.leases l on l.stream = c.stream
   left join lateral (select * from sync.runs r where r.walk_id = c.walk_id and r.outcome is null order by id desc limit 1) r on true
   where c.stream = $1 order by c.updated_at desc limit 1) as walk,
  (select json_build_object('at', finished_at, 'message', error) from sync.runs r
   where stream = $1 and outcome = 'failed' and not exists (
     select from sync.runs later where later.stream = $1 and later.outcome = 'complete' and later.id > r.id)
   order by id desc limit 1) as "lastError"`;

type Found = Omit<StreamStatus, 'stream' | 'rows' | 'deleted' | 'walk'> & {
  walk: (Omit<NonNullable<StreamStatus['walk']>, 'etaMs'> & { elapsedMs: number | null }) | null;
};

/** Reads the state of a stream from the bookkeeping tables. */
export async function statusOf(pool: Pool, stream: string, entity: Entity): Promise<StreamStatus> {
  const { rows } = await pool.query<Found>(STATUS, [stream]);
  const counted = await pool.query<{ rows: number; deleted: number }>(
    `select count(*) filter (where deleted_at is null)::int as rows, count(deleted_at)::int as deleted from ${planOf(entity.table).sqlName}`,
  );
  const [found, counts] = [rows[0], counted.rows[0]];
  if (!found || !counts) throw new Error('the status query answered nothing');
  return { stream, ...found, ...counts, walk: found.walk && withEta(found.walk) };
}

function withEta({ elapsedMs, ...walk }: NonNullable<Found['walk']>): StreamStatus['walk'] {
  const remaining = walk.total === null ? null : Math.max(0, walk.total - walk.records);
  const canTell =
    walk.isRunning && walk.mode === 'full' && remaining !== null && elapsedMs !== null && walk.records > 0;
  return { ...walk, etaMs: canTell ? Math.round((elapsedMs / walk.records) * remaining) : null };
}
