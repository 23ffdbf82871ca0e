import { randomUuid } from '../../ids.ts';
import { DAY, later } from '../../instants.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { paymentOf } from './payment.ts';
import type { Order } from './record.ts';

/** Polar: the first two come from services that warn of disputes, before the bank is asked. */
export type DisputeStatus = 'prevented' | 'early_warning' | 'needs_response' | 'under_review' | 'lost' | 'won';

/** The columns that Polar stores of a dispute. */
export interface Dispute {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  status: DisputeStatus;
  amount: number;
  tax_amount: number;
  currency: string;
  reason: string | null;
  evidence_due_by: string | null;
  past_due: boolean;
  order_id: string;
  payment_id: string;
  customer_id: string;
  case_id: string | null;
}

/** The dispute as refunds nest it. */
export function plainDispute({ deleted_at: _deleted, customer_id: _customer, case_id: _case, ...shown }: Dispute) {
  const resolved = ['prevented', 'lost', 'won'].includes(shown.status);
  return { ...shown, resolved, closed: resolved };
}

/** The customer's bank is asked for what an order cost; three weeks remain for evidence. */
export function newDispute(
  order: Order,
  fields: Pick<Dispute, 'id' | 'created_at' | 'payment_id'> & Partial<Dispute>,
): Dispute {
  return {
    modified_at: null,
    deleted_at: null,
    status: 'needs_response',
    amount: order.net_amount,
    tax_amount: order.tax_amount,
    currency: order.currency,
    reason: 'fraudulent',
    evidence_due_by: later(fields.created_at, 21 * DAY),
    past_due: false,
    order_id: order.id,
    customer_id: order.customer_id,
    case_id: null,
    ...fields,
  };
}

/** Edits of disputes, of which Polar sends no webhooks. `at` is the instant of the edit, by default the simulated present. */
export interface DisputeEdits {
  /** The customer of an order disputes its payment. */
  openDispute(orderId: string, fields?: Partial<Dispute>): Dispute;
  /** The next state of its life: needs_response → under_review → won or lost, early_warning → prevented. */
  updateDispute(id: string, changes: Partial<Omit<Dispute, 'id' | 'created_at'>>, at?: string): Dispute;
  /** A soft delete by a hand in the database: Polar deletes no disputes. */
  deleteDispute(id: string, at?: string): Dispute;
  /** Undoes {@link deleteDispute}. */
  restoreDispute(id: string, at?: string): Dispute;
}

/** The edits of the disputes. */
export function disputeEdits(state: State, orders: () => Table<Order>, disputes: () => Table<Dispute>): DisputeEdits {
  const change: DisputeEdits['updateDispute'] = (id, changes, at = state.clock.now()) =>
    disputes().put({ ...disputes().get(id), ...changes, modified_at: at });
  return {
    openDispute: (orderId, fields = {}) => {
      const order = orders().get(orderId);
      const drawn = {
        id: randomUuid(state.chance),
        created_at: state.clock.now(),
        payment_id: paymentOf(state, order),
      };
      return disputes().put(newDispute(order, { ...drawn, ...fields }));
    },
    updateDispute: change,
    deleteDispute: (id, at = state.clock.now()) => change(id, { deleted_at: at }, at),
    restoreDispute: (id, at) => change(id, { deleted_at: null }, at),
  };
}
