import type { BillingInterval, Meter, Price, SeatTiers, UnitTiers } from '../records.ts';

type Own = Omit<
  Price,
  'id' | 'created_at' | 'modified_at' | 'source' | 'is_archived' | 'product_id' | 'tax_behavior' | 'meter_id' | 'meter'
>;

/** A price to seed. `was` makes an archived predecessor that asked for another amount. */
export interface PricePlan {
  own: Own;
  tax_behavior?: Price['tax_behavior'];
  meter?: MeterKey;
  was?: number;
}

/** The meters of the seeded organization, without their ids. */
export const METERS = {
  tokens: { name: 'Tokens', unit: 'token', custom_label: null, custom_multiplier: null },
  builds: { name: 'Build minutes', unit: 'custom', custom_label: 'minutes', custom_multiplier: 60 },
  storage: { name: 'Stored gigabytes', unit: 'scalar', custom_label: null, custom_multiplier: null },
} as const satisfies Record<string, Omit<Meter, 'id'>>;

/** The name of a seeded meter. */
export type MeterKey = keyof typeof METERS;

/** One amount, in minor units. */
export function fixed(price_currency: string, price_amount: number, was?: number): PricePlan {
  return { own: { amount_type: 'fixed', price_currency, price_amount }, tax_behavior: 'location', ...(was && { was }) };
}

/** Pay what you want. */
export function custom(
  price_currency: string,
  minimum_amount: number,
  maximum_amount: number | null,
  preset_amount: number | null,
): PricePlan {
  return { own: { amount_type: 'custom', price_currency, minimum_amount, maximum_amount, preset_amount } };
}

/** A price per seat; each step is the last seat that it covers and the price of one. */
export function seats(
  price_currency: string,
  type: SeatTiers['seat_tier_type'],
  steps: [upTo: number | null, each: number][],
  most: number | null = null,
): PricePlan {
  const tiers = steps.map(([max_seats, price_per_seat], step) => ({
    min_seats: step === 0 ? 1 : (steps[step - 1]?.[0] ?? 0) + 1,
    max_seats,
    price_per_seat,
  }));
  const seat_tiers: SeatTiers = { seat_tier_type: type, tiers, minimum_seats: 1, maximum_seats: most };
  return { own: { amount_type: 'seat_based', price_currency, seat_tiers }, tax_behavior: 'exclusive' };
}

/** A price per metered unit; decimal text in minor units. */
export function metered(
  price_currency: string,
  meter: MeterKey,
  unit_amount: string,
  cap_amount: number | null,
): PricePlan {
  return { own: { amount_type: 'metered_unit', price_currency, unit_amount, cap_amount }, meter };
}

/** Metered, with steps. */
export function meteredTiers(
  price_currency: string,
  meter: MeterKey,
  tiers: UnitTiers,
  cap_amount: number | null,
): PricePlan {
  return { own: { amount_type: 'metered_tiers', price_currency, tiers, cap_amount }, meter };
}

/** A price per unit bought ahead, with steps. */
export function units(price_currency: string, tiers: UnitTiers, label: string | null): PricePlan {
  const unit_label = label === null ? null : { en: { one: label, other: `${label}s` } };
  return {
    own: { amount_type: 'unit_based', price_currency, tiers, minimum_units: 10, maximum_units: null, unit_label },
    tax_behavior: 'inclusive',
  };
}

/** A price from before products had the interval themselves. */
export function legacy(plan: PricePlan, recurring_interval: BillingInterval): PricePlan {
  return { own: { ...plan.own, legacy: true, type: 'recurring', recurring_interval } };
}
