import type { BillingInterval, Metadata, Product } from '../records.ts';
import type { BenefitKey } from './benefit-plans.ts';
import type { FieldKey } from './custom-fields.ts';
import { custom, fixed, legacy, metered, meteredTiers, seats, units, type PricePlan } from './price-plans.ts';

/** A product to seed, with all that hangs on it. */
export interface ProductPlan {
  name: string;
  description: string | null;
  interval?: BillingInterval;
  trial?: [BillingInterval, number];
  meter_interval?: BillingInterval;
  visibility?: Product['visibility'];
  archived?: true;
  /** Its share of the sales; 0 is never sold. */
  share: number;
  prices: PricePlan[];
  benefits: BenefitKey[];
  medias: number;
  fields?: [FieldKey, required: boolean][];
  metadata?: Metadata;
}

/** The simulated merchant's products: every type of price, one-time and recurring, archived, private and draft. */
export const PRODUCTS: readonly ProductPlan[] = [
  {
    ...subscription('Halyard Starter', 'For a first project.', 12, 'month'),
    trial: ['day', 14],
    prices: [fixed('usd', 900, 700), fixed('eur', 900), fixed('jpy', 1300)],
    benefits: ['updates', 'credits'],
    medias: 1,
  },
  {
    ...subscription('Halyard Pro', 'Everything in Starter, and reviews.', 20, 'month'),
    prices: [
      fixed('usd', 2900, 2400),
      fixed('eur', 2700, 2200),
      fixed('gbp', 2500),
      fixed('jpy', 4300, 3600),
      fixed('kwd', 8900),
    ],
    benefits: ['licence', 'discord', 'source', 'internal'],
    medias: 2,
    metadata: { tier: 'pro', rank: 2 },
  },
  {
    ...subscription('Halyard Pro, yearly', null, 9, 'year'),
    trial: ['month', 1],
    prices: [fixed('usd', 29_000), fixed('eur', 27_000)],
    benefits: ['licence', 'discord', 'source', 'beta'],
    medias: 1,
    metadata: { tier: 'pro', yearly: true },
  },
  {
    ...subscription('Halyard Team', 'One bill for everybody.', 10, 'month'),
    prices: [
      seats('usd', 'volume', [
        [5, 1900],
        [20, 1700],
        [null, 1500],
      ]),
    ],
    benefits: ['discord', 'beta', 'credits'],
    medias: 1,
    fields: [
      ['company', true],
      ['size', false],
    ],
  },
  {
    ...subscription('Halyard Business', 'Seats on top of a base price.', 4, 'month'),
    prices: [
      fixed('usd', 4900),
      seats(
        'usd',
        'graduated',
        [
          [10, 1200],
          [null, 900],
        ],
        250,
      ),
    ],
    benefits: ['slack', 'office'],
    medias: 0,
    fields: [
      ['company', true],
      ['renewal', false],
      ['terms', true],
    ],
    metadata: { tier: 'business', discount_floor: 0.15 },
  },
  {
    ...subscription('Halyard API', 'Pay for what you call.', 6, 'month'),
    meter_interval: 'day',
    prices: [metered('usd', 'tokens', '0.000250000000', 50_000), metered('eur', 'tokens', '0.000230000000', null)],
    benefits: ['credits'],
    medias: 1,
  },
  {
    ...subscription('Halyard Inference', 'Cheaper with volume.', 3, 'month'),
    prices: [
      fixed('usd', 500),
      meteredTiers(
        'usd',
        'storage',
        graduated([
          [1000, '0.4'],
          [null, '0.25'],
        ]),
        100_000,
      ),
    ],
    benefits: ['credits', 'beta'],
    medias: 0,
  },
  {
    ...subscription('Build minutes', null, 3, 'month'),
    prices: [
      units(
        'usd',
        graduated([
          [100, '8'],
          [1000, '6.5'],
          [null, '5.25'],
        ]),
        'minute',
      ),
    ],
    benefits: [],
    medias: 1,
  },
  {
    ...oneTime('Halyard for life', 'Pay once.', 8),
    prices: [fixed('usd', 39_900, 29_900), fixed('eur', 37_900), fixed('jpy', 59_000), fixed('kwd', 122_500)],
    benefits: ['forever', 'updates'],
    medias: 3,
  },
  {
    ...oneTime('Rigging icons', '420 icons.', 7),
    prices: [fixed('usd', 4900), fixed('jpy', 7300), fixed('kwd', 15_000)],
    benefits: ['files'],
    medias: 3,
  },
  {
    ...oneTime('UI kit', 'Pay what you want.', 6),
    prices: [custom('usd', 500, 50_000, 1900), custom('eur', 500, null, null), custom('jpy', 500, null, 2800)],
    benefits: ['files'],
    medias: 2,
  },
  {
    ...subscription('Sponsor', 'Keep the lights on.', 3, 'month'),
    prices: [custom('usd', 300, null, 1000)],
    benefits: ['discord'],
    medias: 0,
  },
  {
    ...oneTime('Supporter', 'From the early days.', 2),
    prices: [legacy(fixed('usd', 500), 'month')],
    benefits: ['discord'],
    medias: 0,
  },
  {
    ...oneTime('Patron', null, 1),
    prices: [legacy(custom('usd', 1000, 100_000, 5000), 'year')],
    benefits: ['discord', 'office'],
    medias: 0,
  },
  {
    ...subscription('Halyard Free', 'For open source.', 6, 'month'),
    prices: [fixed('usd', 0)],
    benefits: ['beta'],
    medias: 1,
  },
  {
    ...oneTime('Harbour Days ticket', 'Two days in Hamburg.', 4),
    prices: [fixed('eur', 24_900)],
    benefits: ['updates'],
    medias: 2,
    fields: [
      ['badge', true],
      ['shirt', true],
      ['age', false],
      ['arrival', false],
      ['terms', true],
    ],
  },
  {
    ...oneTime('Consulting hour', 'With one of the authors.', 2),
    visibility: 'private',
    prices: [fixed('usd', 18_000), fixed('gbp', 14_500)],
    benefits: ['internal'],
    medias: 0,
    fields: [
      ['company', false],
      ['topic', true],
    ],
  },
  {
    ...subscription('Priority support', null, 2, 'week'),
    prices: [fixed('usd', 9900)],
    benefits: ['slack', 'office'],
    medias: 0,
  },
  {
    ...oneTime('The Halyard book', '2nd edition.', 3),
    archived: true,
    prices: [fixed('usd', 2900)],
    benefits: ['files'],
    medias: 1,
  },
  {
    ...subscription('Halyard Classic', 'No longer sold.', 4, 'month'),
    archived: true,
    prices: [fixed('usd', 1900)],
    benefits: ['licence'],
    medias: 0,
  },
  {
    ...subscription('Halyard Enterprise', null, 0, 'year'),
    visibility: 'draft',
    prices: [units('eur', { type: 'volume', tiers: [{ bound: null, unit_amount: '99.5' }] }, null)],
    benefits: ['slack'],
    medias: 0,
  },
];

type PlanStart = Pick<ProductPlan, 'name' | 'description' | 'share' | 'interval'>;

function subscription(name: string, description: string | null, share: number, interval: BillingInterval): PlanStart {
  return { name, description, share, interval };
}

function oneTime(name: string, description: string | null, share: number): PlanStart {
  return { name, description, share };
}

function graduated(steps: [bound: number | null, unit_amount: string][]) {
  return { type: 'graduated' as const, tiers: steps.map(([bound, unit_amount]) => ({ bound, unit_amount })) };
}
