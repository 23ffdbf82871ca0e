import type { BillingInterval, Metadata } from '../catalog/records.ts';

/** Polar: `failed` is never assigned any more. */
export type CheckoutStatus = 'open' | 'expired' | 'confirmed' | 'succeeded' | 'failed';

/** A postal address; US and Canadian states are written `US-CA`, `CA-ON`. */
export interface PostalAddress {
  country: string;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  city: string | null;
  state: string | null;
}

/** The columns that Polar stores of a checkout session, which edits may set. */
export interface CheckoutRow {
  id: string;
  created_at: string;
  modified_at: string | null;
  custom_field_data: Record<string, string | number | boolean | null>;
  payment_processor: 'stripe';
  status: CheckoutStatus;
  client_secret: string;
  /** Polar: the public address carries the client secret. */
  url: string;
  expires_at: string;
  success_url: string;
  return_url: string | null;
  embed_origin: string | null;
  amount: number;
  /** After discount, and after a tax that the price includes. Polar: set when the session is made and at each update of it, not when the discount changes. */
  net_amount: number;
  seats: number | null;
  min_seats: number | null;
  max_seats: number | null;
  units: number | null;
  min_units: number | null;
  max_units: number | null;
  tax_amount: number | null;
  tax_behavior: 'inclusive' | 'exclusive' | null;
  currency: string;
  allow_trial: boolean | null;
  trial_end: string | null;
  organization_id: string;
  product_id: string | null;
  product_price_id: string | null;
  discount_id: string | null;
  allow_discount_codes: boolean;
  require_billing_address: boolean;
  customer_id: string | null;
  is_business_customer: boolean;
  customer_name: string | null;
  customer_email: string | null;
  customer_ip_address: string | null;
  customer_billing_name: string | null;
  customer_billing_address: PostalAddress | null;
  customer_tax_id: string | null;
  locale: string | null;
  payment_method_type: string | null;
  /** Polar: holds Stripe's `intent_client_secret` from the confirmation on. */
  payment_processor_metadata: Record<string, string>;
  trial_interval: BillingInterval | null;
  trial_interval_count: number | null;
  metadata: Metadata;
  external_customer_id: string | null;
  subscription_id: string | null;
  customer_metadata: Metadata;
  product_ids: string[];
  /** Prices made for this session alone; where a product has some, `prices` shows these instead of the catalog's. */
  ad_hoc_price_ids: string[];
  truth: SessionTruth;
}

/** Facts about a session that the API shows nowhere. */
export interface SessionTruth {
  /** Number of the person who buys. */
  buyer: number;
  /** The link that it was made from. Polar: a session does not name it. */
  link_id: string | null;
  /** The moment when its page was opened first. Polar: kept for its own metrics only. */
  opened_at: string | null;
  /** Number of failed payments. */
  failures: number;
}

/** The need for a part of the address. */
export type FieldMode = 'required' | 'optional' | 'disabled';

/** Polar: what a response computes from other rows each time a session is read. */
export interface CheckoutDerived {
  discount_amount: number;
  total_amount: number;
  active_trial_interval: BillingInterval | null;
  active_trial_interval_count: number | null;
  is_discount_applicable: boolean;
  is_free_product_price: boolean;
  is_payment_required: boolean;
  is_payment_setup_required: boolean;
  is_payment_form_required: boolean;
  billing_address_fields: Record<'country' | 'state' | 'city' | 'postal_code' | 'line1' | 'line2', FieldMode>;
}

/** A checkout session as the API shows it, with the ids of its products in order instead of the nested objects. */
export interface Checkout extends CheckoutRow, CheckoutDerived {}
