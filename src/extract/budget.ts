import { setTimeout as pause } from 'node:timers/promises';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How many requests a credential may send. */
export interface Budget {
  /** Waits until one more request may be sent. */
  take(signal: AbortSignal): Promise<void>;
  /** Lets nobody send a request for this long, as a 429 demands. */
  pause(ms: number): Promise<void>;
}

const KEY = 'requests';

/**
 * Slices of a tenth of a minute: whatever 60 seconds the provider counts over, they touch at most eleven slices, so that
 * never more than 1.1 times the budget falls into them.
 */
const SLICES_PER_MINUTE = 10;

/** A budget for one process. A small one has longer slices, so that each holds at least one request. */
export function memoryBudget(requestsPerMinute: number): Budget {
  const points = Math.max(1, Math.floor(requestsPerMinute / SLICES_PER_MINUTE));
  const limiter = new RateLimiterMemory({ points, duration: (60 * points) / requestsPerMinute });
  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const wait = await limiter.consume(KEY).then(
          () => undefined,
          (refusal: unknown) => {
            if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
            throw refusal;
          },
        );
        if (wait === undefined) return;
        await pause(Math.max(wait, 1), undefined, { signal });
      }
    },
    async pause(ms) {
      if (ms > 0) await limiter.block(KEY, ms / 1000); // the limiter takes 0 for ever
    },
  };
}
