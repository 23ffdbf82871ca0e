import { micros } from '../../instants.ts';
import type { Price, Product } from './records.ts';

/** Polar: a product lists its catalog prices that are not archived: fixed and custom first, then metered, then the rest, each by age. */
export function listedPrices(prices: Iterable<Price>, productId: string): Price[] {
  return [...prices]
    .filter((price) => price.product_id === productId && price.source === 'catalog' && !price.is_archived)
    .sort((a, b) => rank(a) - rank(b) || micros(a.created_at) - micros(b.created_at));
}

/** Polar: true with an interval, or when every listed price is a legacy recurring one; so also when none is listed. */
export function isRecurring(product: Pick<Product, 'recurring_interval'>, listed: readonly Price[]): boolean {
  return product.recurring_interval !== null || listed.every((price) => price.type === 'recurring');
}

function rank({ amount_type }: Price): number {
  if (amount_type === 'fixed' || amount_type === 'custom') return 0;
  return amount_type.startsWith('metered') ? 1 : 2;
}
