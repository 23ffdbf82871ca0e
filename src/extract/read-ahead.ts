/** The pages to read, both ends included, and how many of them at most are read or wait at the same time. */
export interface PageRange {
  first: number;
  last: number;
  concurrency: number;
}

/** While so many results wait for the consumer, nothing more is read: they would grow old in the garbage collector's young generation. */
const ENOUGH_WAITING = 3;

/**
 * Calls `read` for `first` to `last` and yields the results in order. Each result that is taken starts two reads, up to
 * `concurrency`, unless enough wait already: a fast source is read a few pages ahead, a slow one as many as are allowed. When one
 * fails or the consumer stops, the others are aborted.
 */
export async function* readAhead<T>(
  { first, last, concurrency }: PageRange,
  read: (page: number, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const started: Promise<T>[] = [];
  let waiting = 0;
  const start = (page: number) => {
    const reading = read(page, either);
    reading.then(
      () => (waiting += 1),
      () => undefined, // awaited below, in its turn; until then it must not count as unhandled
    );
    started.push(reading);
  };
  try {
    for (let page = first; page <= last; page++) {
      const wanted = waiting < ENOUGH_WAITING ? started.length + 2 : Math.max(started.length, 1);
      while (started.length < Math.min(wanted, concurrency, last - page + 1)) start(page + started.length);
      const next = started.shift();
      if (!next) return;
      const result = await next;
      waiting -= 1;
      yield result;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(started);
  }
}
