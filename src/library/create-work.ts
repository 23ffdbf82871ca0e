import { ClosedError } from '../model/errors.ts';

/** Work in progress. */
export interface Work<C> {
  /** Does the work, which the caller's signal or `close` aborts. Throws after `close`. */
  run: <T>(work: (context: C, signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** Aborts all work, and waits for it to end. */
  close: () => Promise<void>;
}

/** Tracks work on the result of `open`, which allows it to be ended. */
export function createWork<C>(open: () => Promise<C>): Work<C> {
  const closing = new AbortController();
  const current = new Set<Promise<unknown>>();
  const run: Work<C>['run'] = async (work, signal) => {
    if (closing.signal.aborted) throw new ClosedError('checkout-sync was closed: call createSync again');
    const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    const done = open().then((context) => work(context, either));
    current.add(done);
    return done.finally(() => current.delete(done));
  };
  const close = async () => {
    closing.abort(new ClosedError('checkout-sync was closed: the next run continues from the last stored page'));
    await Promise.allSettled(current);
  };
  return { run, close };
}
