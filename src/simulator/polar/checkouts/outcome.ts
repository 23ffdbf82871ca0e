import { uuidOf } from '../../ids.ts';
import { random } from '../../random.ts';

/** What a session becomes when it succeeds. */
type SessionOutcome = 'order' | 'subscription' | 'payment';

/** The id of what a session becomes: known before that is drawn up. */
export function outcomeId(seed: number, outcome: SessionOutcome, checkoutId: string): string {
  const [first, last] = [parseInt(checkoutId.slice(0, 8), 16), parseInt(checkoutId.slice(28), 16)];
  const chance = random(seed ^ first, outcome, last);
  return uuidOf(chance.word(), chance.word(), chance.word(), chance.word());
}
