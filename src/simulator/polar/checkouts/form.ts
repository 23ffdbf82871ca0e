import { person } from '../people.ts';
import type { State } from '../state.ts';
import { identity } from './buyer.ts';
import type { CheckoutChanges } from './change.ts';
import { derive } from './derive.ts';
import { priceAgain } from './money.ts';
import type { Checkout, CheckoutRow } from './record.ts';
import type { CheckoutAction } from '../edit-log.ts';

/** Actions of a buyer on the page of a session before paying. `at` is the instant, by default the simulated present. */
export interface FormEdits {
  /** The buyer opens the page. Polar: the first time it moves `modified_at`; it shows nowhere else and sends nothing. */
  openCheckout(id: string, at?: string): Checkout;
  /** The buyer types name and e-mail address. Sends `checkout.updated`. */
  identify(id: string, at?: string): Checkout;
  /** The buyer types the whole address. Sends `checkout.updated`. */
  typeAddress(id: string, at?: string): Checkout;
  /** The buyer chooses how to pay. Sends `checkout.updated`. Polar: kept only where there is something to pay; no attempt yet. */
  chooseMethod(id: string, method?: string, at?: string): Checkout;
}

/** The edits of open sessions by their buyers. */
export function formEdits(state: State, changes: CheckoutChanges, rowOf: (id: string) => CheckoutRow): FormEdits {
  const type = (row: CheckoutRow, action: CheckoutAction, typed: Partial<CheckoutRow>, at = state.clock.now()) =>
    changes.update(priceAgain(state, { ...row, ...typed }), { at, action, event: 'checkout.updated' });
  const buyerOf = (row: CheckoutRow) => person(state.seed, row.truth.buyer);
  return {
    openCheckout: (id, at = state.clock.now()) => {
      const row = rowOf(id);
      if (row.truth.opened_at !== null) return derive(state, row);
      const opened = { ...row, truth: { ...row.truth, opened_at: at } };
      return changes.update(opened, { at, action: 'opened', event: null });
    },
    identify: (id, at) => {
      const row = rowOf(id);
      return type(row, 'identified', identity(buyerOf(row)), at);
    },
    typeAddress: (id, at) => {
      const row = rowOf(id);
      return type(row, 'address_typed', { customer_billing_address: buyerOf(row).address }, at);
    },
    chooseMethod: (id, payment_method_type = 'card', at) =>
      type(rowOf(id), 'method_chosen', { payment_method_type }, at),
  };
}
