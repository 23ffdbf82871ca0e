import type { List, Stream } from '../../model/stream.ts';
import { benefitGrant } from './benefit-grant.ts';
import { benefit } from './benefit.ts';
import { checkoutLink } from './checkout-link.ts';
import { checkout } from './checkout.ts';
import { customField } from './custom-field.ts';
import { customerMeter } from './customer-meter.ts';
import { customer } from './customer.ts';
import { discount } from './discount.ts';
import { dispute } from './dispute.ts';
import { event } from './event.ts';
import {
  changedUsage,
  lateEvents,
  newCustomers,
  newGrants,
  newRefunds,
  newSubscriptions,
  ordersThatMayChange,
  paymentsThatMaySettle,
  sessionsThatMayChange,
} from './incremental.ts';
import type { lookups } from './lookups.ts';
import { meter } from './meter.ts';
import { order } from './order.ts';
import { organization } from './organizations.ts';
import { payment } from './payment.ts';
import { product } from './product.ts';
import { refund } from './refund.ts';
import { subscription } from './subscription.ts';

/**
 * The daily full walk finds what incremental ones cannot see, at an hour and minute that few others choose. Sessions of any age
 * change when a customer is anonymized, and Polar computes some of their fields from the product and discount of today.
 */
const sessionSchedules: Stream['schedules'] = { incremental: 'every 1m', full: '17 3 * * *' };

/** Detection of deletions, as the docs name it. */
const [BY_WALK, BY_WEBHOOK] = ['full walk', 'webhook, full walk'];

const typesOf = (record: string, ...events: string[]) => events.map((event) => `${record}.${event}`);

const SUBSCRIPTION_EVENTS =
  'created updated active cycled past_due canceled uncanceled revoked paused resumed migrated'.split(' ');

/** The settings of a single stream. */
export type DeclaredStream = Pick<
  Stream,
  'name' | 'entity' | 'permission' | 'schedules' | 'incremental' | 'freshness'
> &
  Partial<Stream> & {
    path: string;
    /** The way to request a single record; by its address unless named. */
    lookup?: keyof typeof lookups;
    /** True if the records are the organizations that own all other records. */
    isOwner?: true;
    /** Filters of every list request that no setting decides. */
    filter?: List['filter'];
  };

