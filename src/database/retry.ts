import { setTimeout as pause } from 'node:timers/promises';
import { isTransient } from './pool.ts';

/** Retries a transaction after transient failures of the database, with growing pauses. */
export async function withRetry<T>(attempts: number, work: () => Promise<T>, isWorthIt = isTransient): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isWorthIt(error)) throw error;
      await pause(100 * 2 ** attempt);
    }
  }
}
