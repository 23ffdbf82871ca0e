import type { State } from '../state.ts';
import type { Product } from './records.ts';

/** The products that somebody could buy now. */
export function onSale(state: State): Product[] {
  return [...state.products.values()].filter(
    (product) => !product.is_archived && product.visibility !== 'draft' && product.price_ids.length > 0,
  );
}
