import { MINUTE } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import type { CheckoutAction } from '../edit-log.ts';
import type { Calendar } from './calendar.ts';
import type { CheckoutStatus } from './record.ts';

/** A change of a seeded session. */
export interface SeededStep {
  /** Microseconds. */
  at: number;
  action: CheckoutAction;
}

/** Facts that decide which steps a buyer takes. */
export interface Traveller {
  number: number;
  isFromLink: boolean;
  hasEmail: boolean;
  asksAddress: boolean;
}

/** Returns the steps of a seeded session after its creation that lead to the calendar's status; ascending. */
export function journey(seed: number, traveller: Traveller, when: Calendar, now: number): SeededStep[] {
  const { number } = traveller;
  const [created, status] = [when.createdAt(number), when.status(number)];
  const chance = random(seed, 'journey', number);
  const actions = isPaid(status) ? purchase(chance, traveller, status) : visit(chance, traveller);
  const span = Math.min(25 * MINUTE, now - created) * (0.05 + 0.9 * chance.next());
  const steps = actions.map((action, turn) => ({
    action,
    at: created + Math.floor((span * (turn + 1 - 0.6 * chance.next())) / actions.length),
  }));
  return status === 'expired' ? [...steps, { action: 'expired', at: when.expiredAt(number) }] : steps;
}

function isPaid(status: CheckoutStatus): boolean {
  return status === 'succeeded' || status === 'confirmed';
}

/** Crawlers and sessions that the merchant's code made for nobody are never opened; some go as far as a failed payment. */
function visit(chance: Random, { isFromLink, hasEmail, asksAddress }: Traveller): CheckoutAction[] {
  if (!chance.chance(isFromLink ? 0.92 : 0.6)) return [];
  if (!chance.chance(0.45)) return ['opened'];
  const steps: CheckoutAction[] = hasEmail ? ['opened'] : ['opened', 'identified'];
  const isTried = chance.chance(0.2);
  if (asksAddress && (isTried || chance.chance(0.6))) steps.push('address_typed');
  if (chance.chance(0.5)) steps.push('method_chosen');
  if (isTried) steps.push('confirmed', 'payment_failed');
  return steps;
}

/** A merchant's own form confirms without Polar's page; every eighth attempt fails. */
function purchase(
  chance: Random,
  { isFromLink, hasEmail, asksAddress }: Traveller,
  status: CheckoutStatus,
): CheckoutAction[] {
  const steps: CheckoutAction[] = isFromLink || chance.chance(0.85) ? ['opened'] : [];
  if (!hasEmail) steps.push('identified');
  if (asksAddress) steps.push('address_typed');
  while (chance.chance(0.12)) steps.push('confirmed', 'payment_failed');
  return status === 'succeeded' ? [...steps, 'confirmed', 'succeeded'] : [...steps, 'confirmed'];
}
