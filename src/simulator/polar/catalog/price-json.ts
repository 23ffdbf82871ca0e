import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';

/** A price. Polar: beside the documented fields the deprecated `type`, `recurring_interval` and, with seats, `price_per_seat` are sent. */
export function priceJson(state: State, id: string): unknown {
  const price = found(state.prices, id, 'price');
  const product = state.products.get(price.product_id);
  return tampered(state, id, {
    ...price,
    type: price.type ?? (product?.recurring_interval ? 'recurring' : 'one_time'),
    recurring_interval: price.recurring_interval ?? product?.recurring_interval ?? null,
    ...(price.seat_tiers && { price_per_seat: price.seat_tiers.tiers[0]?.price_per_seat }),
  });
}
