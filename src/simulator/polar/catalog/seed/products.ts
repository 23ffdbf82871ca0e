import { randomUuid } from '../../../ids.ts';
import { random, type Random } from '../../../random.ts';
import type { SeedContext } from '../../clock-range.ts';
import { isRecurring, listedPrices } from '../listed-prices.ts';
import type { AttachedField, Benefit, CustomField, Media, Price, Product } from '../records.ts';
import type { BenefitKey } from './benefit-plans.ts';
import { seededMeter } from './benefits.ts';
import type { FieldKey } from './custom-fields.ts';
import type { PricePlan } from './price-plans.ts';
import type { ProductPlan } from './product-plans.ts';

/** The records that a seeded product may refer to. */
export interface Shop extends SeedContext {
  benefits: ReadonlyMap<BenefitKey, Benefit>;
  fields: ReadonlyMap<FieldKey, CustomField>;
}

/** A product with its prices, archived predecessors included. */
export function seededProduct(
  shop: Shop,
  number: number,
  plan: ProductPlan,
  medias: readonly Media[],
): { product: Product; prices: Price[] } {
  const chance = random(shop.seed, 'product', number);
  const id = randomUuid(chance);
  const created_at = shop.range.ago(chance, 420 - number * 6);
  const prices = plan.prices.flatMap((each) => pricesOf(shop, chance, { product_id: id, created_at }, each));
  const listed = listedPrices(prices, id);
  const recurring_interval = plan.interval ?? null;
  return {
    prices,
    product: {
      id,
      created_at,
      modified_at: productModifiedAt(shop, chance, plan, number),
      deleted_at: null,
      ...intervals(plan),
      name: plan.name,
      description: plan.description,
      visibility: plan.visibility ?? 'public',
      is_recurring: isRecurring({ recurring_interval }, listed),
      is_archived: plan.archived ?? false,
      organization_id: shop.organizationId,
      metadata: plan.metadata ?? {},
      price_ids: listed.map((price) => price.id),
      benefit_ids: plan.benefits.flatMap((key) => shop.benefits.get(key)?.id ?? []),
      media_ids: medias.map((media) => media.id),
      custom_fields: seededAttachments(shop, plan),
    },
  };
}

/** Archived products left the shop about 150 days ago; the others changed at any time or never. */
function productModifiedAt({ range }: Shop, chance: Random, plan: ProductPlan, number: number): string | null {
  if (plan.archived) return range.ago(chance, 150);
  return number % 3 === 0 ? null : range.ago(chance, chance.integer(20, 250));
}

function intervals(plan: ProductPlan) {
  return {
    trial_interval: plan.trial?.[0] ?? null,
    trial_interval_count: plan.trial?.[1] ?? null,
    recurring_interval: plan.interval ?? null,
    recurring_interval_count: plan.interval ? 1 : null,
    meter_interval: plan.meter_interval ?? null,
    meter_interval_count: plan.meter_interval ? 1 : null,
  };
}

function seededAttachments(shop: Shop, plan: ProductPlan): AttachedField[] {
  return (plan.fields ?? []).flatMap(([key, required], order) => {
    const field = shop.fields.get(key);
    return field ? { custom_field_id: field.id, order, required } : [];
  });
}

/** The product of a price, and when it was made. */
type PriceBirth = Pick<Price, 'product_id' | 'created_at'>;

/** The price, after the archived one it replaced about 120 days ago. */
function pricesOf(shop: Shop, chance: Random, birth: PriceBirth, plan: PricePlan): Price[] {
  if (plan.was === undefined) return [price(shop, chance, birth, plan)];
  const changed = shop.range.ago(chance, 120);
  const old = { ...price(shop, chance, birth, plan), price_amount: plan.was };
  const now = price(shop, chance, { ...birth, created_at: changed }, plan);
  return [{ ...old, is_archived: true, modified_at: changed }, now];
}

function price(shop: Shop, chance: Random, birth: PriceBirth, plan: PricePlan): Price {
  const counted = plan.meter ? seededMeter(shop.seed, plan.meter) : undefined;
  return {
    id: randomUuid(chance),
    created_at: birth.created_at,
    modified_at: null,
    source: 'catalog',
    tax_behavior: plan.tax_behavior ?? null,
    is_archived: false,
    product_id: birth.product_id,
    ...plan.own,
    ...(counted && { meter_id: counted.id, meter: counted }),
  };
}
