import { micros } from '../../../src/simulator/instants.ts';
import type { Checkout, CheckoutRow } from '../../../src/simulator/polar/checkouts/record.ts';
import type { Polar } from '../../../src/simulator/polar/polar.ts';

/** A state of a session that was stored; `at` in microseconds. */
export interface KnownState {
  at: number;
  isExact: boolean;
  via: 'walk' | 'webhook' | 'pull';
  row: CheckoutRow;
}

/** State of an account's source, and the instants at which it was walked and the views were read. */
export interface AccountTruth {
  account: string;
  polar: Polar;
  /** Instants of the first walk and of the query, in microseconds. */
  walkedAt: number;
  now: number;
  timezone: string;
  secret: string;
}

const MINUTE = 60_000_000;
const SETTLED = new Set(['succeeded', 'expired', 'failed']);

/** True if a session no longer changes after `now`. */
export function isSettledAt({ status, expires_at }: CheckoutRow, now: number): boolean {
  const graceMinutes = status === 'confirmed' ? 30 * 24 * 60 : 15;
  return SETTLED.has(status) || micros(expires_at) + graceMinutes * MINUTE < now;
}

/** The states of a session that were stored: the first one if it was still open then, and each logged change since. */
export function knownStates({ polar, walkedAt }: AccountTruth, { id }: Checkout): KnownState[] {
  const entries = polar.log.checkouts.filter((entry) => entry.id === id);
  const first = entries[0] ? entries[0].before : (polar.checkouts.get(id) ?? null);
  const isPast = (row: CheckoutRow) => SETTLED.has(row.status) || micros(row.expires_at) + 15 * MINUTE < walkedAt;
  const walked: KnownState[] =
    first && !isPast(first)
      ? [
          {
            at: micros(first.modified_at ?? first.created_at),
            isExact: first.modified_at === null,
            via: 'walk',
            row: first,
          },
        ]
      : [];
  const changes = entries.flatMap(({ at, action, after }): KnownState[] =>
    after
      ? [{ at: micros(at), isExact: action !== 'opened', via: action === 'opened' ? 'pull' : 'webhook', row: after }]
      : [],
  );
  return [...walked, ...changes];
}

/** The day of a moment in a time zone, as YYYY-MM-DD. */
export const dayIn = (timeZone: string, at: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at / 1000),
  );

const DIGITS: Readonly<Record<string, number>> = { jpy: 0, krw: 0, kwd: 3 };

export const digitsOf = (currency: string) => DIGITS[currency] ?? 2;

/** An amount in the major unit. */
export const major = (amount: number | null, currency: string) =>
  amount === null ? null : amount / 10 ** digitsOf(currency);
