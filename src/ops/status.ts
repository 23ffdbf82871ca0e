import { explain } from '../errors.ts';
import type { Database } from '../load/database.ts';
import {
  countRowsOf,
  recentRejections,
  recentRuns,
  statusOf,
  webhookStatus,
  type RecentRejection,
  type RecentRun,
  type RowCounts,
  type StreamStatus,
  type WebhookStatus,
} from '../load/status.ts';
import type { DueQueue } from '../queue/queue.ts';
import type { Entity } from '../stream.ts';

/** What the status page shows. Instants are ISO. */
export interface ServiceStatus {
  at: string;
  queue: { backend: string; counts: Record<string, number> } | { backend: string; error: string };
  streams: StreamStatus[];
  runs: RecentRun[];
  rejections: RecentRejection[];
  webhooks: WebhookStatus[];
}

const LISTED = 20;
const RECOUNT_MS = 30_000;

/** Counting reads a whole table: what was counted lately is good enough for a page that asks every second. */
function rowCounter(): typeof countRowsOf {
  const counted = new Map<Entity, { at: number; rows: Promise<RowCounts> }>();
  return (pool, entity) => {
    const known = counted.get(entity);
    if (known && Date.now() - known.at < RECOUNT_MS) return known.rows;
    const rows = countRowsOf(pool, entity);
    counted.set(entity, { at: Date.now(), rows });
    rows.catch(() => counted.delete(entity)); // whoever asked gets the error; the next one counts again
    return rows;
  };
}

/** Reads the status of the service; streams by name with their entities. */
export function statusReader(
  { pool }: Database,
  queue: DueQueue,
  streams: Readonly<Record<string, Entity>>,
): () => Promise<ServiceStatus> {
  const countRows = rowCounter();
  const { backend } = queue;
  return async () => ({
    at: new Date().toISOString(),
    queue: await queue.counts().then(
      (counts) => ({ backend, counts }),
      (error: unknown) => ({ backend, error: explain(error) }),
    ),
    streams: await Promise.all(
      Object.entries(streams).map(([name, entity]) => statusOf(pool, name, entity, countRows)),
    ),
    runs: await recentRuns(pool, LISTED),
    rejections: await recentRejections(pool, LISTED),
    webhooks: await webhookStatus(pool),
  });
}
