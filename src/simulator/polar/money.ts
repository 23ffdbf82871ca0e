import type { Discount, Price, SeatTiers, UnitTiers } from './catalog/records.ts';

/** Returns what a price asks for, in minor units: fixed and preset amounts, seats or units at their tier, nothing up front for metered ones. */
export function amountOf(price: Price | undefined, quantity: number): number {
  if (price?.seat_tiers) return seatAmount(price.seat_tiers, quantity);
  if (price?.tiers && price.amount_type === 'unit_based') return unitAmount(price.tiers, quantity);
  return price?.price_amount ?? price?.preset_amount ?? price?.minimum_amount ?? 0;
}

/** Polar: never more than the amount itself; a fixed discount counts in the session's currency. */
export function discountAmount(discount: Discount | undefined, amount: number, currency: string): number {
  if (!discount) return 0;
  if (discount.type === 'percentage') return Math.round((amount * (discount.basis_points ?? 0)) / 10_000);
  return Math.min(
    amount,
    discount.amounts?.[currency] ?? (discount.currency === currency ? (discount.amount ?? 0) : 0),
  );
}

/** Polar: a fixed discount is given in the currencies that it has an amount in, a percentage in all. */
export function isGivenIn({ amounts }: Discount, currency: string | undefined): boolean {
  return amounts === undefined || (currency !== undefined && amounts[currency] !== undefined);
}

/** Sales tax on a net amount, contained in it or on top of it. */
export function taxAmount(net: number, percent: number, behavior: 'inclusive' | 'exclusive'): number {
  return behavior === 'exclusive' ? Math.round((net * percent) / 100) : Math.round(net - (net * 100) / (100 + percent));
}

function seatAmount({ tiers, seat_tier_type }: SeatTiers, seats: number): number {
  if (seat_tier_type === 'volume') {
    const tier = tiers.find((each) => each.max_seats === null || seats <= each.max_seats);
    return seats * (tier?.price_per_seat ?? 0);
  }
  return tiers.reduce((sum, tier) => {
    const within = Math.min(seats, tier.max_seats ?? seats) - tier.min_seats + 1;
    return sum + Math.max(0, within) * tier.price_per_seat;
  }, 0);
}

function unitAmount({ tiers, type }: UnitTiers, units: number): number {
  if (type === 'volume') {
    const tier = tiers.find((each) => each.bound === null || units <= each.bound);
    return Math.round(units * Number(tier?.unit_amount ?? 0));
  }
  let [sum, below] = [0, 0];
  for (const { bound, unit_amount } of tiers) {
    const upTo = Math.min(units, bound ?? units);
    sum += Math.max(0, upTo - below) * Number(unit_amount);
    below = upTo;
  }
  return Math.round(sum);
}
