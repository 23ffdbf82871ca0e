import type { Discount } from '../records.ts';

type Kind = Pick<Discount, 'name' | 'type' | 'duration' | 'code'> &
  Partial<Pick<Discount, 'amount' | 'currency' | 'amounts' | 'basis_points' | 'duration_in_months'>>;

/** A discount to seed. */
export interface DiscountPlan extends Kind {
  max_redemptions?: number;
  max_redemptions_per_customer?: number;
  /** Days before now that it starts and ends. */
  window?: [starts: number, ends: number];
  deleted?: true;
  limited?: true;
}

/** All four shapes, with and without codes, windows and limits, and a deleted one. */
export const DISCOUNTS: readonly DiscountPlan[] = [
  { name: 'Launch week', ...percentageDiscount(2500, 'once', 'LAUNCH25'), window: [250, 240], max_redemptions: 500 },
  { name: 'Friends', ...percentageDiscount(5000, 'forever', 'FRIENDS') },
  {
    name: 'Three months half price',
    ...percentageDiscount(5000, 'repeating', 'HALF3', 3),
    max_redemptions_per_customer: 1,
  },
  { name: 'Ten off', ...fixedDiscount({ usd: 1000, eur: 900, gbp: 800, jpy: 1500, kwd: 3000 }, 'once', 'TENOFF') },
  { name: 'Five off for good', ...fixedDiscount({ usd: 500 }, 'forever', null) },
  { name: 'Six months five off', ...fixedDiscount({ usd: 500, eur: 500 }, 'repeating', 'SIX5', 6), limited: true },
  { name: 'Open source', ...percentageDiscount(10_000, 'forever', null), max_redemptions_per_customer: 1 },
  { name: 'Black Friday', ...percentageDiscount(4000, 'once', 'BLACK40'), deleted: true },
];

function percentageDiscount(
  basis_points: number,
  duration: Discount['duration'],
  code: string | null,
  months?: number,
) {
  return { type: 'percentage' as const, duration, code, basis_points, ...(months && { duration_in_months: months }) };
}

function fixedDiscount(
  amounts: Record<string, number>,
  duration: Discount['duration'],
  code: string | null,
  months?: number,
) {
  const money = { amount: amounts.usd ?? 0, currency: 'usd', amounts };
  return { type: 'fixed' as const, duration, code, ...money, ...(months && { duration_in_months: months }) };
}
