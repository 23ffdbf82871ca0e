import { linkDiscountJson } from '../catalog/discounts.ts';
import { meterJson } from '../catalog/meters.ts';
import { priceJson } from '../catalog/prices.ts';
import { productJson } from '../catalog/products.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import type { Subscription } from './record.ts';

/**
 * A subscription's JSON. Polar: the customer and the product are whole, and the names that fields had before are sent though not
 * documented.
 */
export function subscriptionJson(state: State, subscription: Subscription, customer: unknown): unknown {
  const { product_id, discount_id, price_ids, meters, pending_update, custom_field_data, customer_id } = subscription;
  const prices = price_ids.map((id) => priceJson(state, id));
  return tampered(state, subscription.id, {
    ...baseColumns(subscription),
    custom_field_data,
    customer,
    product: productJson(state, product_id),
    discount: discount_id === null ? null : linkDiscountJson(state, discount_id),
    prices,
    meters: meters.map((meter) => ({ ...meter, meter: meterJson(state, meter.meter_id) })),
    pending_update,
    user_id: customer_id,
    user: customer,
    price_id: price_ids[0],
    price: prices[0],
  });
}

/** A subscription as orders nest it: its own columns alone. */
export const orderSubscriptionJson = (state: State, subscription: Subscription): unknown =>
  tampered(state, subscription.id, baseColumns(subscription));

function baseColumns(subscription: Subscription) {
  const {
    deleted_at: _deleted,
    price_ids: _prices,
    meters: _meters,
    pending_update: _update,
    custom_field_data: _answers,
    ...columns
  } = subscription;
  return columns;
}
