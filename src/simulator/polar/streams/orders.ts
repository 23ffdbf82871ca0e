import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { Step } from '../../traffic.ts';
import { renameProduct } from '../catalog/products.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import { onPaid } from '../checkouts/paid.ts';
import type { CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { ListDescription } from '../list.ts';
import { orderEdits, type OrderEdits } from '../orders/edits.ts';
import type { Sales } from '../orders/sales.ts';
import { wasPaid, type Order } from '../orders/record.ts';
import { orderJson } from '../orders/wire.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import type { Subscription } from '../subscriptions/record.ts';
import type { Table } from '../table.ts';

/** The tables of sales and subscriptions, drawn up when they are first asked for. */
interface OrderTables extends Sales {
  subscriptions: () => Table<Subscription>;
}

/** The orders: those of the sessions that succeeded, and those that renewals and the merchant's code make. */
export function orderStream(state: State, sales: OrderTables, customers: PolarStream<Customer, CustomerEdits>) {
  const { orders, subscriptions } = sales;
  const edits = orderEdits(state, sales);
  const json = (id: string) => {
    const order = orders().get(id);
    const subscription = subscriptions().records.get(order.subscription_id ?? '');
    return orderJson(state, order, { customer: customers.json(order.customer_id), subscription });
  };
  tellOfSessions(state);
  return polarStream<Order, Order, OrderEdits>(state, {
    paths: ['/v1/orders'],
    // Polar: unlike other resources, writing does not imply reading.
    scopes: ['orders:read'],
    isOptional: true,
    records: lazyMap(() => orders().records),
    isServed: (id) => orders().isServed(id),
    json,
    list: orderList(orders),
    webhooks: { 'order.created': json, 'order.updated': json, 'order.paid': json, 'order.refunded': json },
    edits,
    driver: {
      create: (created_at) => edits.createOrder({ status: 'pending', ...(created_at && { created_at }) }).id,
      edit: (id) => void edits.updateOrder(id, { billing_name: `Edited at ${state.clock.now()}` }),
      editNested: (id) => renameProduct(state, orders().get(id).product_id ?? undefined),
      remove: (id) => void edits.deleteOrder(id),
      restore: (id) => void edits.restoreOrder(id),
    },
    traffic: () => orderTraffic(orders, edits),
  });
}

const orderList = (orders: () => Table<Order>): ListDescription<Order> => ({
  rows: () => orders().served(),
  idOf: ({ id }) => id,
  filters: {
    status: {
      type: ['draft', 'pending', 'paid', 'refunded', 'partially_refunded', 'void'],
      valueOf: ({ status }) => status,
    },
    product_id: { type: 'uuid', valueOf: ({ product_id }) => product_id },
    discount_id: { type: 'uuid', valueOf: ({ discount_id }) => discount_id },
    customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
    checkout_id: { type: 'uuid', valueOf: ({ checkout_id }) => checkout_id },
    subscription_id: { type: 'uuid', valueOf: ({ subscription_id }) => subscription_id },
  },
  criteria: {
    created_at: ({ created_at }) => micros(created_at),
    status: ({ status }) => status,
    invoice_number: ({ invoice_number }) => invoice_number,
    amount: ({ net_amount, tax_amount }) => net_amount + tax_amount,
    net_amount: ({ net_amount }) => net_amount,
  },
  defaultSorting: '-created_at',
});

/** Sends the webhooks of the orders that sessions become; the orders are drawn up when somebody reads one. */
function tellOfSessions(state: State): void {
  onPaid(state, ({ row }) => {
    if (row.customer_id === null) return;
    const id = outcomeId(state.seed, 'order', row.id);
    for (const type of ['order.created', 'order.updated', 'order.paid']) state.events.emit(type, id);
  });
}

/** Fees that follow payments, payments of pending orders, and late edits. */
function orderTraffic(orders: () => Table<Order>, edits: OrderEdits): Step[] {
  const newest = (chance: Random, wanted: (order: Order) => boolean, edit: (id: string) => unknown) => {
    const found = orders().served().slice(-200).filter(wanted);
    if (found.length > 0) edit(chance.pick(found).id);
  };
  const hasNoFee = (order: Order) => wasPaid(order) && order.net_amount > 0 && order.platform_fee_currency === null;
  const isPending = ({ status }: Order) => status === 'pending';
  return [
    [12, (chance) => newest(chance, hasNoFee, (id) => edits.chargeFee(id))],
    [3, (chance) => newest(chance, isPending, (id) => edits.payOrder(id))],
    [1, (chance) => newest(chance, wasPaid, (id) => edits.updateOrder(id, { is_invoice_generated: true }))],
  ];
}
