import { randomUuid } from '../../ids.ts';
import { formatInstant } from '../../instants.ts';
import { draw, random, type Random } from '../../random.ts';
import type { Discount, Price } from '../catalog/records.ts';
import type { Shelf } from '../catalog/seed/catalog.ts';
import type { Link } from '../links/record.ts';
import { isGivenIn } from '../money.ts';
import { person, type Person } from '../people.ts';
import type { State } from '../state.ts';
import type { Calendar } from './calendar.ts';
import { asksAddress } from './derive.ts';
import { chooseShelf, goodsOn, type Goods } from './goods.ts';
import type { Traveller } from './journey.ts';
import { apiOrigin, drawQuery, linkOrigin, type Origin } from './origin.ts';
import { seededVisits } from './seeded-visits.ts';

/** Origin, buyer and goods of a seeded session. */
export interface Sale {
  buyer: Person;
  origin: Origin;
  goods: Goods;
  product_ids: string[];
  discount: Discount | undefined;
  /** Price made for this session alone. */
  adHoc: Price | undefined;
}

/** The sessions with a price of their own: every so many, from this one on. */
export const [AD_HOC_EVERY, AD_HOC_FIRST] = [97, 13];

/** Returns the sale of a seeded session, by its number. */
export function seededSales({ seed, shop }: State, links: readonly Link[], when: Calendar): (number: number) => Sale {
  const people = Math.max(1, when.count * 0.6);
  const alternatives = shop.shelves.filter((shelf) => shelf.until === Infinity).map((shelf) => shelf.product.id);
  const visits = seededVisits(seed, links, shop.shelves);
  return (number) => {
    const chance = random(seed, 'goods', number);
    const buyer = person(seed, Math.floor(draw(seed, 'buyer', number) * people));
    const created = when.createdAt(number);
    const visit = visits(number, created);
    const shelf = visit?.shelf ?? chooseShelf(chance, shop.shelves, created);
    const listed = goodsOn(chance, shelf, created, buyer.place);
    const origin = visit ? linkOrigin(chance, visit.link, buyer, drawQuery(chance, buyer)) : apiOrigin(chance, buyer);
    const adHoc = number % AD_HOC_EVERY === AD_HOC_FIRST ? adHocPrice(seed, number, listed, created) : undefined;
    const goods = adHoc ? { ...listed, prices: [adHoc] } : listed;
    const wanted = origin.discount_id ?? codeTyped(seed, number, shop.discounts);
    return {
      buyer,
      origin,
      goods,
      product_ids: visit?.link.product_ids ?? offered(chance, shelf, rotate(alternatives, number)),
      discount: shop.discounts.find(
        (discount) => discount.id === wanted && isGivenIn(discount, goods.prices[0]?.price_currency),
      ),
      adHoc,
    };
  };
}

/** The facts about a sale that decide what its buyer did. */
export function travellerOf(number: number, { buyer, origin: { link_id, columns } }: Sale): Traveller {
  const asked = { ...columns, is_business_customer: buyer.company !== null };
  return {
    number,
    isFromLink: link_id !== null,
    hasEmail: columns.customer_email !== null,
    asksAddress: asksAddress(asked, buyer.place.country),
  };
}

/** The product of a shelf, and sometimes one or two others. */
function offered(chance: Random, { product }: Shelf, others: readonly string[]): string[] {
  const more = chance.chance(0.3) ? chance.integer(1, 2) : 0;
  return [product.id, ...others.filter((id) => id !== product.id).slice(0, more)];
}

/** One of seven types a code. */
function codeTyped(seed: number, number: number, discounts: readonly Discount[]): string | undefined {
  return discounts[Math.floor((draw(seed, 'discounted', number) / 0.14) * discounts.length)]?.id;
}

function adHocPrice(seed: number, number: number, { product, prices }: Goods, created: number): Price {
  const chance = random(seed, 'ad hoc', number);
  return {
    id: randomUuid(chance),
    created_at: formatInstant(created),
    modified_at: null,
    source: 'ad_hoc',
    amount_type: 'fixed',
    price_currency: prices[0]?.price_currency ?? 'usd',
    tax_behavior: null,
    is_archived: false,
    product_id: product.id,
    price_amount: chance.integer(10, 400) * 100,
  };
}

function rotate(ids: readonly string[], by: number): string[] {
  const start = by % Math.max(1, ids.length);
  return [...ids.slice(start), ...ids.slice(0, start)];
}
