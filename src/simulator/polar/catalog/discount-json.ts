import type { Discount } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { plainProduct } from './product-json.ts';
import { tampered } from '../tampered.ts';

/** A discount as links nest it; a deleted one stays nested. */
export function linkDiscountJson(state: State, id: string): unknown {
  return tampered(state, id, minimal(found(state.discounts, id, 'discount')));
}

/** A discount as sessions nest it. Polar: reduced, without timestamps, organization and metadata. */
export function checkoutDiscountJson(state: State, id: string): unknown {
  const discount = found(state.discounts, id, 'discount');
  return tampered(state, id, { id, name: discount.name, code: discount.code, ...shape(discount) });
}

/** A whole discount, as `/v1/discounts/` and webhooks show it. */
export function discountJson(state: State, id: string): unknown {
  const discount = found(state.discounts, id, 'discount');
  const products = discount.product_ids.map((productId) => plainProduct(found(state.products, productId, 'product')));
  return tampered(state, id, { ...minimal(discount), products });
}

function minimal(discount: Discount): Record<string, unknown> {
  const { product_ids: _products, deleted_at: _deleted, ...shown } = discount;
  return shown;
}

function shape({ type, duration, amount, currency, amounts, basis_points, duration_in_months }: Discount) {
  const money = type === 'fixed' ? { amount, currency, amounts } : { basis_points };
  return { type, duration, ...money, ...(duration === 'repeating' && { duration_in_months }) };
}
