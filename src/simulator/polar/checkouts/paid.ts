import type { CheckoutEntry, EditLog } from '../edit-log.ts';
import type { State } from '../state.ts';
import type { CheckoutRow } from './record.ts';
import type { Sessions } from './sessions.ts';

/** A session as it was when it succeeded, and when. */
export interface PaidSession {
  row: CheckoutRow;
  at: string;
}

/** The session that a change made succeed; undefined for other changes. */
export function paidIn(change: CheckoutEntry | undefined): PaidSession | undefined {
  if (!change?.after || change.after.status !== 'succeeded' || change.before?.status === 'succeeded') return undefined;
  return { row: change.after, at: change.at };
}

/** The sessions that had succeeded at the start, as they were then. */
export function paidAtStart({ log }: State, sessions: Sessions): PaidSession[] {
  const earlier = rowsAtStart(log);
  return sessions.timeline.rows.flatMap((slot) => {
    const row = sessions.row(slot);
    const first = earlier.has(row.id) ? earlier.get(row.id) : row;
    return first?.status === 'succeeded' ? [{ row: first, at: first.modified_at ?? first.created_at }] : [];
  });
}

/** Sessions that were edited since the start, as they were then; null for those that were made since. */
export function rowsAtStart(log: EditLog): Map<string, CheckoutRow | null> {
  const found = new Map<string, CheckoutRow | null>();
  for (const { id, before } of log.checkouts) if (!found.has(id)) found.set(id, before);
  return found;
}

/** Calls a listener with each session that succeeds from now on, when webhooks are sent. */
export function onPaid({ log, events }: State, listener: (paid: PaidSession) => void): void {
  let seen = 0;
  events.subscribe(() => {
    while (seen < log.checkouts.length) {
      const paid = paidIn(log.checkouts[seen++]);
      if (paid) listener(paid);
    }
  });
}
