import { formatInstant } from '../../instants.ts';
import type { CheckoutAction } from '../edit-log.ts';
import type { State } from '../state.ts';
import type { SeededStep } from './journey.ts';
import type { SeededSessions } from './seed.ts';

/** A change of a session, and its moment. */
export interface CheckoutStep {
  at: string;
  action: CheckoutAction;
}

/** Returns the steps of a session since its creation: for a seeded one those before the start as well. */
export function stepsOf({ log }: State, seeded: SeededSessions, id: string): CheckoutStep[] {
  const number = seeded.numberOf(id);
  const before: SeededStep[] =
    number === undefined ? [] : [{ at: seeded.createdAt(number), action: 'created' }, ...seeded.steps(number)];
  const since = log.checkouts.filter((entry) => entry.id === id);
  return [
    ...before.map(({ at, action }) => ({ at: formatInstant(at), action })),
    ...since.map(({ at, action }) => ({ at, action })),
  ];
}
