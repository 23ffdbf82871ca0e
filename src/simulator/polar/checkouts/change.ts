import { micros } from '../../instants.ts';
import { nextNumber, type CheckoutAction } from '../edit-log.ts';
import type { State } from '../state.ts';
import { derive } from './derive.ts';
import type { Checkout, CheckoutRow } from './record.ts';
import type { Sessions } from './sessions.ts';

/** The types of webhooks that carry sessions. */
export type CheckoutEvent = 'checkout.created' | 'checkout.updated' | 'checkout.expired';

/** An edit of a session: its moment, what it is, and the webhook that Polar sends of it. */
export interface Change {
  at: string;
  action: CheckoutAction;
  event: CheckoutEvent | null;
}

/** The one way to change sessions: with an entry in the edit log, and the webhook. */
export interface CheckoutChanges {
  create: (row: CheckoutRow) => Checkout;
  /** Polar: moves `modified_at`; a session that is open past its end expires at its next update. */
  update: (row: CheckoutRow, change: Change) => Checkout;
  /** A change by SQL. */
  backfill: (row: CheckoutRow) => Checkout;
  remove: (id: string) => void;
}

/** The changes of the sessions of a state. */
export function checkoutChanges(state: State, sessions: Sessions): CheckoutChanges {
  const log = (action: CheckoutAction, at: string, before: CheckoutRow | null, after: CheckoutRow | null) => {
    const id = after?.id ?? before?.id ?? '';
    state.log.checkouts.push({ number: nextNumber(state.log), at, action, id, before, after });
  };
  return {
    create: (row) => {
      sessions.add(row);
      log('created', row.created_at, null, row);
      state.events.emit('checkout.created', row.id);
      return derive(state, row);
    },
    update: (row, { at, action, event }) => {
      const changed = expireLate({ ...row, modified_at: at });
      log(action, at, sessionRow(sessions, row.id), changed);
      sessions.put(changed);
      if (event) state.events.emit(event, row.id);
      return derive(state, changed);
    },
    backfill: (row) => {
      log('backfilled', state.clock.now(), sessionRow(sessions, row.id), row);
      sessions.put(row);
      return derive(state, row);
    },
    remove: (id) => {
      log('removed', state.clock.now(), sessionRow(sessions, id), null);
      sessions.remove(id);
    },
  };
}

function expireLate(row: CheckoutRow): CheckoutRow {
  const late = row.status === 'open' && micros(row.expires_at) < micros(row.modified_at ?? row.created_at);
  return late ? { ...row, status: 'expired' } : row;
}

/** The session of an id; throws RangeError when there is none. */
export function sessionRow(sessions: Sessions, id: string): CheckoutRow {
  const slot = sessions.slotOf(id);
  if (slot === undefined) throw new RangeError(`no checkout ${id}`);
  return sessions.row(slot);
}

/** The sessions that are in a status. */
export function rowsInStatus(sessions: Sessions, status: CheckoutRow['status']): CheckoutRow[] {
  return sessions.timeline.rows.filter((slot) => sessions.status(slot) === status).map((slot) => sessions.row(slot));
}

/** The session, where it is in a status; otherwise throws RangeError. */
export function expectStatus(row: CheckoutRow, status: CheckoutRow['status']): CheckoutRow {
  if (row.status !== status) throw new RangeError(`checkout ${row.id} is ${row.status}, not ${status}`);
  return row;
}
