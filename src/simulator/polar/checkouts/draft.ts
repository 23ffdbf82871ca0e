import { token } from '../../ids.ts';
import { DAY, formatInstant } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { BillingInterval, CustomField, Discount } from '../catalog/records.ts';
import type { CheckoutAction } from '../edit-log.ts';
import type { Person } from '../people.ts';
import { addressAsked, countryOnly, fieldData, identity, paymentColumns } from './buyer.ts';
import { expiresAt } from './calendar.ts';
import type { AddressTerms } from './derive.ts';
import { goodsColumns, type Goods } from './goods.ts';
import { pricing } from './money.ts';
import type { Origin } from './origin.ts';
import type { CheckoutRow, CheckoutStatus, PostalAddress } from './record.ts';

/** The facts that are settled before a session is drawn up. */
export interface Facts {
  id: string;
  organizationId: string;
  /** Microseconds. */
  created: number;
  modified_at: string | null;
  opened_at: string | null;
  failures: number;
  status: CheckoutStatus;
  /** Steps that the buyer has taken so far. */
  actions: ReadonlySet<CheckoutAction>;
  buyer: Person;
  origin: Origin;
  goods: Goods;
  product_ids: string[];
  fields: readonly CustomField[];
  discount: Discount | undefined;
}

/** Draws up a whole session: the facts, and chance for the rest. */
export function draft(chance: Random, facts: Facts): CheckoutRow {
  const { id, created, status, goods, discount, origin, actions } = facts;
  const sold = goodsColumns(chance, goods);
  const buyer = buyerColumns(facts);
  const terms = { ...sold, ...buyer, trial_end: trialEnd(goods, origin, created) };
  const { money, needsForm } = pricing(terms, { ...goods, discount });
  return {
    id,
    created_at: formatInstant(created),
    modified_at: facts.modified_at,
    custom_field_data: actions.has('confirmed') ? fieldData(chance, facts.fields, created) : {},
    payment_processor: 'stripe',
    status,
    expires_at: formatInstant(expiresAt(created)),
    ...addresses(chance, id, origin),
    ...origin.columns,
    ...terms,
    ...money,
    product_ids: facts.product_ids,
    organization_id: facts.organizationId,
    locale: chance.chance(0.7) ? facts.buyer.locale : null,
    discount_id: discount?.id ?? null,
    ...paymentColumns(chance, { status, actions, needsForm }),
    subscription_id: null,
    ad_hoc_price_ids: [],
    truth: { buyer: facts.buyer.number, link_id: origin.link_id, opened_at: facts.opened_at, failures: facts.failures },
  };
}

/** Polar: a session's addresses carry its client secret; `{CHECKOUT_ID}` of a success URL is filled in. */
function addresses(chance: Random, id: string, { success_url }: Origin) {
  const client_secret = `polar_c_${token(chance, 43)}`;
  const url = `https://polar.sh/checkout/${client_secret}`;
  return { client_secret, url, success_url: success_url?.replace('{CHECKOUT_ID}', id) ?? `${url}/confirmation` };
}

/** Returns the buyer's columns of a session: from the merchant or the link's query, from the IP address, and from the form. */
function buyerColumns({ buyer, origin: { columns }, actions }: Facts) {
  const isTried = actions.has('confirmed');
  const isTyped = isTried || actions.has('identified') || actions.has('address_typed');
  const { is_business_customer, ...typed } = identity(buyer);
  const asked = { ...columns, is_business_customer: is_business_customer && isTyped };
  return {
    customer_id: isTried ? buyer.id : columns.customer_id,
    external_customer_id: columns.external_customer_id,
    customer_name: columns.customer_name,
    customer_email: columns.customer_email,
    customer_billing_name: null,
    customer_tax_id: null,
    ...(isTyped && typed),
    is_business_customer: asked.is_business_customer,
    customer_billing_address: addressAt(buyer, asked, actions),
  };
}

function addressAt(
  buyer: Person,
  asked: AddressTerms & Pick<CheckoutRow, 'customer_ip_address'>,
  actions: ReadonlySet<CheckoutAction>,
): PostalAddress | null {
  if (actions.has('address_typed')) return buyer.address;
  if (actions.has('confirmed')) return addressAsked(buyer, asked);
  return asked.customer_ip_address === null ? null : countryOnly(buyer);
}

const DAYS: Record<BillingInterval, number> = { day: 1, week: 7, month: 30, year: 365 };

/** Polar: what the link or the merchant says goes before the product; only what recurs has a trial. */
function trialEnd({ product }: Goods, { columns }: Origin, created: number): string | null {
  const interval = columns.trial_interval ?? product.trial_interval;
  const count = columns.trial_interval_count ?? product.trial_interval_count;
  if (!columns.allow_trial || !product.recurring_interval || !interval || !count) return null;
  return formatInstant(created + DAYS[interval] * count * DAY);
}
