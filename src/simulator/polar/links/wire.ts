import { found } from '../../records.ts';
import { linkDiscountJson } from '../catalog/discounts.ts';
import { priceJson } from '../catalog/prices.ts';
import { linkProductJson } from '../catalog/products.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { tampered, UnserializableError } from '../tampered.ts';
import type { Link } from './record.ts';

/**
 * A link; `productIds` are those that the response shows. Polar: the deprecated aliases repeat the first product's first price;
 * throws UnserializableError without one.
 * Polar: `product`, `product_id`, `product_price` and `product_price_id` are sent though not documented.
 */
export function linkJson(state: State, link: Link, productIds: readonly string[] = link.product_ids): unknown {
  const { product_ids: _products, deleted_at: _deleted, ...columns } = link;
  const products = productIds.map((productId) => linkProductJson(state, productId));
  const first = productIds[0] === undefined ? undefined : found(state.products, productIds[0], 'product');
  const price = first?.price_ids[0];
  if (!first || price === undefined) throw new UnserializableError(`link ${link.id} has no product with a price`);
  return tampered(state, link.id, {
    ...columns,
    products,
    discount: columns.discount_id === null ? null : linkDiscountJson(state, columns.discount_id),
    product_id: first.id,
    product_price_id: price,
    product: products[0],
    product_price: priceJson(state, price),
  });
}

/** A link, or one of its products when the list is joined with them. */
export interface LinkRow {
  link: Link;
  productId?: string;
}

/** Polar: with `product_id`, pages and totals count one row per matching product. */
export function linkRows(links: Table<Link>, wanted: readonly string[] | undefined): LinkRow[] {
  if (!wanted) return links.served().map((link) => ({ link }));
  return links
    .served()
    .flatMap((link) => link.product_ids.filter((id) => wanted.includes(id)).map((productId) => ({ link, productId })));
}

/** Polar: a list that is joined with products shows only the matching products of the page. */
export function textsOf(state: State, page: readonly LinkRow[]): string[] {
  return [...Map.groupBy(page, ({ link }) => link)].map(([link, rows]) => {
    const shown = rows.flatMap(({ productId }) => productId ?? []);
    return JSON.stringify(linkJson(state, link, shown.length > 0 ? shown : link.product_ids));
  });
}
