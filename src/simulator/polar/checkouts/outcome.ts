import { uuidOf } from '../../ids.ts';
import { random } from '../../random.ts';

/** Kind of record that a session leads to when it succeeds. */
type SessionOutcome = 'order' | 'subscription' | 'payment';

/** Returns the id of the record that a session leads to: it is known before that record is drawn up. */
export function outcomeId(seed: number, outcome: SessionOutcome, checkoutId: string): string {
  const [first, last] = [parseInt(checkoutId.slice(0, 8), 16), parseInt(checkoutId.slice(28), 16)];
  const chance = random(seed ^ first, outcome, last);
  return uuidOf(chance.word(), chance.word(), chance.word(), chance.word());
}
