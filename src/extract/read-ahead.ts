/** The pages to read, both ends included, and how many of them concurrently. */
export interface PageRange {
  first: number;
  last: number;
  concurrency: number;
}

/**
 * Calls `read` for `first` to `last`, up to `concurrency` at a time, and yields the results in order. When one fails or the
 * consumer stops, the others are aborted.
 */
export async function* readAhead<T>(
  { first, last, concurrency }: PageRange,
  read: (page: number, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const started: Promise<T>[] = [];
  try {
    for (let page = first; page <= last; page++) {
      while (started.length < concurrency && page + started.length <= last) {
        const reading = read(page + started.length, either);
        reading.catch(() => undefined); // awaited below, in its turn; until then it must not count as unhandled
        started.push(reading);
      }
      const next = started.shift();
      if (next) yield await next;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(started);
  }
}
