import { micros } from '../../instants.ts';
import { lazyMap } from '../../records.ts';
import { paymentRecordEdits, type Payment, type PaymentRecordEdits } from '../orders/payment.ts';
import type { Sales } from '../orders/sales.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';
import { tampered } from '../tampered.ts';

/** The attempts to pay for sessions and orders, failed ones included. Polar: no webhook tells of them. */
export function paymentStream(state: State, { payments }: Sales) {
  const edits = paymentRecordEdits(state, payments);
  return polarStream<Payment, Payment, PaymentRecordEdits>(state, {
    paths: ['/v1/payments'],
    scopes: ['payments:read'],
    isOptional: true,
    records: lazyMap(() => payments().records),
    isServed: (id) => payments().isServed(id),
    json: (id) => {
      const { deleted_at: _deleted, method_metadata, ...shown } = payments().get(id);
      return tampered(state, id, { ...shown, ...(method_metadata && { method_metadata }) });
    },
    list: {
      rows: () => payments().served(),
      idOf: ({ id }) => id,
      filters: {
        status: { type: ['pending', 'succeeded', 'failed'], valueOf: ({ status }) => status },
        checkout_id: { type: 'uuid', valueOf: ({ checkout_id }) => checkout_id },
        order_id: { type: 'uuid', valueOf: ({ order_id }) => order_id },
        method: { type: 'text', valueOf: ({ method }) => method },
      },
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        status: ({ status }) => status,
        amount: ({ amount }) => amount,
        method: ({ method }) => method,
      },
      defaultSorting: '-created_at',
    },
    webhooks: {},
    edits,
    driver: {
      create: (created_at) => edits.createPayment(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updatePayment(id, { status: 'failed', decline_message: `At ${state.clock.now()}` }),
      remove: (id) => void edits.deletePayment(id),
      restore: (id) => void edits.restorePayment(id),
    },
  });
}
