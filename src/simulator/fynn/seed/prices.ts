import { uuid } from '../../ids.ts';
import { DAY, later } from '../../instants.ts';
import { at, random, type Random } from '../../random.ts';
import { drawnId } from '../ids.ts';
import type { Nothing, Price, PriceType, Product, Tier } from '../records.ts';
import { timestamp } from '../timestamp.ts';

/** What a new price is made for. */
export interface PriceOccasion {
  productId: string;
  /** When it is made, ISO. */
  now: string;
  emptyObjects: boolean;
}

/** So many prices, oldest first, spread over the products; every tenth is archived. */
export function seededPrices(
  seed: number,
  count: number,
  products: readonly Product[],
  occasion: Omit<PriceOccasion, 'productId'>,
): Price[] {
  return Array.from({ length: count }, (_, number) => {
    const now = later(occasion.now, Math.floor(((number - count) / count) * 900 * DAY));
    const productId = at(products, number % products.length).id;
    const price = draftPrice(random(seed, 'fynn price', number), { ...occasion, productId, now });
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
export function draftPrice(chance: Random, { productId, now, emptyObjects }: PriceOccasion): Price {
  const absent = () => nothing(chance, emptyObjects);
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
    charge: chance.chance(0.3) ? uuid(chance) : null,
    productSetOption: chance.chance(0.2) ? uuid(chance) : null,
    productId,
    customerId,
    inUse: chance.chance(0.5),
    ...(TIERED.has(type) && { tiers: tiersFrom(amount) }),
    relations: chance.pick(['id', 'iri', 'object']),
  };
}

/** What stands for a value that is not there. */
export function nothing(chance: Random, emptyObjects: boolean): Nothing {
  return chance.chance(0.5) && emptyObjects ? {} : null;
}

function tiersFrom(amount: number): Tier[] {
  return [
    { upTo: 10, amount },
    { upTo: 100, amount: Math.floor(amount * 0.8) },
    { upTo: null, amount: Math.floor(amount * 0.6) },
  ];
}
