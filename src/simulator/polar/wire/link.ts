import type { Link } from '../link-record.ts';
import { found, type State } from '../state.ts';
import { linkDiscountJson } from './discount.ts';
import { priceJson } from './price.ts';
import { linkProductJson } from './product.ts';
import { tampered } from './tampered.ts';

/** Polar: the deprecated aliases repeat the first product's first price; a link without one cannot be serialized, and the request fails with 500. */
export class UnserializableLinkError extends Error {
  override readonly name = 'UnserializableLinkError';
}

/**
 * A link; `productIds` are those the answer shows. Throws UnserializableLinkError when the first of them lists no price.
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
  if (!first || price === undefined) throw new UnserializableLinkError(`link ${id} has no product with a price`);
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
