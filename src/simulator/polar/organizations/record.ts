import { DAY, formatInstant } from '../../instants.ts';
import type { ClockRange } from '../clock-range.ts';

/** An organization, whose settings are as the API sends them. */
export interface Organization {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  name: string;
  slug: string;
  email: string | null;
  status: 'created' | 'review' | 'active' | 'denied';
  settings: Readonly<Record<string, unknown>>;
}

/** The simulated organization. */
export const seededOrganization = ({ organizationId }: { organizationId: string }, { now }: ClockRange): Organization =>
  draftOrganization(organizationId, formatInstant(now - 450 * DAY));

/** An organization that was just made. */
export function draftOrganization(id: string, created_at: string): Organization {
  const name = `Halyard ${id.slice(0, 4)}`;
  return {
    id,
    created_at,
    modified_at: null,
    deleted_at: null,
    name,
    slug: name.toLowerCase().replace(' ', '-'),
    email: 'support@halyard.example.com',
    status: 'active',
    settings: BUSINESS_SETTINGS,
  };
}

const BUSINESS_SETTINGS = {
  avatar_url: null,
  proration_behavior: 'prorate',
  allow_customer_updates: true,
  website: 'https://halyard.example.com',
  socials: [{ platform: 'x', url: 'https://x.com/halyard' }],
  details_submitted_at: null,
  onboarding_resubmission_requested_at: null,
  sso_enforced: false,
  default_presentment_currency: 'usd',
  default_tax_behavior: 'location',
  feature_settings: { checkout_localization_enabled: true, overview_metrics: null },
  subscription_settings: {
    allow_multiple_subscriptions: false,
    proration_behavior: 'prorate',
    benefit_revocation_grace_period: 0,
    prevent_trial_abuse: true,
    allow_customer_updates: true,
  },
  customer_email_settings: { order_confirmation: true, subscription_confirmation: true, subscription_cycled: true },
  customer_portal_settings: { usage: { show: true }, subscription: { update_seats: true, update_plan: true } },
  dispute_settings: { auto_accept_below_amount: null },
  embed_hosts: ['halyard.example.com'],
  country: 'DE',
  account_id: null,
  payout_account_id: null,
  capabilities: {
    checkout_payments: true,
    subscription_renewals: true,
    payouts: true,
    refunds: true,
    api_access: true,
    dashboard_access: true,
  },
};
