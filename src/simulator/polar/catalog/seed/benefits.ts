import { randomUuid } from '../../../ids.ts';
import { random } from '../../../random.ts';
import type { SeedContext } from '../../clock-range.ts';
import type { Benefit, Meter } from '../records.ts';
import { BENEFITS, type BenefitKey, type BenefitPlan } from './benefit-plans.ts';
import { METERS, type MeterKey } from './price-plans.ts';

/** The meter of a name. */
export function seededMeter(seed: number, key: MeterKey): Meter {
  return { id: randomUuid(random(seed, `meter ${key}`)), ...METERS[key] };
}

/** All seeded benefits by their key. */
export function seededBenefits(context: SeedContext): Map<BenefitKey, Benefit> {
  const keys = Object.keys(BENEFITS).filter((key): key is BenefitKey => key in BENEFITS);
  return new Map(keys.map((key, number) => [key, seededBenefit(context, number, BENEFITS[key])]));
}

function seededBenefit({ seed, organizationId, range }: SeedContext, number: number, plan: BenefitPlan): Benefit {
  const chance = random(seed, 'benefit', number);
  const deleted_at = plan.deleted ? range.ago(random(seed, 'benefit deleted', number), 100) : null;
  return {
    id: randomUuid(chance),
    created_at: range.ago(chance, 380 - number * 7),
    modified_at: deleted_at ?? (chance.chance(0.4) ? range.ago(chance, 200) : null),
    deleted_at,
    type: plan.type,
    description: plan.description,
    selectable: true,
    deletable: true,
    is_deleted: deleted_at !== null,
    organization_id: organizationId,
    metadata: plan.metadata ?? {},
    visibility: plan.visibility ?? 'public',
    visibility_configurable: plan.type !== 'license_keys',
    properties: plan.properties({
      meter: (name) => seededMeter(seed, isMeter(name) ? name : 'tokens').id,
      file: (name) => randomUuid(random(seed, `file ${name}`)),
    }),
  };
}

function isMeter(name: string): name is MeterKey {
  return name in METERS;
}
