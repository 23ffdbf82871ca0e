import { redeem } from '../catalog/discounts.ts';
import type { State } from '../state.ts';
import { expectStatus, type CheckoutChanges } from './change.ts';
import { confirmation } from './confirmation.ts';
import { derive } from './derive.ts';
import type { Checkout, CheckoutRow } from './record.ts';

/** Attempts to pay. Each sends `checkout.updated`. `at` is the instant, by default the simulated present. */
export interface PaymentEdits {
  /** open → confirmed: the buyer clicks pay; fills in the buyer, prices again, and redeems the discount. */
  confirm(id: string, at?: string): Checkout;
  /** confirmed → succeeded. */
  succeed(id: string, at?: string): Checkout;
  /** confirmed → open, or expired when past `expires_at`; gives the discount back. Polar: no effect on finished sessions. */
  failPayment(id: string, at?: string): Checkout;
}

const event = 'checkout.updated';

/** The payments of sessions. */
export function paymentEdits(state: State, changes: CheckoutChanges, rowOf: (id: string) => CheckoutRow): PaymentEdits {
  return {
    confirm: (id, at = state.clock.now()) => {
      const row = expectStatus(rowOf(id), 'open');
      if (row.discount_id !== null) redeem(state, row.discount_id, 1);
      return changes.update(confirmation(state, row), { at, action: 'confirmed', event });
    },
    succeed: (id, at = state.clock.now()) => {
      const row = expectStatus(rowOf(id), 'confirmed');
      const payment_processor_metadata = { ...row.payment_processor_metadata, intent_status: 'succeeded' };
      const succeeded = { ...row, status: 'succeeded' as const, payment_processor_metadata };
      return changes.update(succeeded, { at, action: 'succeeded', event });
    },
    failPayment: (id, at = state.clock.now()) => {
      const row = rowOf(id);
      if (row.status !== 'confirmed') return derive(state, row);
      if (row.discount_id !== null) redeem(state, row.discount_id, -1);
      const { intent_client_secret: _secret, intent_status: _status, ...kept } = row.payment_processor_metadata;
      const truth = { ...row.truth, failures: row.truth.failures + 1 };
      const failed = { ...row, status: 'open' as const, payment_processor_metadata: kept, truth };
      return changes.update(failed, { at, action: 'payment_failed', event });
    },
  };
}
