import { randomUuid } from '../../ids.ts';
import { DAY, later, micros, SECOND } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import type { State } from '../state.ts';
import { newDispute, type Dispute, type DisputeStatus } from './dispute.ts';
import { paymentOf } from './payment.ts';
import { wasPaid, type Order } from './record.ts';
import { newRefund, refunded, type Refund, type RefundStatus } from './refund.ts';

/** An order as it is at the start, and what became of it on the way. */
export interface EarlySale {
  order: Order;
  refund?: Refund;
  dispute?: Dispute;
}

/** A possible end of a sale, with its share of all sales: a refund of all or a part, a dispute, or both. */
interface Ending {
  share: number;
  refund?: { part: number; status: RefundStatus };
  dispute?: DisputeStatus;
}

const succeeded = { status: 'succeeded' } as const;

const ENDINGS: readonly Ending[] = [
  { share: 0.03, refund: { part: 1, ...succeeded } },
  { share: 0.015, refund: { part: 0.4, ...succeeded } },
  { share: 0.01, refund: { part: 1, status: 'pending' } },
  { share: 0.01, refund: { part: 1, status: 'failed' } },
  { share: 0.005, refund: { part: 1, ...succeeded }, dispute: 'prevented' },
  { share: 0.002, dispute: 'early_warning' },
  { share: 0.003, dispute: 'needs_response' },
  { share: 0.003, dispute: 'under_review' },
  { share: 0.003, dispute: 'won' },
  { share: 0.003, dispute: 'lost' },
];

/** Returns an order of a session that succeeded before the start with its refund and dispute: mostly neither. */
export function aftermath(state: State, order: Order): EarlySale {
  const chance = random(state.seed ^ parseInt(order.id.slice(0, 8), 16), 'aftermath', parseInt(order.id.slice(28), 16));
  const at = later(order.created_at, Math.floor(chance.next() * 20 * DAY) + 60 * SECOND);
  let share = chance.next();
  const ending = ENDINGS.find((one) => (share -= one.share) < 0);
  if (!ending || !wasPaid(order) || order.net_amount === 0 || micros(at) > state.range.now) return { order };
  const dispute = ending.dispute && disputeOf(state, chance, { order, at, status: ending.dispute });
  const refund = ending.refund && refundOf(state, chance, { order, at, dispute, ...ending.refund });
  const isRefunded = refund?.status === 'succeeded';
  return {
    order: isRefunded ? { ...order, ...refunded(order, refund), modified_at: later(at, 2 * SECOND) } : order,
    ...(refund && { refund }),
    ...(dispute && { dispute }),
  };
}

function disputeOf(
  state: State,
  chance: Random,
  { order, at, status }: { order: Order; at: string; status: DisputeStatus },
): Dispute {
  const warned = status === 'prevented' || status === 'early_warning';
  return newDispute(order, {
    id: randomUuid(chance),
    created_at: at,
    modified_at: status === 'needs_response' ? null : later(at, SECOND),
    status,
    payment_id: paymentOf(state, order),
    reason: chance.pick(['fraudulent', 'product_not_received', 'subscription_canceled']),
    case_id: warned ? `case_${order.id.slice(0, 8)}` : null,
  });
}

function refundOf(
  state: State,
  chance: Random,
  made: { order: Order; at: string; dispute: Dispute | undefined; part: number; status: RefundStatus },
): Refund {
  const { order, at, dispute, part, status } = made;
  return newRefund(state, order, {
    id: randomUuid(chance),
    created_at: at,
    modified_at: status === 'pending' ? null : later(at, SECOND),
    status,
    amount: Math.ceil(order.net_amount * part),
    reason: dispute ? 'dispute_prevention' : chance.pick(['customer_request', 'duplicate', 'satisfaction_guarantee']),
    dispute_id: dispute?.id ?? null,
    revoke_benefits: part === 1,
  });
}
