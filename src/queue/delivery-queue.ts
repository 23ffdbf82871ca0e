import type { Queue } from 'bullmq';
import type { QueueServer } from './queue-server.ts';
import { runQueueWorker, type BackendWorker } from './queue-worker.ts';

/** The queue of hooks' deliveries. */
export interface HookQueue {
  /** Makes an attempt due now. */
  add(id: string): Promise<void>;
  /** Stops after the running attempts. */
  close(): Promise<void>;
}

/** The data of a job that makes one attempt to deliver an event. */
export interface DeliveryJob {
  id: string;
}

export async function openHookQueue(
  queue: Queue,
  worker: BackendWorker,
  server: Pick<QueueServer<unknown>, 'onError' | 'close'>,
  signal: AbortSignal,
): Promise<HookQueue> {
  const stop = await runQueueWorker(worker, server, signal);
  return {
    async add(id) {
      await queue.add('deliver', { id }, { removeOnComplete: true, removeOnFail: true });
    },
    async close() {
      await stop();
      await queue.close();
    },
  };
}
