import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { Step } from '../../traffic.ts';
import type { CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import { disputeEdits, plainDispute, type Dispute, type DisputeEdits } from '../orders/dispute.ts';
import { wasPaid } from '../orders/record.ts';
import type { Sales } from '../orders/sales.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import { tampered } from '../tampered.ts';

/** The disputes about orders. Polar: their life takes months, and no webhook tells of it. */
export function disputeStream(state: State, sales: Sales, customers: PolarStream<Customer, CustomerEdits>) {
  const { orders, disputes } = sales;
  const edits = disputeEdits(state, orders, disputes);
  const json = (id: string) => {
    const dispute = disputes().get(id);
    const { customer_id, case_id } = dispute;
    return tampered(state, id, { ...plainDispute(dispute), customer: customers.json(customer_id), case_id });
  };
  return polarStream<Dispute, Dispute, DisputeEdits>(state, {
    paths: ['/v1/disputes'],
    scopes: ['disputes:read', 'disputes:write'],
    isOptional: true,
    records: lazyMap(() => disputes().records),
    isServed: (id) => disputes().isServed(id),
    json,
    list: {
      rows: () => disputes().served(),
      idOf: ({ id }) => id,
      filters: {
        order_id: { type: 'uuid', valueOf: ({ order_id }) => order_id },
        status: {
          type: ['prevented', 'early_warning', 'needs_response', 'under_review', 'lost', 'won'],
          valueOf: ({ status }) => status,
        },
      },
      criteria: { created_at: ({ created_at }) => micros(created_at), amount: ({ amount }) => amount },
      defaultSorting: '-created_at',
    },
    webhooks: {},
    edits,
    driver: {
      create: (created_at = state.clock.now()) =>
        edits.openDispute(orders().put(sales.drawOrder({ created_at })).id, { created_at }).id,
      edit: (id) => void edits.updateDispute(id, { status: 'under_review', past_due: true }),
      editNested: (id) => {
        const { customer_id } = disputes().get(id);
        customers.edits.updateCustomer(customer_id, { name: `Edited at ${state.clock.now()}` });
      },
      remove: (id) => void edits.deleteDispute(id),
      restore: (id) => void edits.restoreDispute(id),
    },
    traffic: () => disputeTraffic(sales, edits),
  });
}

/** New disputes, and the next state of those that are open. */
function disputeTraffic({ orders, disputes }: Sales, edits: DisputeEdits): Step[] {
  const open = (chance: Random) => {
    const found = orders().served().slice(-200).filter(wasPaid);
    if (found.length > 0) edits.openDispute(chance.pick(found).id);
  };
  const advance = (chance: Random) => {
    const found = disputes()
      .served()
      .filter(({ status }) => status === 'needs_response' || status === 'under_review');
    if (found.length === 0) return;
    const { id, status } = chance.pick(found);
    edits.updateDispute(id, { status: status === 'needs_response' ? 'under_review' : chance.pick(['won', 'lost']) });
  };
  return [
    [0.2, open],
    [0.4, advance],
  ];
}
