import type { Link } from '../link-record.ts';
import { found, type State } from '../state.ts';
import { linkDiscountJson } from '../catalog/discount-json.ts';
import { priceJson } from '../catalog/price-json.ts';
import { linkProductJson } from '../catalog/product-json.ts';
import { tampered, UnserializableError } from '../tampered.ts';

/**
 * A link; `productIds` are those the answer shows. Polar: the deprecated aliases repeat the first product's first price;
 * throws UnserializableError without one.
 * Polar: `product`, `product_id`, `product_price` and `product_price_id` are sent though not documented.
 */
export function linkJson(
  state: State,
  id: string,
  productIds: readonly string[] = found(state.links, id, 'link').product_ids,
): unknown {
  const { product_ids: _products, deleted_at: _deleted, ...columns }: Link = found(state.links, id, 'link');
  const products = productIds.map((productId) => linkProductJson(state, productId));
  const first = productIds[0] === undefined ? undefined : found(state.products, productIds[0], 'product');
  const price = first?.price_ids[0];
  if (!first || price === undefined) throw new UnserializableError(`link ${id} has no product with a price`);
  return tampered(state, id, {
    ...columns,
    products,
    discount: columns.discount_id === null ? null : linkDiscountJson(state, columns.discount_id),
    product_id: first.id,
    product_price_id: price,
    product: products[0],
    product_price: priceJson(state, price),
  });
}
