import { micros } from '../../instants.ts';
import { found } from '../../records.ts';
import { newPrice } from '../catalog/prices.ts';
import { putRecord } from '../catalog/put-record.ts';
import type { Price } from '../catalog/records.ts';
import type { Link } from '../links/record.ts';
import type { State } from '../state.ts';
import { anonymizer, type Anonymization } from './anonymize.ts';
import { checkoutChanges, expectStatus, rowsInStatus, sessionRow, type CheckoutChanges } from './change.ts';
import { formEdits, type FormEdits } from './form.ts';
import { priceAgain } from './money.ts';
import { newCheckout, newVisit } from './new-checkout.ts';
import type { LinkQuery } from './origin.ts';
import { paymentEdits, type PaymentEdits } from './payments.ts';
import type { Checkout, CheckoutRow } from './record.ts';
import type { Sessions } from './sessions.ts';

type Changes = Partial<Omit<CheckoutRow, 'id' | 'created_at'>>;

/** Edits of checkout sessions. `at` is the instant of the edit, by default the simulated present. */
export interface CheckoutEdits extends FormEdits, PaymentEdits, Anonymization {
  /**
   * A new open session that the merchant's code makes; what `fields` leaves open is drawn, and the money follows from it.
   * A `created_at` in the past is allowed, and an equal one. Sends `checkout.created`.
   */
  createCheckout(fields?: Partial<CheckoutRow>): Checkout;
  /** A new open session of somebody who visits a link, with a query that is drawn unless it is given. Sends `checkout.created`; the page is opened by another edit. */
  visitLink(linkId: string, query?: LinkQuery, fields?: Partial<CheckoutRow>): Checkout;
  /**
   * Sends `checkout.updated`. Polar: an open session is priced again under the discount of the moment; any update of one
   * past its `expires_at` makes it `expired`.
   */
  updateCheckout(id: string, changes: Changes, at?: string): Checkout;
  /** open → expired by the expiry job. Sends `checkout.expired`. */
  expire(id: string, at?: string): Checkout;
  /** Expires every open session whose `expires_at` has passed; returns their ids. Polar: runs every quarter of an hour. */
  runExpiryJob(at?: string): string[];
  /** Removes the row, as only a hand in the database could. Sends nothing. */
  hardDeleteCheckout(id: string): void;
  /** A price for one session alone. */
  addAdHocPrice(checkoutId: string, fields?: Partial<Price>): Price;
  /** A change by SQL: a backfill, or a foreign key's `ON DELETE SET NULL`. Polar: moves no `modified_at`, sends nothing. */
  backfillCheckout(id: string, changes: Changes): Checkout;
}

/** The edits on the sessions; `links` are those that may be visited. */
export function checkoutEdits(state: State, sessions: Sessions, links: ReadonlyMap<string, Link>): CheckoutEdits {
  const rowOf = (id: string) => sessionRow(sessions, id);
  const changes = checkoutChanges(state, sessions);
  return {
    createCheckout: (fields = {}) => changes.create(newCheckout(state, fields)),
    visitLink: (linkId, query, fields = {}) =>
      changes.create(newVisit(state, found(links, linkId, 'link'), query, fields)),
    updateCheckout: (id, fields, at = state.clock.now()) =>
      changes.update(patched(state, rowOf(id), fields), { at, action: 'updated', event: 'checkout.updated' }),
    ...formEdits(state, changes, rowOf),
    ...paymentEdits(state, changes, rowOf),
    ...anonymizer(state, changes, sessions),
    ...expiry(state, changes, sessions),
    hardDeleteCheckout: (id) => changes.remove(id),
    addAdHocPrice: (id, fields = {}) => {
      const row = rowOf(id);
      const product_id = fields.product_id ?? row.product_id ?? undefined;
      const price = newPrice(state, { ...fields, source: 'ad_hoc', ...(product_id && { product_id }) });
      changes.backfill({ ...row, ad_hoc_price_ids: [...row.ad_hoc_price_ids, price.id] });
      return putRecord(state, 'prices', price);
    },
    backfillCheckout: (id, fields) => changes.backfill({ ...rowOf(id), ...fields }),
  };
}

/** The session after a PATCH. */
function patched(state: State, row: CheckoutRow, fields: Changes): CheckoutRow {
  const changed = { ...row, ...fields };
  return row.status === 'open' ? { ...priceAgain(state, changed, fields), ...fields } : changed;
}

function expiry(
  state: State,
  changes: CheckoutChanges,
  sessions: Sessions,
): Pick<CheckoutEdits, 'expire' | 'runExpiryJob'> {
  const expire: CheckoutEdits['expire'] = (id, at = state.clock.now()) => {
    const row = expectStatus(sessionRow(sessions, id), 'open');
    return changes.update({ ...row, status: 'expired' }, { at, action: 'expired', event: 'checkout.expired' });
  };
  return {
    expire,
    runExpiryJob: (at = state.clock.now()) =>
      rowsInStatus(sessions, 'open')
        .filter((row) => micros(row.expires_at) <= micros(at))
        .map(({ id }) => expire(id, at).id),
  };
}
