/** Gathers items that arrive one by one into batches. */
export interface Inbox<T, R> {
  /** Adds an item, and returns its result. Rejects if too many items are waiting, or if the work fails. */
  add(item: T): Promise<R>;
}

const MOST_IN_BATCH = 100;
const MOST_WAITING = 2000;

interface Waiting<T, R> {
  item: T;
  done: (result: R) => void;
  fail: (error: unknown) => void;
}

/**
 * Processes one batch at a time. Items that arrive meanwhile form the next batch: a single item does not wait, and a
 * flood costs few transactions. `work` returns the results in the order of the items. If it fails because of an item,
 * as `isOfItem` decides, the items are processed one by one; otherwise the whole batch fails.
 */
export function createInbox<T, R>(
  work: (items: T[]) => Promise<R[]>,
  isOfItem: (error: unknown) => boolean,
): Inbox<T, R> {
  const waiting: Waiting<T, R>[] = [];
  let isWorking = false;

  const workOff = async (batch: Waiting<T, R>[]) => {
    try {
      const results = await work(batch.map(({ item }) => item));
      batch.forEach(({ done, fail }, index) => {
        const result = results[index];
        if (result === undefined) fail(new Error('an item has no result'));
        else done(result);
      });
    } catch (error) {
      if (batch.length > 1 && isOfItem(error)) for (const item of batch) await workOff([item]);
      else for (const { fail } of batch) fail(error);
    }
  };

  const drain = async () => {
    if (isWorking) return;
    isWorking = true;
    while (waiting.length > 0) await workOff(waiting.splice(0, MOST_IN_BATCH));
    isWorking = false;
  };

  return {
    add: (item) =>
      new Promise<R>((done, fail) => {
        if (waiting.length >= MOST_WAITING) return fail(new Error('too many wait already'));
        waiting.push({ item, done, fail });
        void drain(); // never rejects: each item has its own way to fail
      }),
  };
}
