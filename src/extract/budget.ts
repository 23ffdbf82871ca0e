import { setTimeout as pause } from 'node:timers/promises';
import { RetryableError } from '../model/errors.ts';

/** How many requests a credential may send. */
export interface Budget {
  /** Waits until one more request may be sent. */
  take(signal: AbortSignal): Promise<void>;
  /** Lets nobody send a request for this long, as a 429 demands. */
  pause(ms: number): Promise<void>;
}

/** Counts requests in slices of time, for one process or for many. */
interface Limiter {
  /** Counts one request, and returns 0; or returns how many milliseconds to wait before the next try. */
  take(): Promise<number>;
  pause(ms: number): Promise<void>;
}

/**
 * Slices of a tenth of a minute: whatever 60 seconds the provider counts over, they touch at most eleven slices, so that
 * never more than 1.1 times the budget falls into them.
 */
const SLICES_PER_MINUTE = 10;

/** The slices of a budget: so many requests in each. A small one has longer slices, so that each holds at least one request. */
export function slicesOf(requestsPerMinute: number): { points: number; durationMs: number } {
  const points = Math.max(1, Math.floor(requestsPerMinute / SLICES_PER_MINUTE));
  return { points, durationMs: (60_000 * points) / requestsPerMinute };
}

/** How much later than urgent requests those of a walk try their luck with a new slice, in ms. */
const COURTESY = { least: 20, most: 60 };

/**
 * A budget whose slices a limiter counts. Urgent requests come first in each slice: a walk that uses up every slice makes
 * them wait for the next one at most. Throws a RetryableError when the limiter fails.
 */
export function budgetOn(limiter: Limiter, { urgent = false } = {}): Budget {
  const courtesy = () => (urgent ? 0 : COURTESY.least + Math.random() * (COURTESY.most - COURTESY.least));
  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const wait = await limiter.take().catch(failed);
        if (wait === 0) return;
        await pause(wait + courtesy(), undefined, { signal });
      }
    },
    async pause(ms) {
      if (ms > 0) await limiter.pause(ms).catch(failed);
    },
  };
}

function failed(error: unknown): never {
  throw new RetryableError('the requests cannot be counted', { cause: error });
}
