import { token } from '../../ids.ts';
import { DAY, formatInstant } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { CustomField, Discount, BillingInterval } from '../catalog/records.ts';
import { discountAmount } from '../money.ts';
import type { Person } from '../people.ts';
import { buyerColumns, fieldData, paymentColumns, taxColumns } from './buyer.ts';
import { expiresAt } from './calendar.ts';
import { goodsColumns, type Goods } from './goods.ts';
import type { CheckoutRow, CheckoutStatus } from './record.ts';

/** The facts that are settled before a session is drawn up. */
export interface Facts {
  id: string;
  organizationId: string;
  /** Microseconds. */
  created: number;
  modified_at: string | null;
  status: CheckoutStatus;
  person: Person;
  goods: Goods;
  alternatives: readonly string[];
  fields: readonly CustomField[];
  discount: Discount | undefined;
}

/** Draws up a whole session: the facts, and chance for the rest. */
export function draft(chance: Random, facts: Facts): CheckoutRow {
  const { id, created, status, person, goods, discount } = facts;
  const paid = status === 'succeeded' || status === 'confirmed';
  const sold = goodsColumns(chance, goods, facts.alternatives);
  const buyer = buyerColumns(chance, person, paid);
  const net = sold.amount - discountAmount(discount, sold.amount, sold.currency);
  return {
    id,
    created_at: formatInstant(created),
    modified_at: facts.modified_at,
    custom_field_data: paid ? fieldData(chance, facts.fields, created) : {},
    payment_processor: 'stripe',
    status,
    expires_at: formatInstant(expiresAt(created)),
    ...addresses(chance, id),
    ...sold,
    ...taxColumns(net, person, buyer.customer_billing_address),
    ...trialColumns(chance, goods, created),
    organization_id: facts.organizationId,
    discount_id: discount?.id ?? null,
    allow_discount_codes: chance.chance(0.9),
    require_billing_address: chance.chance(0.1),
    ...buyer,
    ...paymentColumns(chance, status, net === 0),
    metadata: campaign(chance),
    subscription_id: null,
    customer_metadata: chance.chance(0.1) ? { plan: 'team', seats: 5, beta: true } : {},
    ad_hoc_price_ids: [],
  };
}

/** Polar: a session's addresses carry its client secret; `{CHECKOUT_ID}` of a success URL is filled in. */
function addresses(chance: Random, id: string) {
  const client_secret = `polar_c_${token(chance, 43)}`;
  const url = `https://polar.sh/checkout/${client_secret}`;
  const own = chance.chance(0.6);
  return {
    client_secret,
    url,
    success_url: own ? `https://halyard.example.com/thanks?checkout_id=${id}` : `${url}/confirmation`,
    return_url: own ? 'https://halyard.example.com/pricing' : null,
    embed_origin: chance.chance(0.1) ? 'https://halyard.example.com' : null,
  };
}

const DAYS: Record<BillingInterval, number> = { day: 1, week: 7, month: 30, year: 365 };

function trialColumns(chance: Random, { product }: Goods, created: number) {
  const allow_trial = chance.chance(0.95);
  const trial_interval = product.recurring_interval && chance.chance(0.05) ? ('week' as const) : null;
  const trial_interval_count = trial_interval ? 2 : null;
  const days =
    DAYS[trial_interval ?? product.trial_interval ?? 'day'] *
    (trial_interval_count ?? product.trial_interval_count ?? 0);
  return {
    allow_trial,
    trial_interval,
    trial_interval_count,
    trial_end: allow_trial && days > 0 ? formatInstant(created + days * DAY) : null,
  };
}

function campaign(chance: Random): CheckoutRow['metadata'] {
  if (chance.chance(0.6)) return {};
  const utm_source = chance.pick(['newsletter', 'docs', 'github', 'search']);
  return chance.chance(0.5)
    ? { utm_source }
    : { utm_source, utm_campaign: 'autumn', visit: chance.integer(1, 9), ratio: 0.25, returning: chance.chance(0.5) };
}
