import { micros } from '../../instants.ts';
import { redeem } from '../catalog/discounts.ts';
import { newPrice } from '../catalog/prices.ts';
import { putRecord } from '../catalog/put-record.ts';
import type { Price } from '../catalog/records.ts';
import type { State } from '../state.ts';
import { derive } from './derive.ts';
import { confirmation, newCheckout } from './new-checkout.ts';
import type { Checkout, CheckoutRow } from './record.ts';
import type { Sessions } from './sessions.ts';

/** Edits of checkout sessions. `at` is the instant of the edit, by default the simulated present. */
export interface CheckoutEdits {
  /** A new open session; what `fields` leaves open is drawn. A `created_at` in the past is allowed, and an equal one. Sends `checkout.created`. */
  createCheckout(fields?: Partial<CheckoutRow>): Checkout;
  /** Sends `checkout.updated`. Polar: any update of an open session past its `expires_at` makes it `expired`. */
  updateCheckout(id: string, changes: Partial<Omit<CheckoutRow, 'id' | 'created_at'>>, at?: string): Checkout;
  /** The buyer opens the page. Polar: moves `modified_at`, shows nowhere else, sends nothing. */
  openCheckout(id: string, at?: string): Checkout;
  /** open → confirmed: the buyer clicks pay; fills in the buyer and redeems the discount. */
  confirm(id: string, at?: string): Checkout;
  /** confirmed → succeeded. */
  succeed(id: string, at?: string): Checkout;
  /** confirmed → open, or expired when past `expires_at`; gives the discount back. Polar: no effect on finished sessions. */
  failPayment(id: string, at?: string): Checkout;
  /** open → expired by the expiry job. Sends `checkout.expired`. */
  expire(id: string, at?: string): Checkout;
  /** Expires every open session whose `expires_at` has passed; returns their ids. */
  runExpiryJob(at?: string): string[];
  /** Removes the row, as only a hand in the database could. Sends nothing. */
  hardDeleteCheckout(id: string): void;
  /** A price for one session alone. */
  addAdHocPrice(checkoutId: string, fields?: Partial<Price>): Price;
  /** A change by SQL: a backfill, or a foreign key's `ON DELETE SET NULL`. Polar: moves no `modified_at`, sends nothing. */
  backfillCheckout(id: string, changes: Partial<Omit<CheckoutRow, 'id' | 'created_at'>>): Checkout;
}

/** The types of webhooks that carry sessions. */
export type CheckoutEvent = 'checkout.created' | 'checkout.updated' | 'checkout.expired';

type Change = (
  id: string,
  changes: Partial<CheckoutRow>,
  at: string | undefined,
  event: CheckoutEvent | null,
) => Checkout;

/** The edits on the sessions. */
export function checkoutEdits(state: State, sessions: Sessions): CheckoutEdits {
  const rowOf = (id: string) => sessionRow(sessions, id);
  const change: Change = (id, changes, at, event) => {
    const changed = expireLate({ ...rowOf(id), ...changes, modified_at: at ?? state.clock.now() });
    sessions.put(changed);
    if (event) state.events.emit(event, id);
    return derive(state, changed);
  };
  const expire: CheckoutEdits['expire'] = (id, at) => {
    expectStatus(rowOf(id), 'open');
    return change(id, { status: 'expired' }, at, 'checkout.expired');
  };
  return {
    createCheckout: (fields = {}) => {
      const created = newCheckout(state, fields);
      sessions.add(created);
      state.events.emit('checkout.created', created.id);
      return derive(state, created);
    },
    updateCheckout: (id, changes, at) => change(id, changes, at, 'checkout.updated'),
    openCheckout: (id, at) => change(id, {}, at, null),
    ...payments(state, rowOf, change),
    expire,
    runExpiryJob: (at = state.clock.now()) =>
      rowsInStatus(sessions, 'open')
        .filter((row) => micros(row.expires_at) <= micros(at))
        .map(({ id }) => expire(id, at).id),
    hardDeleteCheckout: (id) => sessions.remove(rowOf(id).id),
    addAdHocPrice: (id, fields = {}) => {
      const row = rowOf(id);
      const product_id = fields.product_id ?? row.product_id ?? undefined;
      const price = newPrice(state, { ...fields, source: 'ad_hoc', ...(product_id && { product_id }) });
      sessions.put({ ...row, ad_hoc_price_ids: [...row.ad_hoc_price_ids, price.id] });
      return putRecord(state, state.prices, price);
    },
    backfillCheckout: (id, changes) => {
      sessions.put({ ...rowOf(id), ...changes });
      return derive(state, rowOf(id));
    },
  };
}

function payments(
  state: State,
  rowOf: (id: string) => CheckoutRow,
  change: Change,
): Pick<CheckoutEdits, 'confirm' | 'succeed' | 'failPayment'> {
  return {
    confirm: (id, at) => {
      const row = expectStatus(rowOf(id), 'open');
      if (row.discount_id !== null) redeem(state, row.discount_id, 1);
      return change(id, confirmation(state, row), at, 'checkout.updated');
    },
    succeed: (id, at) => {
      const { payment_processor_metadata } = expectStatus(rowOf(id), 'confirmed');
      const settled = { ...payment_processor_metadata, intent_status: 'succeeded' };
      return change(id, { status: 'succeeded', payment_processor_metadata: settled }, at, 'checkout.updated');
    },
    failPayment: (id, at) => {
      const row = rowOf(id);
      if (row.status !== 'confirmed') return derive(state, row);
      if (row.discount_id !== null) redeem(state, row.discount_id, -1);
      const { intent_client_secret: _secret, intent_status: _status, ...kept } = row.payment_processor_metadata;
      return change(id, { status: 'open', payment_processor_metadata: kept }, at, 'checkout.updated');
    },
  };
}

/** Polar: a session that is open past its end expires at its next update. */
function expireLate(row: CheckoutRow): CheckoutRow {
  const late = row.status === 'open' && micros(row.expires_at) < micros(row.modified_at ?? row.created_at);
  return late ? { ...row, status: 'expired' } : row;
}

/** The sessions that are in a status. */
export function rowsInStatus(sessions: Sessions, status: CheckoutRow['status']): CheckoutRow[] {
  return sessions.timeline.rows.filter((slot) => sessions.status(slot) === status).map((slot) => sessions.row(slot));
}

/** The session of an id; throws RangeError when there is none. */
export function sessionRow(sessions: Sessions, id: string): CheckoutRow {
  const slot = sessions.slotOf(id);
  if (slot === undefined) throw new RangeError(`no checkout ${id}`);
  return sessions.row(slot);
}

function expectStatus(row: CheckoutRow, status: CheckoutRow['status']): CheckoutRow {
  if (row.status !== status) throw new RangeError(`checkout ${row.id} is ${row.status}, not ${status}`);
  return row;
}
