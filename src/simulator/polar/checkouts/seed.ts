import { randomUuid, uuidOf } from '../../ids.ts';
import { formatInstant, MINUTE } from '../../instants.ts';
import { draw, random, scramble } from '../../random.ts';
import type { CustomField, Price } from '../catalog/records.ts';
import { person } from '../people.ts';
import type { State } from '../state.ts';
import { calendar, type Calendar } from './calendar.ts';
import { draft } from './draft.ts';
import { choose, type Goods } from './goods.ts';
import type { CheckoutRow } from './record.ts';

/** The seeded sessions: each is computed from its number whenever it is asked for, always the same. */
export interface SeededSessions extends Calendar {
  row(number: number): CheckoutRow;
  /** The number a session id belongs to, if it is a seeded one. */
  numberOf(id: string): number | undefined;
  /** The prices that were made for single sessions. */
  adHocPrices(): Price[];
}

/** The sessions that exist at the start. */
export function seededSessions({ seed, sizeOf, shop, range: { now: end } }: State): SeededSessions {
  const count = sizeOf('checkouts', 2000);
  const when = calendar(seed, count, end);
  const fieldsById = new Map(shop.customFields.map((field) => [field.id, field]));
  const alternatives = shop.shelves.filter((shelf) => shelf.until === Infinity).map((shelf) => shelf.product.id);

  const goodsOf = (number: number) => {
    const buyer = person(seed, Math.floor(draw(seed, 'buyer', number) * Math.max(1, count * 0.6)));
    const goods = choose(random(seed, 'goods', number), shop.shelves, when.createdAt(number), buyer.place);
    const adHoc = isAdHoc(number) ? adHocPrice(seed, number, goods, when) : undefined;
    return { buyer, goods: adHoc ? { ...goods, prices: [adHoc] } : goods, adHoc };
  };

  const row = (number: number): CheckoutRow => {
    const { buyer, goods, adHoc } = goodsOf(number);
    const created = when.createdAt(number);
    const discounted = draw(seed, 'discounted', number);
    const made = draft(random(seed, 'session', number), {
      id: sessionId(seed, number),
      organizationId: shop.organizationId,
      created,
      modified_at: modifiedAt(seed, number, when, end),
      status: when.status(number),
      person: buyer,
      goods,
      alternatives: rotate(alternatives, number),
      fields: attached(goods, fieldsById),
      discount: discounted < 0.14 ? shop.discounts[Math.floor((discounted / 0.14) * shop.discounts.length)] : undefined,
    });
    return special(seed, number, adHoc ? { ...made, ad_hoc_price_ids: [adHoc.id] } : made);
  };

  return {
    ...when,
    row,
    numberOf: (id) => {
      const number = (parseInt(id.slice(28), 16) ^ scramble(parseInt(id.slice(0, 8), 16) ^ seed)) >>> 0;
      return number < count && sessionId(seed, number) === id ? number : undefined;
    },
    adHocPrices: () =>
      Array.from({ length: Math.ceil(count / 97) }, (_, turn) => turn * 97 + 13)
        .filter((number) => number < count && isAdHoc(number))
        .map((number) => adHocPrice(seed, number, goodsOf(number).goods, when)),
  };
}

/** The number hides in the last word, so that an id leads back to its session without an index. */
function sessionId(seed: number, number: number): string {
  const chance = random(seed, 'session id', number);
  const first = chance.word();
  return uuidOf(first, chance.word(), chance.word(), number ^ scramble(first ^ seed));
}

function modifiedAt(seed: number, number: number, when: Calendar, now: number): string | null {
  const [created, status, place] = [when.createdAt(number), when.status(number), draw(seed, 'modified', number)];
  if (status === 'expired') return formatInstant(when.expiredAt(number));
  if (status === 'open' && place < 0.4) return null;
  const longest = Math.min(status === 'open' ? 10 * MINUTE : 25 * MINUTE, now - created);
  return formatInstant(created + Math.floor(longest * (0.05 + 0.9 * place)));
}

function isAdHoc(number: number): boolean {
  return number % 97 === 13;
}

function adHocPrice(seed: number, number: number, { product, prices }: Goods, when: Calendar): Price {
  const chance = random(seed, 'ad hoc', number);
  return {
    id: randomUuid(chance),
    created_at: formatInstant(when.createdAt(number)),
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

/** Rare kinds: sessions without a product, and upgrades of a free subscription. */
function special(seed: number, number: number, row: CheckoutRow): CheckoutRow {
  if (number % 211 === 17) {
    return {
      ...row,
      product_ids: [],
      product_id: null,
      product_price_id: null,
      custom_field_data: {},
      trial_end: null,
    };
  }
  if (number % 89 === 7) return { ...row, subscription_id: randomUuid(random(seed, 'subscription', number)) };
  return row;
}

function attached({ product }: Goods, fields: ReadonlyMap<string, CustomField>): CustomField[] {
  return product.custom_fields.flatMap(({ custom_field_id }) => fields.get(custom_field_id) ?? []);
}

function rotate(ids: readonly string[], by: number): string[] {
  const start = by % Math.max(1, ids.length);
  return [...ids.slice(start), ...ids.slice(0, start)];
}
