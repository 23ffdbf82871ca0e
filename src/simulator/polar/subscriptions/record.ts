import type { BillingInterval, Metadata } from '../catalog/records.ts';

/** Polar: `incomplete` ones were not paid for yet; `canceled` ones have ended. */
export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'paused';

/** The reasons that customers may give. */
export const REASONS = [
  'customer_service',
  'low_quality',
  'missing_features',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
  'other',
] as const;

/** A customer's reason to cancel. */
export type CancellationReason = (typeof REASONS)[number];

/** The usage of a meter in the period. */
export interface SubscriptionMeter {
  id: string;
  created_at: string;
  modified_at: string | null;
  /** Polar: a float. */
  consumed_units: number;
  credited_units: number;
  amount: number;
  meter_id: string;
}

/** A change that takes effect with the next period; what it leaves as it is, is null. */
export interface PendingUpdate {
  id: string;
  created_at: string;
  modified_at: string | null;
  applies_at: string;
  product_id: string | null;
  seats: number | null;
  units: number | null;
}

/** The columns that Polar stores of a subscription, which edits may set, with its prices and usage. */
export interface Subscription {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  /** Prices less the discount. */
  amount: number;
  currency: string;
  recurring_interval: BillingInterval;
  recurring_interval_count: number;
  status: SubscriptionStatus;
  current_period_start: string;
  current_period_end: string;
  current_meter_period_start: string | null;
  current_meter_period_end: string | null;
  trial_start: string | null;
  trial_end: string | null;
  cancel_at_period_end: boolean;
  canceled_at: string | null;
  /** Polar: null until the first payment; the list hides the subscription until then. */
  started_at: string | null;
  ends_at: string | null;
  ended_at: string | null;
  past_due_at: string | null;
  pause_at_period_end: boolean;
  paused_at: string | null;
  resumes_at: string | null;
  customer_id: string;
  product_id: string;
  discount_id: string | null;
  checkout_id: string | null;
  seats: number | null;
  units: number | null;
  customer_cancellation_reason: CancellationReason | null;
  customer_cancellation_comment: string | null;
  metadata: Metadata;
  custom_field_data: Record<string, string | number | boolean | null>;
  /** In the order served; those of the product when it was sold. */
  price_ids: string[];
  meters: SubscriptionMeter[];
  pending_update: PendingUpdate | null;
}

/** True until it has ended. */
export const isLiving = ({ ended_at, status }: Subscription): boolean =>
  ended_at === null && status !== 'incomplete_expired';
