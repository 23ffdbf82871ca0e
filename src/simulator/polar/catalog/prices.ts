import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { isRecurring, listedPrices } from './listed-prices.ts';
import { priceMeterJson } from './meters.ts';
import { putRecord } from './put-record.ts';
import type { Price } from './records.ts';

/** Edits of prices. Each sends `product.updated`. Polar: the product's `modified_at` stays, and so does that of links and sessions. */
export interface PriceEdits {
  /** A new catalog price, by default a fixed one; other types need their own columns in `fields`. */
  addPrice(productId: string, fields?: Partial<Price>): Price;
  /** Polar: an edited price is a new row with the old one archived, which the product no longer lists. Returns the new one. */
  changePrice(id: string, changes: Partial<Price>, at?: string): Price;
  /** Archives a price. Polar: while a link's first product lists no price, every response with that link is a 500. */
  archivePrice(id: string, at?: string): Price;
}

/** The edits on a state. */
export function priceEdits(state: State): PriceEdits {
  const archive = (id: string, at: string) =>
    putRecord(state, 'prices', { ...found(state.prices, id, 'price'), is_archived: true, modified_at: at });
  return {
    addPrice: (productId, fields = {}) => {
      const price = putRecord(state, 'prices', newPrice(state, { ...fields, product_id: productId }));
      relist(state, productId);
      return price;
    },
    changePrice: (id, changes, at = state.clock.now()) => {
      const old = archive(id, at);
      const price = {
        ...old,
        id: randomUuid(state.chance),
        created_at: at,
        modified_at: null,
        is_archived: false,
        ...changes,
      };
      putRecord(state, 'prices', price);
      relist(state, price.product_id);
      return price;
    },
    archivePrice: (id, at = state.clock.now()) => {
      const price = archive(id, at);
      relist(state, price.product_id);
      return price;
    },
  };
}

/** A fixed price of a product, unless `fields` says otherwise. */
export function newPrice(state: State, fields: Partial<Price> & { product_id?: string }): Price {
  const { product_id } = fields;
  if (product_id === undefined) throw new RangeError('a price needs a product');
  const fixed = { price_amount: state.chance.integer(5, 200) * 100 };
  return {
    id: randomUuid(state.chance),
    created_at: state.clock.now(),
    modified_at: null,
    source: 'catalog',
    price_currency: 'usd',
    tax_behavior: null,
    is_archived: false,
    ...((fields.amount_type ?? 'fixed') === 'fixed' && fixed),
    amount_type: 'fixed',
    ...fields,
    product_id,
  };
}

/** Brings the product's list in step with its prices. */
function relist(state: State, productId: string): void {
  const product = found(state.products, productId, 'product');
  const listed = listedPrices(state.prices.values(), productId);
  putRecord(state, 'products', {
    ...product,
    price_ids: listed.map((price) => price.id),
    is_recurring: isRecurring(product, listed),
  });
  state.events.emit('product.updated', productId);
}

/** A price. Polar: beside the documented fields the deprecated `type`, `recurring_interval` and, with seats, `price_per_seat` are sent. */
export function priceJson(state: State, id: string): unknown {
  const price = found(state.prices, id, 'price');
  const product = state.products.get(price.product_id);
  return tampered(state, id, {
    ...price,
    type: price.type ?? (product?.recurring_interval ? 'recurring' : 'one_time'),
    recurring_interval: price.recurring_interval ?? product?.recurring_interval ?? null,
    ...(price.meter && { meter: priceMeterJson(state, price) }),
    ...(price.seat_tiers && { price_per_seat: price.seat_tiers.tiers[0]?.price_per_seat }),
  });
}
