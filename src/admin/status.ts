import { errorCodeOf, type Failure } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Database } from '../database/database.ts';
import {
  estimateRowsOf,
  otherRejections,
  recentRejections,
  recentRuns,
  statusOf,
  streamsToShow,
  webhookStatus,
  type RecentRejection,
  type RecentRun,
  type Rejections,
  type RowCounts,
  type StreamStatus,
  type WebhookStatus,
} from '../ledger/status.ts';
import { missingScopes, withMissingScope } from '../ledger/scopes.ts';
import { intervalOf, type ScheduledWalk } from '../model/schedule.ts';
import type { QueueState } from './queue-state.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { planOf } from '../database/table-plan.ts';

/** The content of the status page. Instants are ISO; `staleAfterMs` is null if nothing is scheduled. */
export interface ServiceStatus {
  at: string;
  queue: { backend: string; counts: Record<string, number> } | ({ backend: string } & Failure);
  streams: (StreamStatus & { staleAfterMs: number | null })[];
  runs: RecentRun[];
  rejections: RecentRejection[];
  otherRejections: Rejections[];
  webhooks: WebhookStatus[];
}

const LISTED = 20;
const RECOUNT_MS = 30_000;

/**
 * Creates a function that estimates the rows of a table, and reuses the result for a while: the page asks every second.
 */
function rowCounter(): typeof estimateRowsOf {
  const counted = new Map<string, { at: number; rows: Promise<RowCounts> }>();
  return (pool, account, entity) => {
    const key = `${account} ${planOf(entity.table).name}`;
    const known = counted.get(key);
    if (known && performance.now() - known.at < RECOUNT_MS) return known.rows;
    const rows = estimateRowsOf(pool, account, entity);
    counted.set(key, { at: performance.now(), rows });
    rows.catch(() => counted.delete(key)); // this caller gets the error; the next one counts again
    return rows;
  };
}

/** Number of intervals of its most frequent schedule without a complete walk after which a stream is stale. */
const STALE_INTERVALS = 3;

function staleAfterMs(scheduled: readonly ScheduledWalk[], ref: StreamRef): number | null {
  const isOf = (walk: StreamRef) => labelOf(walk) === labelOf(ref);
  const intervals = scheduled.filter(isOf).map(({ schedule }) => intervalOf(schedule));
  return intervals.length > 0 ? STALE_INTERVALS * Math.min(...intervals) : null;
}

/** The streams of the status page. */
export interface ShownStreams {
  /** The entity of every stream, by the stream's name. */
  streams: Readonly<Record<string, Entity>>;
  sources: readonly Source[];
  scheduled: readonly ScheduledWalk[];
}

/** Creates a function that reads the status of the service. */
export function statusReader(
  { pool }: Database,
  queue: QueueState,
  { streams, sources, scheduled }: ShownStreams,
): () => Promise<ServiceStatus> {
  const countRows = rowCounter();
  const { backend } = queue;
  const turnedOn = sources.flatMap((source) => source.streams.map(refOf));
  const statusesOf = async () => {
    const missing = await missingScopes(pool, sources);
    return Promise.all(
      (await streamsToShow(pool, streams, turnedOn)).map(async ([ref, entity]) => ({
        ...withMissingScope(await statusOf(pool, ref, entity, countRows), missing),
        staleAfterMs: staleAfterMs(scheduled, ref),
      })),
    );
  };
  return async () => {
    const shown = await statusesOf();
    return {
      at: new Date().toISOString(),
      queue: await queue.counts().then(
        (counts) => ({ backend, counts }),
        (error: unknown) => ({ backend, error: formatError(error), errorCode: errorCodeOf(error, 'CS3101') }),
      ),
      streams: shown,
      runs: await recentRuns(pool, LISTED),
      rejections: await recentRejections(pool, LISTED),
      otherRejections: await otherRejections(pool, shown),
      webhooks: await webhookStatus(pool),
    };
  };
}
