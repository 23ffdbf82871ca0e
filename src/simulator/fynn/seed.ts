import { DAY, later } from '../instants.ts';
import { at, random, type Random } from '../random.ts';
import { drawnId } from './ids.ts';
import type { Plan, Product } from './records.ts';
import { timestamp } from './timestamp.ts';

const PRODUCTS = ['Basic', 'Team', 'Größe L', 'Support', 'Onboarding', 'Speicher', 'API-Zugriff', 'Schulung'];
const PLANS = ['basic-m2023', 'basic-y2023', 'team-m2024', 'team-y2024', 'groesse-l-m2025'];

/** The products that exist at the start. */
export function seededProducts(seed: number): Product[] {
  return PRODUCTS.map((name, number) => draftProduct(random(seed, 'fynn product', number), name));
}

/** A product of a name. */
export function draftProduct(chance: Random, name: string): Product {
  return {
    id: drawnId(chance),
    name,
    description: chance.chance(0.8) ? `${name} für kleine Teams.` : null,
    type: 'product',
    invoiceVisibility: 'always',
    customFields: chance.chance(0.5) ? { field1: 'value1', kostenstelle: String(chance.integer(100, 999)) } : {},
    isArchived: false,
  };
}

/** The plans that exist at the start: a monthly and a yearly one of a product are a family. */
export function seededPlans(seed: number, products: readonly Product[], now: string): Plan[] {
  const families = PLANS.map((_, number) => drawnId(random(seed, 'fynn family', number)));
  return PLANS.map((code, number) => {
    const chance = random(seed, 'fynn plan', number);
    const origin = at(products, Math.floor(number / 2));
    const createdAt = later(now, -chance.integer(100, 900) * DAY);
    return {
      id: drawnId(chance),
      familyId: at(families, Math.floor(number / 2)),
      code,
      originProductId: origin.id,
      allowCheckout: chance.chance(0.8),
      status: chance.pick(['active', 'active', 'draft']),
      createdAt: timestamp(createdAt, chance.pick(['Z', 'Z', '+00:00'])),
      name: origin.name,
      description: chance.chance(0.7) ? origin.description : null,
    };
  });
}
