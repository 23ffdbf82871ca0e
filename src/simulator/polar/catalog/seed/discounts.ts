import { randomUuid } from '../../../ids.ts';
import { random } from '../../../random.ts';
import type { SeedContext } from '../../clock-range.ts';
import type { Discount } from '../records.ts';
import { DISCOUNTS, type DiscountPlan } from './discount-plans.ts';

/** All seeded discounts. */
export function seededDiscounts(context: SeedContext, productIds: readonly string[]): Discount[] {
  return DISCOUNTS.map((plan, number) => seededDiscount(context, number, plan, productIds.slice(0, 2)));
}

function seededDiscount(
  { seed, organizationId, range }: SeedContext,
  number: number,
  plan: DiscountPlan,
  products: string[],
): Discount {
  const chance = random(seed, 'discount', number);
  const { window, deleted, limited, max_redemptions = null, max_redemptions_per_customer = null, ...kind } = plan;
  const deleted_at = deleted ? range.ago(random(seed, 'discount deleted', number), 60) : null;
  return {
    id: randomUuid(chance),
    created_at: range.ago(chance, 300 - number * 5),
    modified_at: deleted_at ?? (number % 2 === 0 ? range.ago(chance, 150) : null),
    deleted_at,
    metadata: number % 3 === 0 ? { campaign: kind.name } : {},
    ...kind,
    starts_at: window ? range.ago(chance, window[0]) : null,
    ends_at: window ? range.ago(chance, window[1]) : null,
    max_redemptions,
    max_redemptions_per_customer,
    redemptions_count: chance.integer(0, 90),
    organization_id: organizationId,
    product_ids: limited ? products : [],
  };
}
