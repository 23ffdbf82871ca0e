import { randomUuid, uuidOf } from '../../ids.ts';
import { formatInstant } from '../../instants.ts';
import { random, scramble } from '../../random.ts';
import type { CustomField, Price } from '../catalog/records.ts';
import type { Link } from '../links/record.ts';
import type { State } from '../state.ts';
import { calendar, type Calendar } from './calendar.ts';
import { draft } from './draft.ts';
import type { Goods } from './goods.ts';
import { journey, type SeededStep } from './journey.ts';
import type { CheckoutRow } from './record.ts';
import { AD_HOC_EVERY, AD_HOC_FIRST, seededSales, travellerOf, type Sale } from './seeded-sales.ts';

/** The seeded sessions: each is computed from its number whenever it is requested, always the same. */
export interface SeededSessions extends Calendar {
  row(number: number): CheckoutRow;
  /** Returns the steps since its creation; ascending. */
  steps(number: number): SeededStep[];
  /** Returns the number of a session id; undefined if the session is not seeded. */
  numberOf(id: string): number | undefined;
  /** Returns the prices that were made for single sessions. */
  adHocPrices(): Price[];
}

/** The sessions that exist at the start; `links` are those that some of them were made from. */
export function seededSessions(state: State, links: readonly Link[]): SeededSessions {
  const { seed, shop, range } = state;
  const count = state.sizeOf('checkouts', 2000);
  const when = calendar(seed, count, range.now);
  const fieldsById = new Map(shop.customFields.map((field) => [field.id, field]));
  const saleOf = seededSales(state, links, when);
  const stepsOf = (number: number, sale: Sale) => journey(seed, travellerOf(number, sale), when, range.now);

  const row = (number: number): CheckoutRow => {
    const sale = saleOf(number);
    const steps = stepsOf(number, sale);
    const opened = steps.find(({ action }) => action === 'opened');
    const last = steps.at(-1);
    const made = draft(random(seed, 'session', number), {
      ...sale,
      id: sessionId(seed, number),
      organizationId: shop.organizationId,
      created: when.createdAt(number),
      modified_at: last ? formatInstant(last.at) : null,
      opened_at: opened ? formatInstant(opened.at) : null,
      failures: steps.filter(({ action }) => action === 'payment_failed').length,
      status: when.status(number),
      actions: new Set(steps.map(({ action }) => action)),
      fields: attached(sale.goods, fieldsById),
    });
    return special(seed, number, sale.adHoc ? { ...made, ad_hoc_price_ids: [sale.adHoc.id] } : made);
  };

  return {
    ...when,
    row,
    steps: (number) => stepsOf(number, saleOf(number)),
    numberOf: (id) => {
      const number = (parseInt(id.slice(28), 16) ^ scramble(parseInt(id.slice(0, 8), 16) ^ seed)) >>> 0;
      return number < count && sessionId(seed, number) === id ? number : undefined;
    },
    adHocPrices: () =>
      Array.from({ length: Math.ceil(count / AD_HOC_EVERY) }, (_, turn) => turn * AD_HOC_EVERY + AD_HOC_FIRST)
        .filter((number) => number < count)
        .flatMap((number) => saleOf(number).adHoc ?? []),
  };
}

/** The number hides in the last word, so that an id leads back to its session without an index. */
function sessionId(seed: number, number: number): string {
  const chance = random(seed, 'session id', number);
  const first = chance.word();
  return uuidOf(first, chance.word(), chance.word(), number ^ scramble(first ^ seed));
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
