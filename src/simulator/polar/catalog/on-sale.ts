import { catalogMaps, type State } from '../state.ts';
import type { Product, WholeMeter } from './records.ts';
import { seededMeters } from './seed/meters.ts';

/** The products that somebody could buy now; an organization without any gets its catalog first. */
export function onSale(state: State): Product[] {
  if (state.products.size === 0) stock(state);
  return [...state.products.values()].filter(
    (product) => !product.is_archived && product.visibility !== 'draft' && product.price_ids.length > 0,
  );
}

/** The meters that prices may count with; an organization without any gets its catalog first. */
export function anyMeters(state: State): WholeMeter[] {
  if (state.meters.size === 0) stock(state);
  return [...state.meters.values()];
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
  copy(seededMeters(state.shop, state.range), state.meters);
}

function copy<T>(from: ReadonlyMap<string, T>, into: Map<string, T>): void {
  for (const [id, record] of from) into.set(id, record);
}
