import { at, type Random } from '../../random.ts';
import type { Price, Product } from '../catalog/records.ts';
import type { Shelf } from '../catalog/seed/catalog.ts';
import { amountOf } from '../money.ts';
import type { Place } from '../places.ts';

/** Goods that somebody is about to buy. */
export interface Goods {
  product: Product;
  /** Prices of one currency that count together; the first is the selected one. */
  prices: readonly Price[];
  /** Seats or units. */
  quantity: number;
}

/** The shelf that a buyer takes from at an instant, by the shares of the sales. */
export function chooseShelf(chance: Random, shelves: readonly Shelf[], created: number): Shelf {
  let share = chance.next() * shelves.reduce((sum, shelf) => sum + shelf.share, 0);
  const wanted = shelves.find((shelf) => (share -= shelf.share) < 0) ?? at(shelves, 0);
  return wanted.until > created ? wanted : at(shelves, 0);
}

/** Returns what a buyer of a place found on a shelf at an instant. */
export function goodsOn(chance: Random, shelf: Shelf, created: number, place: Place): Goods {
  const valid = shelf.prices.filter(({ from, until }) => from <= created && created < until);
  return goods(
    chance,
    shelf.product,
    valid.map(({ price }) => price),
    place.currency,
  );
}

/** A product at the prices of the wanted currency, or of its first one. */
export function goods(chance: Random, product: Product, prices: readonly Price[], currency: string): Goods {
  const local = prices.filter((price) => price.price_currency === currency);
  const chosen =
    local.length > 0 ? local : prices.filter((price) => price.price_currency === prices[0]?.price_currency);
  return { product, prices: chosen, quantity: chance.integer(1, 12) };
}

/** The columns of a session that say what is sold. */
export function goodsColumns(chance: Random, { product, prices, quantity }: Goods) {
  const first = prices[0];
  const seated = prices.find((price) => price.seat_tiers)?.seat_tiers;
  const counted = prices.find((price) => price.amount_type === 'unit_based');
  const units = counted ? quantity * (counted.minimum_units ?? 1) : null;
  return {
    product_id: product.id,
    product_price_id: first?.id ?? null,
    currency: first?.price_currency ?? 'usd',
    amount:
      first?.amount_type === 'custom'
        ? freeAmount(chance, first)
        : prices.reduce((sum, price) => sum + amountOf(price, units ?? quantity), 0),
    seats: seated ? quantity : null,
    min_seats: seated?.minimum_seats ?? null,
    max_seats: seated?.maximum_seats ?? null,
    units,
    min_units: counted?.minimum_units ?? null,
    max_units: counted?.maximum_units ?? null,
  };
}

function freeAmount(chance: Random, price: Price): number {
  const preset = price.preset_amount ?? price.minimum_amount ?? 1000;
  return chance.chance(0.6) ? preset : preset * chance.integer(1, 4);
}
