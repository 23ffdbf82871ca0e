import { ClosedError } from '../model/errors.ts';

/** Work that is done now. */
export interface Work<C> {
  /** Does the work; aborted by the caller's signal, and at the end. Throws after the end. */
  run: <T>(work: (context: C, signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** Aborts all work, and waits for it. */
  close: () => Promise<void>;
}

/** Counts work on what `open` returns, so that it can be ended. */
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
