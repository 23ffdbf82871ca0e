import { randomUuid } from '../../ids.ts';
import { DAY, formatInstant, later, micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { State } from '../state.ts';
import { REASONS, type Subscription, type SubscriptionMeter } from './record.ts';
import { canceled, DUNNING_DAYS, ended, pastDue, paused, renewed, resumed } from './transitions.ts';

/**
 * Returns a subscription as it has become by `now`, in microseconds: after renewals, failed payments, pauses, and perhaps its
 * end.
 */
export function livedUntil(state: State, chance: Random, born: Subscription, now: number): Subscription {
  let subscription = born;
  while (subscription.ended_at === null && micros(subscription.current_period_end) <= now) {
    const next = nextPeriod(state, chance, subscription, now);
    if (next.status === 'past_due' || next.status === 'paused') return used(chance, next, now);
    subscription = next;
  }
  return used(chance, recently(chance, subscription, now), now);
}

/** Returns the subscription after the end of a period; a failed payment or a pause may continue at `now`. */
function nextPeriod(state: State, chance: Random, subscription: Subscription, now: number): Subscription {
  const at = later(subscription.current_period_end, chance.integer(1, 600) * 1_000_000);
  const past = (days: number) => micros(at) + days * DAY <= now;
  const fate = chance.next();
  if (fate < 0.05) return ended(canceledBefore(chance, subscription), subscription.current_period_end);
  if (fate < 0.09) {
    const failed = pastDue(subscription, at);
    if (fate < 0.07) return past(DUNNING_DAYS) ? ended(failed, later(at, DUNNING_DAYS * DAY)) : failed;
    return past(3) ? renewed(state, failed, later(at, 3 * DAY)) : failed;
  }
  if (fate < 0.11) {
    const stopped = paused(subscription, at, later(at, 30 * DAY));
    return past(30) ? resumed(stopped, later(at, 30 * DAY)) : stopped;
  }
  return renewed(state, subscription, at);
}

function canceledBefore(chance: Random, subscription: Subscription): Subscription {
  const [start, end] = [micros(subscription.current_period_start), micros(subscription.current_period_end)];
  const at = formatInstant(start + Math.floor((end - start) * chance.next()));
  return canceled(subscription, at, chance.pick(REASONS), chance.chance(0.3) ? 'Not for us any more.' : null);
}

/** Returns the subscription with events of the present period: some are about to end, or to change. */
function recently(chance: Random, subscription: Subscription, now: number): Subscription {
  if (subscription.ended_at !== null) return subscription;
  const at = formatInstant(now - Math.floor((now - micros(subscription.current_period_start)) * chance.next()));
  const fate = chance.next();
  if (fate < 0.06) return canceled(subscription, at, chance.pick(REASONS));
  if (fate < 0.1 && subscription.seats !== null) {
    const applies_at = subscription.current_period_end;
    const seats = subscription.seats + chance.integer(1, 5);
    const id = randomUuid(chance);
    const pending_update = { id, created_at: at, modified_at: null, applies_at, product_id: null, seats, units: null };
    return { ...subscription, pending_update, modified_at: at };
  }
  return subscription;
}

/** Usage in the period so far. Polar: it moves the dates of the meters alone. */
function used(chance: Random, subscription: Subscription, now: number): Subscription {
  const meters = subscription.meters.map((meter): SubscriptionMeter => {
    const consumed_units = chance.integer(0, 4_000_000) / 8;
    const modified_at = formatInstant(now - chance.integer(1, 600) * 1_000_000);
    return { ...meter, consumed_units, amount: Math.floor(consumed_units / 4000), modified_at };
  });
  return { ...subscription, meters };
}
