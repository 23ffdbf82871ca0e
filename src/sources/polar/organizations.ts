import { boolean, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { identity, instant, polar, versioned } from './schema.ts';

export const organizations = withComments(
  polar.table(
    'organizations',
    {
      ...identity(),
      name: text(),
      slug: text(),
      status: text(),
      avatar_url: text(),
      email: text(),
      website: text(),
      socials: jsonb(),
      country: text(),
      default_presentment_currency: text(),
      default_tax_behavior: text(),
      proration_behavior: text(),
      allow_customer_updates: boolean(),
      details_submitted_at: instant(),
      onboarding_resubmission_requested_at: instant(),
      sso_enforced: boolean(),
      feature_settings: jsonb(),
      subscription_settings: jsonb(),
      customer_email_settings: jsonb(),
      customer_portal_settings: jsonb(),
      dispute_settings: jsonb(),
      embed_hosts: jsonb(),
      account_id: uuid(),
      payout_account_id: uuid(),
      capabilities: jsonb(),
      ...versioned(),
    },
    (table) => [index().on(table.slug)],
  ),
  'Organizations that the token can see, usually one; organization_id in other tables refers to them',
  {
    name: free('Name shown to customers'),
    slug: 'Name in URLs',
    status: 'created, review, active, denied, blocked, offboarding, …',
    avatar_url: 'Logo',
    email: free('E-mail address for customers’ questions'),
    website: free('Address of its website'),
    socials: free('Its accounts on other platforms: platform and url'),
    country: 'ISO 3166-1 code',
    default_presentment_currency: 'Default currency of its prices, ISO 4217 in lower case',
    default_tax_behavior: 'Default tax behavior of its prices: location, inclusive or exclusive',
    proration_behavior:
      'How a change of a subscription within a period is charged: invoice, prorate, next_period or reset',
    allow_customer_updates: 'Whether customers may change their subscriptions themselves',
    details_submitted_at: 'When it was submitted for review',
    onboarding_resubmission_requested_at: 'When Polar asked for more details',
    sso_enforced: 'Whether members must sign in through the organization’s own provider',
    feature_settings: 'Enabled features',
    subscription_settings: 'Rules for subscriptions',
    customer_email_settings: 'Which e-mails customers get',
    customer_portal_settings: 'What customers may see and change in the portal',
    dispute_settings: 'Amount below which disputes are accepted',
    embed_hosts: 'Sites that may embed the checkout',
    account_id: 'Account at Polar',
    payout_account_id: 'Account for payouts',
    capabilities: 'What Polar allows: payments, renewals, payouts, refunds, API, dashboard',
  },
);

/** An organization. Keys of earlier products, which Polar still sends but no longer documents, are not stored. */
export const organization = entity(organizations, {
  dropped: new Set([
    'bio',
    'company',
    'blog',
    'location',
    'twitter_username',
    'pledge_minimum_amount',
    'pledge_badge_show_amount',
    'default_upfront_split_to_contributors',
    'notification_settings',
  ]),
});
