import { randomUuid } from '../../ids.ts';
import type { Metadata } from '../catalog/records.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { refundable, wasPaid, type Order } from './record.ts';

/** Polar: one that succeeded may still fail at the bank. */
export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'canceled';

/** The columns that Polar stores of a refund. */
export interface Refund {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  status: RefundStatus;
  reason:
    | 'duplicate'
    | 'fraudulent'
    | 'customer_request'
    | 'service_disruption'
    | 'satisfaction_guarantee'
    | 'dispute_prevention'
    | 'other';
  amount: number;
  tax_amount: number;
  currency: string;
  organization_id: string;
  order_id: string;
  subscription_id: string | null;
  customer_id: string;
  dispute_id: string | null;
  revoke_benefits: boolean;
  metadata: Metadata;
}

/** Edits of refunds. `at` is the instant of the edit, by default the simulated present. */
export interface RefundEdits {
  /**
   * Refunds an order, all that is left of it unless `fields` name an amount. Sends `refund.created`, and once it has succeeded
   * `order.updated` and `order.refunded`.
   */
  createRefund(orderId: string, fields?: Partial<Refund>): Refund;
  /** pending → succeeded, failed or canceled; succeeded → failed. Sends `refund.updated`, and those of the order where its amounts change. */
  settleRefund(id: string, status: RefundStatus, at?: string): Refund;
  /** Sends `refund.updated`. */
  updateRefund(id: string, changes: Partial<Pick<Refund, 'metadata' | 'reason'>>, at?: string): Refund;
  /** A soft delete by a hand in the database: Polar deletes no refunds. Sends nothing. */
  deleteRefund(id: string, at?: string): Refund;
  /** Undoes {@link deleteRefund}. */
  restoreRefund(id: string, at?: string): Refund;
}

/** A refund of an order; the tax in the proportion of the amount. */
export function newRefund(
  state: State,
  order: Order,
  fields: Pick<Refund, 'id' | 'created_at'> & Partial<Refund>,
): Refund {
  const { amount = refundable(order) } = fields;
  return {
    modified_at: null,
    deleted_at: null,
    status: 'succeeded',
    reason: 'customer_request',
    amount,
    tax_amount: order.net_amount === 0 ? 0 : Math.round((order.tax_amount * amount) / order.net_amount),
    currency: order.currency,
    organization_id: state.organizationId,
    order_id: order.id,
    subscription_id: order.subscription_id,
    customer_id: order.customer_id,
    dispute_id: null,
    revoke_benefits: false,
    metadata: {},
    ...fields,
  };
}

/** The amounts and status of an order once a refund counts, or with −1 counts no longer. */
export function refunded(order: Order, { amount, tax_amount }: Refund, sign: 1 | -1 = 1): Partial<Order> {
  const refunded_amount = order.refunded_amount + sign * amount;
  const part = refunded_amount === 0 ? 'paid' : 'partially_refunded';
  return {
    refunded_amount,
    refunded_tax_amount: order.refunded_tax_amount + sign * tax_amount,
    status: refunded_amount > 0 && refunded_amount >= order.net_amount ? 'refunded' : part,
  };
}

/** The tables of what refunds are about. */
export interface RefundTables {
  orders: () => Table<Order>;
  refunds: () => Table<Refund>;
}

/** The edits of the refunds. */
export function refundEdits(state: State, { orders, refunds }: RefundTables): RefundEdits {
  const put = (refund: Refund, event: string | null) => {
    refunds().put(refund);
    if (event !== null) state.events.emit(event, refund.id);
    return refund;
  };
  const count = (refund: Refund, sign: 1 | -1, at: string) => {
    const order = orders().get(refund.order_id);
    if (!wasPaid(order)) return;
    orders().put({ ...order, ...refunded(order, refund, sign), modified_at: at });
    for (const event of ['order.updated', 'order.refunded']) state.events.emit(event, order.id);
  };
  const change = (id: string, changes: Partial<Refund>, at: string, event: string | null = 'refund.updated') =>
    put({ ...refunds().get(id), ...changes, modified_at: at }, event);
  return {
    createRefund: (orderId, fields = {}) => {
      const drawn = { id: randomUuid(state.chance), created_at: state.clock.now() };
      const refund = put(newRefund(state, orders().get(orderId), { ...drawn, ...fields }), 'refund.created');
      if (refund.status === 'succeeded') count(refund, 1, refund.created_at);
      return refund;
    },
    settleRefund: (id, status, at = state.clock.now()) => {
      const before = refunds().get(id);
      const after = change(id, { status }, at);
      const sign = Number(status === 'succeeded') - Number(before.status === 'succeeded');
      if (sign === 1 || sign === -1) count(after, sign, at);
      return after;
    },
    updateRefund: (id, changes, at = state.clock.now()) => change(id, changes, at),
    deleteRefund: (id, at = state.clock.now()) => change(id, { deleted_at: at }, at, null),
    restoreRefund: (id, at = state.clock.now()) => change(id, { deleted_at: null }, at, null),
  };
}
