import { catalogMaps, type State } from '../state.ts';
import type { Product } from './records.ts';

/** The products that somebody could buy now; an organization without any gets its catalog first. */
export function onSale(state: State): Product[] {
  if (state.products.size === 0) stock(state);
  return [...state.products.values()].filter(
    (product) => !product.is_archived && product.visibility !== 'draft' && product.price_ids.length > 0,
  );
}

/** Adds the catalog that the organization started without. */
function stock(state: State): void {
  const { products, prices, benefits, medias, discounts, customFields } = catalogMaps(state.shop);
  copy(products, state.products);
  copy(prices, state.prices);
  copy(benefits, state.benefits);
  copy(medias, state.medias);
  copy(discounts, state.discounts);
  copy(customFields, state.customFields);
}

function copy<T>(from: ReadonlyMap<string, T>, into: Map<string, T>): void {
  for (const [id, record] of from) into.set(id, record);
}
