import { Queue } from 'bullmq';
import type { QueueServer } from './queue-server.ts';

/** Gives the job of a dead worker to another within a minute, however often that happens. */
export const JOB_LOCK = { lockDuration: 30_000, stalledInterval: 15_000, maxStalledCount: 1000 };

/** Returns BullMQ's queue as the type of one on Redis, whatever its backend. */
export function anyBackend(queue: unknown): Queue {
  if (!(queue instanceof Queue)) throw new Error('BullMQ returned something that is not a queue');
  return queue;
}

/** The used part of BullMQ's worker, whose type depends on the backend. */
export interface BackendWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts a worker once the queue responds; one that fails to connect is closed. The returned function closes it after the running
 * jobs. Aborted before it runs, the queue's server is closed as well, because a worker that waits for Redis ends only with it.
 */
export async function runQueueWorker(
  worker: BackendWorker,
  { onError, close }: Pick<QueueServer<unknown>, 'onError' | 'close'>,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  worker.on('error', onError);
  // BullMQ on Postgres keeps a first connection that failed: its worker would loop without a pause, and cannot be used again.
  await orAborted(worker.waitUntilReady(), signal).catch(async (error: unknown) => {
    const closed = signal.aborted ? close() : undefined;
    await worker.close();
    await closed;
    throw error;
  });
  const running = worker.run().catch(onError);
  return async () => {
    await worker.close();
    await running;
  };
}

/** Returns the result. Throws the signal's reason when that comes first. */
export async function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, result]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
