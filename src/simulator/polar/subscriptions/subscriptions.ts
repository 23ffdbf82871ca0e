import { random } from '../../random.ts';
import { micros } from '../../instants.ts';
import { paidAtStart, paidIn } from '../checkouts/paid.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import type { State } from '../state.ts';
import { recordTable, type Table } from '../table.ts';
import { livedUntil } from './life.ts';
import { subscriptionOfSession } from './new-subscription.ts';
import type { Subscription } from './record.ts';

/**
 * Returns the subscriptions, with those of all sessions that succeeded so far. They are drawn up when first asked for, as
 * looking through a million sessions takes a while.
 */
export function subscriptionsOf(state: State, sessions: Sessions): () => Table<Subscription> {
  let subscriptions: Table<Subscription> | undefined;
  let seen = 0;
  return () => {
    const { checkouts: changes } = state.log;
    subscriptions ??= recordTable('subscription', earlySubscriptions(state, sessions));
    for (; seen < changes.length; seen++) {
      const paid = paidIn(changes[seen]);
      const made = paid && subscriptionOfSession(state, lifeChance(state, paid.row.id), paid.row, paid.at);
      if (made && !subscriptions.records.has(made.id)) subscriptions.put(made);
    }
    return subscriptions;
  };
}

const lifeChance = ({ seed }: State, sessionId: string) =>
  random(seed ^ parseInt(sessionId.slice(0, 8), 16), 'life', parseInt(sessionId.slice(28), 16));

/** The subscriptions of the sessions that had succeeded at the start, with what became of them since; ascending. */
export function earlySubscriptions(state: State, sessions: Sessions): Subscription[] {
  const found = paidAtStart(state, sessions).flatMap(({ row, at }) => {
    const chance = lifeChance(state, row.id);
    const born = subscriptionOfSession(state, chance, row, at);
    return born ? [livedUntil(state, chance, born, state.range.now)] : [];
  });
  return found.sort((one, other) => micros(one.created_at) - micros(other.created_at));
}
