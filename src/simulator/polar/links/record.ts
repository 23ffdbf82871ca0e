import type { BillingInterval, Metadata } from '../catalog/records.ts';

/** A checkout link: the API's columns, the ids of its products in order, and `deleted_at`. */
export interface Link {
  id: string;
  created_at: string;
  modified_at: string | null;
  /** Polar: links are soft-deleted, and vanish from every response. */
  deleted_at: string | null;
  trial_interval: BillingInterval | null;
  trial_interval_count: number | null;
  metadata: Metadata;
  payment_processor: 'stripe';
  client_secret: string;
  success_url: string | null;
  return_url: string | null;
  label: string | null;
  allow_discount_codes: boolean;
  require_billing_address: boolean;
  discount_id: string | null;
  seats: number | null;
  units: number | null;
  organization_id: string;
  /** Polar: the public address carries the client secret. */
  url: string;
  product_ids: string[];
}
