import { setTimeout as pause } from 'node:timers/promises';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { RetryableError } from '../errors.ts';

/** How many requests a credential may send. */
export interface Budget {
  /** Waits until one more request may be sent. */
  take(signal: AbortSignal): Promise<void>;
  /** Lets nobody send a request for this long, as a 429 demands. */
  pause(ms: number): Promise<void>;
}

/** So many requests in each slice of time. */
export interface Slices {
  points: number;
  /** In seconds. */
  duration: number;
}

/**
 * Slices of a tenth of a minute: whatever 60 seconds the provider counts over, they touch at most eleven slices, so that
 * never more than 1.1 times the budget falls into them.
 */
const SLICES_PER_MINUTE = 10;

/** The slices of a budget. A small one has longer slices, so that each holds at least one request. */
export function slicesOf(requestsPerMinute: number): Slices {
  const points = Math.max(1, Math.floor(requestsPerMinute / SLICES_PER_MINUTE));
  return { points, duration: (60 * points) / requestsPerMinute };
}

/** How much later than urgent requests those of a walk try their luck with a new slice, in ms. */
const COURTESY = { least: 20, most: 60 };

/**
 * A budget whose slices a limiter counts, for one process or for many. Urgent requests come first in each slice: a walk
 * that uses up every slice makes them wait for the next one at most. Throws a RetryableError when the limiter fails.
 */
export function budgetOn(limiter: RateLimiterAbstract, key: string, { urgent = false } = {}): Budget {
  const courtesy = () => (urgent ? 0 : COURTESY.least + Math.random() * (COURTESY.most - COURTESY.least));
  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const wait = await limiter.consume(key).then(() => undefined, remaining);
        if (wait === undefined) return;
        await pause(Math.max(wait, 1) + courtesy(), undefined, { signal });
      }
    },
    async pause(ms) {
      if (ms > 0) await limiter.block(key, ms / 1000).catch(failed); // the limiter takes 0 for ever
    },
  };
}

/** How long the slice still lasts, from the limiter's refusal; anything else is a failure. */
function remaining(refusal: unknown): number {
  return refusal instanceof RateLimiterRes ? refusal.msBeforeNext : failed(refusal);
}

function failed(error: unknown): never {
  throw new RetryableError('the requests cannot be counted', { cause: error });
}
