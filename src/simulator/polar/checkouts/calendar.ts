import { DAY, HOUR, MINUTE, SECOND } from '../../instants.ts';
import { draw } from '../../random.ts';
import { SESSIONS_SINCE } from '../clock-range.ts';
import type { CheckoutStatus } from './record.ts';

/** The times and statuses of seeded sessions, computed from their numbers, so that a million cost no memory. */
export interface Calendar {
  count: number;
  /** Microseconds; ascending in the number, never equal. */
  createdAt(number: number): number;
  status(number: number): CheckoutStatus;
  /** The time at which the expiry job found it, or would. Microseconds. */
  expiredAt(number: number): number;
}

/** Business grows over nine months; the last hundred-and-sixtieth, or five, fall into the last day, where some are open and some confirmed. */
export function calendar(seed: number, count: number, now: number): Calendar {
  const fresh = Math.min(count, Math.max(5, Math.ceil(count / 160)));
  const createdAt = (number: number) =>
    within(seed, number, boundary(count, fresh, now, number), boundary(count, fresh, now, number + 1));
  const expiredAt = (number: number) =>
    expiryRun(expiresAt(createdAt(number))) + Math.floor(draw(seed, 'expiry', number) * 9 * SECOND);
  return {
    count,
    createdAt,
    expiredAt,
    status: (number) => {
      const outcome = draw(seed, 'outcome', number);
      const today = number - (count - fresh);
      if (today >= 0 && today % 5 === 2) return 'confirmed';
      if (today >= 0 && today % 5 !== 1) return 'open';
      if (outcome < 0.3 && now - createdAt(number) > 25 * MINUTE) return 'succeeded';
      return expiredAt(number) <= now ? 'expired' : 'open';
    },
  };
}

/** Polar: sessions live 24 hours, one hour before 2026-03-02. */
export function expiresAt(created: number): number {
  return created + (created < Date.UTC(2026, 2, 2) * 1000 ? HOUR : DAY);
}

/** Polar: the expiry job runs every quarter of an hour. */
function expiryRun(expires: number): number {
  return Math.ceil(expires / (15 * MINUTE)) * 15 * MINUTE;
}

function boundary(count: number, fresh: number, now: number, number: number): number {
  const old = count - fresh;
  if (number >= old) return Math.floor(now - DAY + ((DAY - 2 * MINUTE) * (number - old)) / fresh);
  const grown = Math.sqrt(0.25 + (2 * number) / old) - 0.5;
  return Math.floor(now - SESSIONS_SINCE + (SESSIONS_SINCE - DAY) * grown);
}

/** Somewhere between two edges; a few at a whole second, whose text has no fraction. */
function within(seed: number, number: number, from: number, to: number): number {
  const place = draw(seed, 'created', number);
  const exact = from + Math.floor((to - from) * (0.05 + 0.9 * place));
  const whole = Math.ceil(exact / SECOND) * SECOND;
  return number % 97 === 5 && whole < to ? whole : exact;
}
