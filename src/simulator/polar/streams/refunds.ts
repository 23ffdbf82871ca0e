import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import { refundable } from '../orders/record.ts';
import { plainDispute, type Dispute, type DisputeEdits } from '../orders/dispute.ts';
import { refundEdits, type Refund, type RefundEdits } from '../orders/refund.ts';
import type { Sales } from '../orders/sales.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import { tampered } from '../tampered.ts';
import type { Step } from '../../traffic.ts';

/** The refunds of orders. Polar: they have no address, and are found by the list's filter `id`. */
export function refundStream(state: State, sales: Sales, disputes: PolarStream<Dispute, DisputeEdits>) {
  const { orders, refunds } = sales;
  const edits = refundEdits(state, sales);
  const json = (id: string) => {
    const { dispute_id, deleted_at: _deleted, ...shown } = refunds().get(id);
    const dispute =
      dispute_id === null ? null : tampered(state, dispute_id, plainDispute(sales.disputes().get(dispute_id)));
    return tampered(state, id, { ...shown, dispute });
  };
  return polarStream<Refund, Refund, RefundEdits>(state, {
    paths: ['/v1/refunds'],
    scopes: ['refunds:read', 'refunds:write'],
    isOptional: true,
    isListOnly: true,
    records: lazyMap(() => refunds().records),
    isServed: (id) => refunds().isServed(id),
    json,
    list: {
      rows: () => refunds().served(),
      idOf: ({ id }) => id,
      filters: {
        id: { type: 'uuid', valueOf: ({ id }) => id },
        order_id: { type: 'uuid', valueOf: ({ order_id }) => order_id },
        subscription_id: { type: 'uuid', valueOf: ({ subscription_id }) => subscription_id },
        customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
      },
      criteria: { created_at: ({ created_at }) => micros(created_at), amount: ({ amount }) => amount },
      defaultSorting: '-created_at',
    },
    webhooks: { 'refund.created': json, 'refund.updated': json },
    edits,
    driver: {
      create: (created_at = state.clock.now()) => {
        const order = orders().put(sales.drawOrder({ created_at }));
        const dispute = disputes.edits.openDispute(order.id, { created_at });
        return edits.createRefund(order.id, { created_at, dispute_id: dispute.id, status: 'pending', amount: 100 }).id;
      },
      edit: (id) => void edits.updateRefund(id, { metadata: { edited: state.clock.now() } }),
      editNested: (id) => {
        const { dispute_id } = refunds().get(id);
        if (dispute_id !== null) disputes.edits.updateDispute(dispute_id, { reason: `Edited at ${state.clock.now()}` });
      },
      remove: (id) => void edits.deleteRefund(id),
      restore: (id) => void edits.restoreRefund(id),
    },
    traffic: () => refundTraffic(sales, edits),
  });
}

/** Refunds in full and in part, pending ones that settle, and some that the bank sends back. */
function refundTraffic({ orders, refunds }: Sales, edits: RefundEdits): Step[] {
  const refund = (part: number) => (chance: Random) => {
    const found = orders()
      .served()
      .slice(-200)
      .filter((order) => refundable(order) > 0);
    if (found.length === 0) return;
    const order = chance.pick(found);
    const amount = Math.ceil(refundable(order) * part);
    edits.createRefund(order.id, { amount, status: chance.chance(0.5) ? 'pending' : 'succeeded' });
  };
  const settle = (from: Refund['status'], to: Refund['status']) => (chance: Random) => {
    const found = refunds()
      .served()
      .slice(-50)
      .filter(({ status }) => status === from);
    if (found.length > 0) edits.settleRefund(chance.pick(found).id, to);
  };
  return [
    [0.6, refund(1)],
    [0.4, refund(0.4)],
    [0.5, settle('pending', 'succeeded')],
    [0.1, settle('pending', 'failed')],
    [0.1, settle('succeeded', 'failed')],
  ];
}