/** The events that Polar's revenue figures are made of. Others are many, and may hold anything. */
const BILLING_EVENTS = [
  'order.paid',
  ...typesOf('balance', 'order', 'credit_order', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal'),
  ...typesOf('subscription', 'created', 'canceled', 'uncanceled', 'reinstated', 'revoked'),
];

/** Every stream, in the order in which a full sync walks them. */
export const declaredStreams: readonly DeclaredStream[] = [
  {
    name: 'polar.checkout_links',
    entity: checkoutLink,
    path: '/v1/checkout-links',
    permission: 'checkout_links:read',
    isOptional: false,
    schedules: { full: 'every 5m' },
    incremental: null,
    freshness: { webhooks: [], deletions: BY_WALK, gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.checkouts',
    entity: checkout,
    path: '/v1/checkouts',
    permission: 'checkouts:read',
    isOptional: false,
    schedules: sessionSchedules,
    incremental: sessionsThatMayChange,
    freshness: {
      webhooks: typesOf('checkout', 'created', 'updated', 'expired'),
      deletions: 'none: Polar keeps all sessions',
      gaps: 'The opening of a page, and changes of older sessions when a customer is anonymized or a discount is edited, wait for the daily walk.',
    },
  },
  {
    name: 'polar.customers',
    entity: customer,
    path: '/v1/customers',
    permission: 'customers:read',
    schedules: { incremental: 'every 5m', full: '41 3 * * *' },
    incremental: newCustomers,
    freshness: {
      webhooks: typesOf('customer', 'created', 'updated', 'deleted'),
      deletions: BY_WEBHOOK,
      gaps: 'Without webhooks, edits of older customers wait for the daily walk. customer.state_changed is only recorded.',
    },
  },
  {
    name: 'polar.custom_fields',
    entity: customField,
    path: '/v1/custom-fields',
    permission: 'custom_fields:read',
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: [], deletions: BY_WALK, gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.benefits',
    entity: benefit,
    path: '/v1/benefits',
    permission: 'benefits:read',
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: typesOf('benefit', 'created', 'updated'), deletions: BY_WEBHOOK, gaps: 'Nothing.' },
  },
  {
    name: 'polar.discounts',
    entity: discount,
    path: '/v1/discounts',
    permission: 'discounts:read',
    // Nothing reports a redemption: redemptions_count changes without a webhook and without modified_at.
    schedules: { full: 'every 15m' },
    incremental: null,
    freshness: {
      webhooks: typesOf('discount', 'created', 'updated', 'deleted'),
      deletions: BY_WEBHOOK,
      gaps: 'redemptions_count changes without a webhook: it waits for the walk. A discount that was deleted before it was first listed gets no tombstone if only old sessions name it.',
    },
  },
  {
    name: 'polar.products',
    entity: product,
    path: '/v1/products',
    permission: 'products:read',
    schedules: { full: 'every 15m' },
    incremental: null,
    freshness: {
      webhooks: typesOf('product', 'created', 'updated'),
      deletions: BY_WALK,
      gaps: 'A deletion and the first sale (is_deletable) send no webhook: both wait for the walk.',
    },
  },
  {
    name: 'polar.meters',
    entity: meter,
    path: '/v1/meters',
    permission: 'meters:read',
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: {
      webhooks: [],
      deletions: 'none: Polar archives meters instead (archived_at)',
      gaps: 'An edit waits for the next walk.',
    },
  },
  {
    name: 'polar.organizations',
    entity: organization,
    path: '/v1/organizations',
    permission: 'organizations:read',
    isOwner: true,
    schedules: { full: '37 4 * * *' },
    incremental: null,
    freshness: { webhooks: typesOf('organization', 'updated'), deletions: BY_WALK, gaps: 'Nothing.' },
  },
  {
    name: 'polar.orders',
    entity: order,
    path: '/v1/orders',
    permission: 'orders:read',
    schedules: { incremental: 'every 1m', full: '53 3 * * *' },
    incremental: ordersThatMayChange,
    freshness: {
      webhooks: typesOf('order', 'created', 'updated', 'paid', 'refunded'),
      deletions: 'none: Polar keeps all orders',
      gaps: 'Without webhooks, refunds and edits of older orders wait for the daily walk. Polar’s fee is known a moment after order.paid; the next attempt of a failed payment has no webhook.',
    },
  },
  {
    name: 'polar.subscriptions',
    entity: subscription,
    path: '/v1/subscriptions',
    permission: 'subscriptions:read',
    // Polar cannot sort them by created_at.
    discovery: { by: 'date', date: 'started_at' },
    schedules: { incremental: 'every 5m', full: '29 * * * *' },
    incremental: newSubscriptions,
    freshness: {
      webhooks: typesOf('subscription', ...SUBSCRIPTION_EVENTS),
      deletions: 'full walk',
      gaps: 'Without webhooks, renewals, cancellations and usage wait for the hourly walk. A subscription that has not started is not listed: only its webhooks show it, and its absence deletes nothing.',
    },
  },
  {
    name: 'polar.refunds',
    entity: refund,
    path: '/v1/refunds',
    permission: 'refunds:read',
    lookup: 'filter',
    schedules: { incremental: 'every 5m', full: '11 4 * * *' },
    incremental: newRefunds,
    freshness: {
      webhooks: typesOf('refund', 'created', 'updated'),
      deletions: 'full walk, while another refund is listed',
      gaps: 'Polar has no request for a single refund, and an empty list proves nothing: the last refund never gets a tombstone.',
    },
  },
  {
    name: 'polar.payments',
    entity: payment,
    path: '/v1/payments',
    permission: 'payments:read',
    // As many as orders and failed attempts, and settled ones never change but by hand.
    schedules: { incremental: 'every 5m', full: '23 4 * * 6' },
    incremental: paymentsThatMaySettle,
    freshness: {
      webhooks: [],
      deletions: 'none: Polar keeps all payments',
      gaps: 'Payments that are still pending after 30 days, and edits by hand, wait for the weekly walk.',
    },
  },
  {
    name: 'polar.disputes',
    entity: dispute,
    path: '/v1/disputes',
    permission: 'disputes:read',
    // Few, and they change for months without a webhook.
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: [], deletions: 'none: Polar keeps all disputes', gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.customer_meters',
    entity: customerMeter,
    path: '/v1/customer-meters',
    permission: 'customer_meters:read',
    unlisted: { column: 'meter_id', names: meter, date: 'archived_at' },
    schedules: { incremental: 'every 5m', full: '23 4 * * *' },
    incremental: changedUsage,
    freshness: {
      webhooks: [],
      deletions: BY_WALK,
      gaps: 'Usage that was never counted waits for the daily walk. Usage of an archived meter is not listed: its row no longer changes.',
    },
  },
  {
    name: 'polar.benefit_grants',
    entity: benefitGrant,
    path: '/v1/benefit-grants',
    permission: 'benefits:read',
    lookup: 'none',
    schedules: { incremental: 'every 15m', full: '47 4 * * *' },
    incremental: newGrants,
    freshness: {
      webhooks: typesOf('benefit_grant', 'created', 'updated', 'cycled', 'revoked'),
      deletions: 'none: Polar keeps all grants, and has no request for a single one',
      gaps: 'Without webhooks, changes of older grants wait for the daily walk.',
    },
  },
  {
    name: 'polar.events',
    entity: event,
    path: '/v1/events',
    permission: 'events:read',
    isOffByDefault: true,
    filter: { source: 'system', name: BILLING_EVENTS },
    discovery: { by: 'date', date: 'timestamp' },
    isEmptyBeyond: true,
    schedules: { incremental: 'every 5m', full: '37 4 1 * *' },
    incremental: lateEvents,
    freshness: {
      webhooks: [],
      deletions: 'none: Polar keeps all events',
      gaps: 'Off unless POLAR_STREAMS names it. An event that is dated back by more than 30 days waits for the monthly walk.',
    },
  },
];
