import { setTimeout as pause } from 'node:timers/promises';
import { systemCodeOf } from '../model/error-code-of.ts';
import { RetryableError } from '../model/errors.ts';

/** The requests that a credential may send. */
export interface Budget {
  /** Waits until another request may be sent. */
  take(signal: AbortSignal): Promise<void>;
  /** Blocks all requests for this long, as a 429 demands. */
  pause(ms: number): Promise<void>;
}

/** Counts requests in slices of time, for one process or for many. */
interface SliceCounter {
  /** Counts one request and returns 0, or returns the milliseconds to wait before the next try. */
  take(): Promise<number>;
  pause(ms: number): Promise<void>;
}

/**
 * Slices of a tenth of a minute: any 60 seconds that the provider counts over touch at most eleven slices, and hold at most
 * 1.1 times the budget.
 */
const SLICES_PER_MINUTE = 10;

/** Returns the requests per slice and its duration. A small budget has longer slices, so that each holds at least one request. */
export function slicesOf(requestsPerMinute: number): { points: number; durationMs: number } {
  const points = Math.max(1, Math.floor(requestsPerMinute / SLICES_PER_MINUTE));
  return { points, durationMs: (60_000 * points) / requestsPerMinute };
}

/** Delay, in ms, with which the requests of a walk enter a new slice after urgent ones. */
const COURTESY = { least: 20, most: 60 };

/**
 * Returns a budget whose slices a limiter counts. Urgent requests come first in each slice: a walk that uses up every slice
 * makes them wait for the next slice at most. Throws a RetryableError when the limiter fails.
 */
export function budgetOn(limiter: SliceCounter, { urgent = false } = {}): Budget {
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
  throw new RetryableError(systemCodeOf(error) ?? 'CS2101', 'requests cannot be counted against the budget', {
    cause: error,
  });
}
