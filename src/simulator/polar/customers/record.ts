import { createHash } from 'node:crypto';
import type { Metadata } from '../catalog/records.ts';
import type { CheckoutRow, PostalAddress } from '../checkouts/record.ts';
import type { Person } from '../people.ts';

/** A customer as Polar stores and shows it. */
export interface Customer {
  id: string;
  created_at: string;
  modified_at: string | null;
  metadata: Metadata;
  external_id: string | null;
  email: string;
  email_verified: boolean;
  type: 'individual' | 'team';
  name: string | null;
  billing_name: string | null;
  billing_address: PostalAddress | null;
  /** Number and format. */
  tax_id: [string, string] | null;
  locale: string | null;
  organization_id: string;
  default_payment_method_id: string | null;
  deleted_at: string | null;
  first_user_event_at: string | null;
  avatar_url: string | null;
}

/** The columns of a session that its customer gets. */
type Buying = Pick<
  CheckoutRow,
  | 'organization_id'
  | 'customer_metadata'
  | 'external_customer_id'
  | 'customer_email'
  | 'customer_name'
  | 'customer_billing_name'
  | 'customer_billing_address'
  | 'customer_tax_id'
>;

/** The customer that a session makes of its buyer. */
export function newCustomer(buyer: Person, session: Buying, created_at: string): Customer {
  const email = session.customer_email ?? buyer.email;
  const tax_id = session.customer_tax_id;
  return {
    id: buyer.id,
    created_at,
    modified_at: null,
    metadata: session.customer_metadata,
    external_id: session.external_customer_id ?? buyer.external_id,
    email,
    email_verified: false,
    type: buyer.company !== null && buyer.number % 4 === 0 ? 'team' : 'individual',
    name: session.customer_name ?? buyer.name,
    billing_name: session.customer_billing_name,
    billing_address: session.customer_billing_address,
    tax_id: tax_id === null ? null : [tax_id, taxFormat(buyer.place.country)],
    locale: buyer.locale,
    organization_id: session.organization_id,
    default_payment_method_id: null,
    deleted_at: null,
    first_user_event_at: null,
    avatar_url: avatarOf(email),
  };
}

/** Polar: a Gravatar address, which is made of the e-mail address. */
export function avatarOf(email: string): string {
  const hash = createHash('sha256').update(email.toLowerCase()).digest('hex');
  return `https://www.gravatar.com/avatar/${hash}?d=404`;
}

const FORMATS: Readonly<Record<string, string>> = { US: 'us_ein', CA: 'ca_bn', GB: 'gb_vat', JP: 'jp_trn' };

const taxFormat = (country: string) => FORMATS[country] ?? 'eu_vat';
