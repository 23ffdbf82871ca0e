import type { Order } from '../orders/record.ts';
import { byPeriod, inDollars, part, total, type Measure } from './truth.ts';

/**
 * Polar (tinybird/endpoints/metrics_revenue.pipe, metrics_events.pipe): what was paid counts when its order was made. Revenue
 * is what remains after discounts and before tax; refunds are taken off net revenue, in the period of their order.
 */
export const measureOrders: Measure = ({ orders, refundsOf, subscriptions }, frame) => {
  const ordersOf = byPeriod(orders, frame, ({ created_at }) => created_at);
  const periodStart = new Map(
    subscriptions.map(({ id, started_at }) => [id, started_at === null ? null : frame.keyOf(started_at)]),
  );
  const revenueOf = ({ net_amount, currency }: Order) => inDollars(net_amount, currency);
  // Polar: the amount of the event is in dollars already, and multiplied by the rate once more.
  const refunded = ({ id }: Order) =>
    total(refundsOf.get(id) ?? [], ({ amount, currency }) => inDollars(inDollars(amount, currency), currency));
  return (key) => {
    const made = ordersOf(key);
    const revenue = total(made, revenueOf);
    const renewed = made.filter(
      ({ subscription_id: id }) => id !== null && periodStart.has(id) && periodStart.get(id) !== key,
    );
    return {
      orders: made.length,
      revenue,
      net_revenue: revenue - total(made, (order) => order.platform_fee_amount + refunded(order)),
      average_order_value: Math.ceil(part(revenue, made.length)),
      one_time_products: made.filter(({ subscription_id }) => subscription_id === null).length,
      renewed_subscriptions: new Set(renewed.map(({ subscription_id }) => subscription_id)).size,
    };
  };
};
