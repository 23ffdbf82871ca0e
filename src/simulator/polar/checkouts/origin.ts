import type { Random } from '../../random.ts';
import type { Metadata } from '../catalog/records.ts';
import type { Link } from '../links/record.ts';
import type { Person } from '../people.ts';
import type { CheckoutRow } from './record.ts';

/** Origin of a session, and the columns it brings: a visit to a link, or the merchant's code. */
export interface Origin {
  link_id: string | null;
  /** Address that may hold `{CHECKOUT_ID}`; null for Polar's own page. */
  success_url: string | null;
  /** Discount that the link gives. */
  discount_id: string | null;
  columns: Pick<
    CheckoutRow,
    | 'metadata'
    | 'customer_metadata'
    | 'return_url'
    | 'embed_origin'
    | 'allow_trial'
    | 'trial_interval'
    | 'trial_interval_count'
    | 'allow_discount_codes'
    | 'require_billing_address'
    | 'customer_ip_address'
    | 'customer_email'
    | 'customer_name'
    | 'customer_id'
    | 'external_customer_id'
  >;
}

/** Query parameters that a link's address may have. */
export type LinkQuery = Partial<
  Record<
    | 'reference_id'
    | 'utm_source'
    | 'utm_medium'
    | 'utm_campaign'
    | 'utm_content'
    | 'utm_term'
    | 'customer_email'
    | 'customer_name',
    string
  >
>;

/**
 * A visit of a link. Polar: the session gets the link's metadata, then `reference_id` and `utm_*` of the query where the
 * key is free, and the visitor's IP address; it does not name the link.
 */
export function linkOrigin(chance: Random, link: Link, visitor: Person, query: LinkQuery): Origin {
  const { customer_email = null, customer_name = null, ...copied } = query;
  return {
    link_id: link.id,
    success_url: link.success_url,
    discount_id: link.discount_id,
    columns: {
      metadata: { ...copied, ...link.metadata },
      customer_metadata: {},
      return_url: link.return_url,
      embed_origin: chance.chance(0.1) ? SHOP : null,
      allow_trial: true,
      trial_interval: link.trial_interval,
      trial_interval_count: link.trial_interval_count,
      allow_discount_codes: link.allow_discount_codes,
      require_billing_address: link.require_billing_address,
      customer_ip_address: visitor.ip_address,
      customer_email,
      customer_name,
      customer_id: null,
      external_customer_id: null,
    },
  };
}

/** The query that a visitor of a link brings along: campaigns for some, the e-mail address for those who come from a mail. */
export function drawQuery(chance: Random, visitor: Person): LinkQuery {
  const mailed = chance.chance(0.12);
  const campaign = chance.chance(0.4)
    ? { utm_source: chance.pick(['newsletter', 'docs', 'github', 'search']), utm_campaign: 'autumn' }
    : {};
  return {
    ...campaign,
    ...(chance.chance(0.1) && { reference_id: `ref_${chance.integer(1, 9999)}` }),
    ...(mailed && { customer_email: visitor.email }),
    ...(mailed && chance.chance(0.5) && { customer_name: visitor.name }),
  };
}

/** A session that the merchant's code made. Polar: it has an IP address only where the merchant sends one. */
export function apiOrigin(chance: Random, buyer: Person): Origin {
  const known = chance.chance(0.25);
  const named = known || chance.chance(0.3);
  const trial_interval = chance.chance(0.05) ? ('week' as const) : null;
  const own = chance.chance(0.6);
  return {
    link_id: null,
    success_url: own ? `${SHOP}/thanks?checkout_id={CHECKOUT_ID}` : null,
    discount_id: null,
    columns: {
      metadata: merchantMetadata(chance),
      customer_metadata: chance.chance(0.3) ? { plan: 'team', seats: 5, beta: true } : {},
      return_url: own ? `${SHOP}/pricing` : null,
      embed_origin: chance.chance(0.1) ? SHOP : null,
      allow_trial: chance.chance(0.95),
      trial_interval,
      trial_interval_count: trial_interval && 2,
      allow_discount_codes: chance.chance(0.9),
      require_billing_address: chance.chance(0.1),
      customer_ip_address: chance.chance(0.2) ? buyer.ip_address : null,
      customer_email: named ? buyer.email : null,
      customer_name: known ? buyer.name : null,
      customer_id: known ? buyer.id : null,
      external_customer_id: known ? buyer.external_id : null,
    },
  };
}

const SHOP = 'https://halyard.example.com';

function merchantMetadata(chance: Random): Metadata {
  if (chance.chance(0.6)) return {};
  return { utm_source: 'app', visit: chance.integer(1, 9), ratio: 0.25, returning: chance.chance(0.5) };
}
