import { uuid } from '../../../ids.ts';
import { random } from '../../../random.ts';
import type { Discount } from '../records.ts';
import { DISCOUNTS, type DiscountPlan } from './discount-plans.ts';
import type { Era } from '../../clock-range.ts';

/** All seeded discounts. */
export function discounts(seed: number, organizationId: string, productIds: readonly string[], era: Era): Discount[] {
  return DISCOUNTS.map((plan, number) => discount(seed, number, plan, organizationId, productIds.slice(0, 2), era));
}

function discount(
  seed: number,
  number: number,
  plan: DiscountPlan,
  organization_id: string,
  products: string[],
  era: Era,
): Discount {
  const chance = random(seed, 'discount', number);
  const { window, deleted, limited, max_redemptions = null, max_redemptions_per_customer = null, ...kind } = plan;
  const deleted_at = deleted ? era.ago(random(seed, 'discount deleted', number), 60) : null;
  return {
    id: uuid(chance),
    created_at: era.ago(chance, 300 - number * 5),
    modified_at: deleted_at ?? (number % 2 === 0 ? era.ago(chance, 150) : null),
    deleted_at,
    metadata: number % 3 === 0 ? { campaign: kind.name } : {},
    ...kind,
    starts_at: window ? era.ago(chance, window[0]) : null,
    ends_at: window ? era.ago(chance, window[1]) : null,
    max_redemptions,
    max_redemptions_per_customer,
    redemptions_count: chance.integer(0, 90),
    organization_id,
    product_ids: limited ? products : [],
  };
}
