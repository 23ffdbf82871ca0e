import type { Queue } from 'bullmq';
import type { StoredSchedule } from './job.ts';

/** The server of the queue, with BullMQ's connection to it. */
export interface QueueServer<C> {
  backend: 'redis' | 'postgres';
  connection: C;
  /** Tries a write that leaves nothing behind; `toKey` names keys of the queue. */
  probe: (toKey: (type: string) => string) => Promise<unknown>;
  /** Reason why the server does not respond, if it gave one a moment ago. */
  staleness: () => Error | undefined;
  /** Aborted when the server refuses us permanently. */
  refused: AbortSignal;
  /** Logs an error of the connection. */
  onError: (error: Error) => void;
  /** Returns the schedules of a queue by id. */
  schedules: (queue: Queue) => Promise<Map<string, StoredSchedule>>;
  /** Changes a schedule while no other worker does, where BullMQ needs that. */
  exclusively: (change: () => Promise<void>) => Promise<void>;
  /** Removes a completed or failed job of a schedule. */
  removeFinished: (queue: Queue, id: string) => Promise<unknown>;
  close: () => Promise<void>;
}
