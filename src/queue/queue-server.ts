import type { Queue } from 'bullmq';

/** What the queue is on, and the connection that BullMQ takes. */
export interface QueueServer<C> {
  backend: 'redis' | 'postgres';
  connection: C;
  /** Tries a write that leaves nothing; `toKey` names keys of the queue's own. */
  probe: (toKey: (type: string) => string) => Promise<unknown>;
  /** Why it does not answer, where it said so a moment ago. */
  staleness: () => Error | undefined;
  /** Aborted when it will never let us in. */
  refused: AbortSignal;
  /** Called with what is wrong with the connection; logs it. */
  onError: (error: Error) => void;
  /** Removes a job of a schedule that is completed or failed. */
  removeFinished: (queue: Queue, id: string) => Promise<unknown>;
  close: () => Promise<void>;
}
