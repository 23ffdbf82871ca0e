import type { Price } from '../records.ts';
import { draftPrice } from '../seed/prices.ts';
import { found, put, type State } from '../state.ts';
import { timestamp, zoneOf } from '../timestamp.ts';

/** Edits of price plans. Fynn: only archiving sends a webhook. */
export interface PriceEdits {
  /** A new price, of any product unless `fields` names one. */
  createPrice(fields?: Partial<Price>): Price;
  updatePrice(id: string, changes: Partial<Omit<Price, 'id'>>): Price;
  /** Another amount, and `updatedAt` of this second. */
  changePrice(id: string, amount: number): Price;
  /** Takes the price out of lists, and leaves it in the links that sell it. */
  archivePrice(id: string): Price;
}

/** The edits on a state. */
export function priceEdits(state: State): PriceEdits {
  const { chance, clock, feed, prices, products, settings } = state;
  const updatePrice: PriceEdits['updatePrice'] = (id, changes) =>
    put(prices, { ...found(prices, id, 'price'), ...changes });
  return {
    updatePrice,
    createPrice: (fields = {}) => {
      const { productId = chance.pick([...products.values()]).id } = fields;
      const { emptyObjects } = settings;
      return put(prices, { ...draftPrice(chance, { productId, now: clock.now(), emptyObjects }), ...fields });
    },
    changePrice: (id, amount) => {
      const { price } = found(prices, id, 'price');
      const updatedAt = timestamp(clock.now(), zoneOf(price.updatedAt));
      return updatePrice(id, { price: { ...price, amount, updatedAt } });
    },
    archivePrice: (id) => {
      const price = updatePrice(id, { status: 'archived' });
      feed.emit('price_plan.archived', id);
      return price;
    },
  };
}
