/** Key-value pairs a merchant sets; values are scalars. */
export type Metadata = Record<string, string | number | boolean>;

/** Billing and trial periods. */
export type BillingInterval = 'day' | 'week' | 'month' | 'year';

/** A product: its own columns, and the ids of what hangs on it, in the order the API lists them. */
export interface Product {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  trial_interval: BillingInterval | null;
  trial_interval_count: number | null;
  name: string;
  description: string | null;
  visibility: 'draft' | 'private' | 'public';
  recurring_interval: BillingInterval | null;
  recurring_interval_count: number | null;
  meter_interval: BillingInterval | null;
  meter_interval_count: number | null;
  /** Polar: true for a product without a recurring interval when all of its listed prices are legacy ones, and so when it lists none. */
  is_recurring: boolean;
  is_archived: boolean;
  organization_id: string;
  metadata: Metadata;
  /** The prices the API lists: catalog prices that are not archived. Archived and ad-hoc ones stay in `polar.prices`. */
  price_ids: string[];
  /** All attached benefits; links and sessions show those with `visibility: 'public'` only. */
  benefit_ids: string[];
  media_ids: string[];
  custom_fields: AttachedField[];
}

/** A custom field as a product attaches it. */
export interface AttachedField {
  custom_field_id: string;
  order: number;
  required: boolean;
}

/** A price: the columns of every type, and those its `amount_type` has. A column that the type lacks is absent. */
export interface Price {
  id: string;
  created_at: string;
  modified_at: string | null;
  source: 'catalog' | 'ad_hoc';
  amount_type: 'fixed' | 'custom' | 'seat_based' | 'metered_unit' | 'metered_tiers' | 'unit_based';
  price_currency: string;
  tax_behavior: 'location' | 'inclusive' | 'exclusive' | null;
  is_archived: boolean;
  product_id: string;
  price_amount?: number;
  minimum_amount?: number;
  maximum_amount?: number | null;
  preset_amount?: number | null;
  seat_tiers?: SeatTiers;
  unit_amount?: string;
  cap_amount?: number | null;
  meter_id?: string;
  meter?: Meter;
  tiers?: UnitTiers;
  minimum_units?: number | null;
  maximum_units?: number | null;
  unit_label?: Record<string, Record<string, string>> | null;
  /** Legacy recurring prices carry the interval themselves. */
  legacy?: true;
  type?: 'recurring';
  recurring_interval?: BillingInterval;
}

/** Price steps of a seat based price, in minor units a seat. */
export interface SeatTiers {
  seat_tier_type: 'volume' | 'graduated';
  tiers: { min_seats: number; max_seats: number | null; price_per_seat: number }[];
  minimum_seats: number;
  maximum_seats: number | null;
}

/** Price steps of a unit based or metered price; amounts are decimal texts. */
export interface UnitTiers {
  type: 'volume' | 'graduated';
  tiers: { bound: number | null; unit_amount: string }[];
}

/** The meter a metered price counts with; a value without timestamps, as the API nests it. */
export interface Meter {
  id: string;
  name: string;
  unit: 'scalar' | 'token' | 'custom';
  custom_label: string | null;
  custom_multiplier: number | null;
}

/** A meter as its own list and subscriptions show it; prices nest a few of its fields. */
export interface WholeMeter extends Meter {
  created_at: string;
  modified_at: string | null;
  metadata: Metadata;
  filter: object;
  aggregation: object;
  organization_id: string;
  /** Polar: archived instead of deleted; lists of usage leave it out from then on. */
  archived_at: string | null;
}

/** Every type of benefit. */
export type BenefitType =
  | 'custom'
  | 'discord'
  | 'github_repository'
  | 'downloadables'
  | 'license_keys'
  | 'meter_credit'
  | 'feature_flag'
  | 'slack_shared_channel';

/** A benefit with all that only `/v1/benefits/` and webhooks show: metadata, visibility, properties. */
export interface Benefit {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  type: BenefitType;
  description: string;
  selectable: boolean;
  deletable: boolean;
  is_deleted: boolean;
  organization_id: string;
  metadata: Metadata;
  visibility: 'draft' | 'private' | 'public';
  visibility_configurable: boolean;
  properties: Record<string, unknown>;
}

/** A product's image. Polar: it has no `modified_at`. */
export interface Media {
  id: string;
  organization_id: string;
  name: string;
  path: string;
  mime_type: string;
  size: number;
  storage_version: string | null;
  checksum_etag: string | null;
  checksum_sha256_base64: string | null;
  checksum_sha256_hex: string | null;
  last_modified_at: string | null;
  version: string | null;
  service: 'product_media';
  is_uploaded: boolean;
  created_at: string;
  size_readable: string;
  public_url: string;
}

/** A discount. `amount`, `currency`, `amounts` are there for fixed ones, `basis_points` for percentages, `duration_in_months` for repeating ones. */
export interface Discount {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  metadata: Metadata;
  name: string;
  type: 'fixed' | 'percentage';
  duration: 'once' | 'forever' | 'repeating';
  code: string | null;
  starts_at: string | null;
  ends_at: string | null;
  max_redemptions: number | null;
  max_redemptions_per_customer: number | null;
  redemptions_count: number;
  organization_id: string;
  amount?: number;
  currency?: string;
  amounts?: Record<string, number>;
  basis_points?: number;
  duration_in_months?: number;
  /** The products it is limited to; shown by `/v1/discounts/` and webhooks only. */
  product_ids: string[];
}

/** A custom field of the organization. Polar: property keys are absent rather than null. */
export interface CustomField {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  metadata: Metadata;
  type: 'text' | 'number' | 'date' | 'checkbox' | 'select';
  slug: string;
  name: string;
  organization_id: string;
  properties: Record<string, unknown>;
}
