import type { Pool } from 'pg';
import { claimDeliveries, openDelivery, recordDelivered, recordFailedAttempt } from '../ledger/hook-deliveries.ts';
import type { HookSender } from './send.ts';

const MINUTE_MS = 60_000;

/**
 * Pauses after each failed attempt, about three days in all. No event waits longer than half an hour once a receiver is
 * back.
 */
const RETRY_MS = [
  5000,
  30_000,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  ...Array.from({ length: 140 }, () => 30 * MINUTE_MS),
];

/**
 * Returns the time until the next attempt after this many failed ones, in ms, varied by a fifth; undefined if there is
 * none.
 */
export function pauseAfter(attempts: number, random = Math.random()): number | undefined {
  const pause = RETRY_MS[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (0.8 + 0.4 * random));
}

/**
 * Makes one attempt to deliver an event, and records it. Returns false unless it was accepted; an event that was
 * delivered meanwhile is left alone.
 */
export async function deliver(pool: Pool, hook: Pick<HookSender, 'send'>, id: string): Promise<boolean> {
  const delivery = await openDelivery(pool, id);
  if (!delivery) return false;
  const { status, error } = await hook.send(delivery);
  if (error === undefined) await recordDelivered(pool, id, status);
  else await recordFailedAttempt(pool, id, { status, error, retryInMs: pauseAfter(delivery.attempts + 1) });
  return error === undefined;
}

/**
 * Delivers due events, one after the other, until an attempt fails or `withinMs` is over; the next worker or command
 * delivers the rest.
 */
export async function deliverDue(pool: Pool, hook: Pick<HookSender, 'send'>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const [id] = await claimDeliveries(pool, 1);
    if (id === undefined || !(await deliver(pool, hook, id))) return;
  }
}
