import type { State } from '../state.ts';
import { putRecord } from './put-record.ts';
import type { Product } from './records.ts';

/** Changes what hangs on each product that a deleted record was on. Polar: no product's `modified_at` moves, and nothing is sent. */
export function takeOff(
  state: State,
  wasOn: (product: Product) => boolean,
  left: (product: Product) => Partial<Product>,
): void {
  for (const product of [...state.products.values()].filter(wasOn))
    putRecord(state, 'products', { ...product, ...left(product) });
}
