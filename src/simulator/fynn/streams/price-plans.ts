import { randomUuid } from '../../ids.ts';
import { DAY, later } from '../../instants.ts';
import { at, random, type Random } from '../../random.ts';
import { found } from '../../records.ts';
import { drawnId } from '../ids.ts';
import type { Nothing, Price, PriceType, Tier } from '../records.ts';
import { putRecord, type State } from '../state.ts';
import { fynnStream } from '../stream.ts';
import { timestamp, zoneOf } from '../timestamp.ts';
import { priceJson } from '../wire.ts';

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

/** The price plans. Fynn: an archived one is in no list, but is still read by id, so that nothing removes one. */
export function pricePlanStream(state: State) {
  const { prices } = state;
  for (const price of seededPrices(state)) putRecord(prices, price);
  const edits = priceEdits(state);
  const json = (id: string) => priceJson(state, id);
  return fynnStream<PriceEdits>({
    path: '/price-plans',
    permission: 'price-plan:read',
    hasList: () => true,
    listed: () => [...prices.values()].filter((price) => price.status === 'active').map((price) => price.id),
    isServed: (id) => prices.has(id),
    json,
    webhooks: { 'price_plan.archived': json },
    edits,
    driver: {
      create: () => edits.createPrice().id,
      edit: (id) => void edits.changePrice(id, found(prices, id, 'price').price.amount + 1),
    },
  });
}

/** The edits on a state. */
export function priceEdits({ chance, clock, events, prices, products, settings }: State): PriceEdits {
  const updatePrice: PriceEdits['updatePrice'] = (id, changes) =>
    putRecord(prices, { ...found(prices, id, 'price'), ...changes });
  return {
    updatePrice,
    createPrice: (fields = {}) => {
      const { productId = chance.pick([...products.values()]).id } = fields;
      const { emptyObjects } = settings;
      return putRecord(prices, { ...draftPrice(chance, { productId, now: clock.now(), emptyObjects }), ...fields });
    },
    changePrice: (id, amount) => {
      const { price } = found(prices, id, 'price');
      const updatedAt = timestamp(clock.now(), zoneOf(price.updatedAt));
      return updatePrice(id, { price: { ...price, amount, updatedAt } });
    },
    archivePrice: (id) => {
      const price = updatePrice(id, { status: 'archived' });
      events.emit('price_plan.archived', id);
      return price;
    },
  };
}

/** The product and time of a new price. */
interface PriceOccasion {
  productId: string;
  /** ISO. */
  now: string;
  emptyObjects: boolean;
}

/** The prices that exist at the start, oldest first, spread over the products; every tenth is archived. */
function seededPrices({ seed, sizeOf, start, products, settings: { emptyObjects } }: State): Price[] {
  const count = sizeOf('price_plans', 30);
  const all = [...products.values()];
  return Array.from({ length: count }, (_, number) => {
    const now = later(start, Math.floor(((number - count) / count) * 900 * DAY));
    const productId = at(all, number % all.length).id;
    const price = draftPrice(random(seed, 'fynn price', number), { productId, now, emptyObjects });
    return number % 10 === 9 ? { ...price, status: 'archived' } : price;
  });
}

const TYPES: readonly PriceType[] = [
  'flat_fee',
  'flat_fee',
  'per_unit',
  'tiered',
  'volume',
  'stair_step',
  'percentage',
];
const TIERED: ReadonlySet<PriceType> = new Set(['tiered', 'volume', 'stair_step']);

/** An active price for a product. */
function draftPrice(chance: Random, { productId, now, emptyObjects }: PriceOccasion): Price {
  const absent = () => absentValue(chance, emptyObjects);
  const type = chance.pick(TYPES);
  const amount = chance.integer(5, 400) * 100 - chance.integer(0, 1);
  const customerId = chance.chance(0.2) ? drawnId(chance) : null;
  const written = timestamp(now, chance.pick(['+00:00', '+00:00', 'Z']));
  return {
    id: drawnId(chance),
    internalName: customerId === null ? `Preis ${chance.integer(1, 99)}` : 'Exclusive pricing for partners.',
    status: 'active',
    salesChannel: absent(),
    type,
    applyTrial: chance.chance(0.8),
    payInAdvance: chance.chance(0.8),
    proRata: chance.chance(0.5),
    freeUnits: chance.chance(0.3) ? chance.integer(1, 5) : absent(),
    billingInterval: chance.pick(['1M', '1M', '1Y', null]),
    showPricePerInterval: chance.pick(['1M', null]),
    currencyCode: chance.chance(0.7) ? 'EUR' : absent(),
    price: { amount, createdAt: written, updatedAt: written, tenantId: 'halyard' },
    custom: customerId !== null,
    charge: chance.chance(0.3) ? randomUuid(chance) : null,
    productSetOption: chance.chance(0.2) ? randomUuid(chance) : null,
    productId,
    customerId,
    inUse: chance.chance(0.5),
    ...(TIERED.has(type) && { tiers: tiersFrom(amount) }),
    relations: chance.pick(['id', 'iri', 'object']),
  };
}

/** Returns the stand-in for a value that is not there. */
export function absentValue(chance: Random, emptyObjects: boolean): Nothing {
  return chance.chance(0.5) && emptyObjects ? {} : null;
}

function tiersFrom(amount: number): Tier[] {
  return [
    { upTo: 10, amount },
    { upTo: 100, amount: Math.floor(amount * 0.8) },
    { upTo: null, amount: Math.floor(amount * 0.6) },
  ];
}
