import { linkDiscountJson } from '../catalog/discounts.ts';
import { orderProductJson } from '../catalog/products.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import type { Subscription } from '../subscriptions/record.ts';
import { orderSubscriptionJson } from '../subscriptions/wire.ts';
import { wasPaid, refundable, type Order } from './record.ts';

/** Records with a stream of their own that an order nests. */
interface Nested {
  customer: unknown;
  subscription: Subscription | undefined;
}

/**
 * An order's JSON. Polar: the names that fields had before are sent though not documented, the customer is whole, and the
 * product has no prices, benefits and medias.
 */
export function orderJson(state: State, order: Order, { customer, subscription }: Nested): unknown {
  const { deleted_at: _deleted, truth: _truth, items, ...columns } = order;
  const total_amount = order.net_amount + order.tax_amount;
  const refundable_amount = refundable(order);
  return tampered(state, order.id, {
    ...columns,
    paid: wasPaid(order),
    total_amount,
    due_amount: Math.max(0, total_amount + order.applied_balance_amount),
    refundable_amount,
    refundable_tax_amount: refundable_amount === 0 ? 0 : order.tax_amount - order.refunded_tax_amount,
    customer,
    product: order.product_id === null ? null : orderProductJson(state, order.product_id),
    discount: order.discount_id === null ? null : linkDiscountJson(state, order.discount_id),
    subscription: subscription ? orderSubscriptionJson(state, subscription) : null,
    items,
    description: items[0]?.label ?? '',
    ...formerNames(order, customer),
  });
}

/** Polar: aliases that are sent though not documented. */
function formerNames({ net_amount, applied_balance_amount, customer_id, items }: Order, user: unknown) {
  const amounts = { amount: net_amount, from_balance_amount: applied_balance_amount };
  return { ...amounts, user_id: customer_id, user, product_price_id: items[0]?.product_price_id ?? null };
}
