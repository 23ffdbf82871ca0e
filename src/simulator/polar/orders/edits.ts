import { DAY, later } from '../../instants.ts';
import type { State } from '../state.ts';
import { feeOf, invoiceNumber } from './new-order.ts';
import { orderPayment, type Payment } from './payment.ts';
import { RETRY_DAYS, type Order } from './record.ts';
import type { Sales } from './sales.ts';

type OrderChanges = Partial<Omit<Order, 'id' | 'created_at'>>;

/** Edits of orders. `at` is the instant of the edit, by default the simulated present. */
export interface OrderEdits {
  /**
   * A new order, such as a renewal of a subscription: paid, and for any customer and product, unless `fields` say otherwise.
   * Sends `order.created`, and where it is paid `order.updated` and `order.paid`: Polar's fee is not known yet.
   */
  createOrder(fields?: Partial<Order>): Order;
  /** Sends `order.updated`. */
  updateOrder(id: string, changes: OrderChanges, at?: string): Order;
  /** A change of columns that Polar does not show, such as the lock of a payment. Polar: moves `modified_at`, sends nothing. */
  touchOrder(id: string, at?: string): Order;
  /** draft → pending, with an invoice number. Sends `order.updated`. */
  finalizeOrder(id: string, at?: string): Order;
  /** draft or pending → paid. Sends `order.updated` and `order.paid`: Polar's fee is not known yet. */
  payOrder(id: string, at?: string): Order;
  /** The job that runs after a payment: sets Polar's fee. Sends `order.updated`. */
  chargeFee(id: string, at?: string): Order;
  /**
   * A payment of a pending order that failed. Polar: it is tried again after 2, 5, 7 and 7 days; only the first failure sends
   * `order.updated`.
   */
  failOrder(id: string, at?: string): Order;
  /** pending → void. Sends `order.updated`. */
  voidOrder(id: string, at?: string): Order;
  /** A soft delete by a hand in the database: Polar deletes no orders. Sends nothing. */
  deleteOrder(id: string, at?: string): Order;
  /** Undoes {@link deleteOrder}. */
  restoreOrder(id: string, at?: string): Order;
}

/** The edits of the orders. */
export function orderEdits(state: State, { orders, payments, drawOrder }: Sales): OrderEdits {
  const pay = (order: Order, status: Payment['status'], at: string) => {
    if (order.net_amount + order.tax_amount === 0) return;
    const payment = orderPayment(state, order, status, at);
    const known = payments().records.get(payment.id);
    payments().put(known ? { ...payment, created_at: known.created_at, modified_at: at } : payment);
  };
  const put = (order: Order, ...events: string[]) => {
    orders().put(order);
    for (const event of events) state.events.emit(event, order.id);
    return order;
  };
  const change = (id: string, changes: OrderChanges, at = state.clock.now()): Order => ({
    ...orders().get(id),
    ...changes,
    modified_at: at,
  });
  const update = (id: string, changes: OrderChanges, at?: string) => put(change(id, changes, at), 'order.updated');
  return {
    createOrder: (fields = {}) => {
      const order = drawOrder(fields);
      if (order.status === 'paid') pay(order, 'succeeded', order.created_at);
      return put(order, 'order.created', ...(order.status === 'paid' ? ['order.updated', 'order.paid'] : []));
    },
    updateOrder: update,
    touchOrder: (id, at) => put(change(id, {}, at)),
    finalizeOrder: (id, at) => update(id, { status: 'pending', invoice_number: invoiceNumber(id) }, at),
    payOrder: (id, at = state.clock.now()) => {
      pay(orders().get(id), 'succeeded', at);
      const paid = { status: 'paid' as const, next_payment_attempt_at: null, invoice_number: invoiceNumber(id) };
      return put(change(id, paid, at), 'order.updated', 'order.paid');
    },
    chargeFee: (id, at) => update(id, feeOf(orders().get(id)), at),
    failOrder: (id, at = state.clock.now()) => {
      const order = orders().get(id);
      const { failures } = order.truth;
      pay(order, 'failed', at);
      const days = RETRY_DAYS[failures];
      const next_payment_attempt_at = days === undefined ? null : later(at, days * DAY);
      const failed = change(id, { next_payment_attempt_at, truth: { failures: failures + 1 } }, at);
      return put(failed, ...(failures === 0 ? ['order.updated'] : []));
    },
    voidOrder: (id, at) => update(id, { status: 'void', next_payment_attempt_at: null }, at),
    deleteOrder: (id, at = state.clock.now()) => put(change(id, { deleted_at: at }, at)),
    restoreOrder: (id, at) => put(change(id, { deleted_at: null }, at)),
  };
}
