import { requireColumn, type Entity } from '../../model/entity.ts';
import type { List, Stream } from '../../model/stream.ts';
import { benefit } from './benefit.ts';
import { checkoutLink } from './checkout-link.ts';
import { checkout } from './checkout.ts';
import { customField } from './custom-field.ts';
import { customerMeter } from './customer-meter.ts';
import { meter } from './meter.ts';
import { customer } from './customer.ts';
import { discount } from './discount.ts';
import { dispute } from './dispute.ts';
import { order } from './order.ts';
import { product } from './product.ts';
import { payment } from './payment.ts';
import { refund } from './refund.ts';
import { subscription } from './subscription.ts';
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
import { lookups } from './lookups.ts';
import { benefitGrant } from './benefit-grant.ts';
import { event } from './event.ts';
import { listQuery, parseList } from './list.ts';
import type { PolarConfig } from './settings.ts';

/** The entities of Polar's streams, whatever the configuration. */
export const polarStreams = {
  'polar.checkout_links': checkoutLink,
  'polar.checkouts': checkout,
  'polar.customers': customer,
  'polar.custom_fields': customField,
  'polar.benefits': benefit,
  'polar.discounts': discount,
  'polar.products': product,
  'polar.orders': order,
  'polar.subscriptions': subscription,
  'polar.refunds': refund,
  'polar.disputes': dispute,
  'polar.customer_meters': customerMeter,
  'polar.payments': payment,
  'polar.benefit_grants': benefitGrant,
  'polar.events': event,
} satisfies Record<string, Entity>;

/**
 * The daily full walk finds what incremental ones cannot see, at an hour and minute that few others choose: sessions of any
 * age change when a customer is anonymized, and with today's product and discount, of which Polar computes some fields.
 */
const sessionSchedules: Stream['schedules'] = { incremental: 'every 1m', full: '17 3 * * *' };

/** What finds deletions. */
const [BY_WALK, BY_WEBHOOK] = ['full walk', 'webhook, full walk'];

const typesOf = (record: string, ...events: string[]) => events.map((event) => `${record}.${event}`);

const SUBSCRIPTION_EVENTS =
  'created updated active cycled past_due canceled uncanceled revoked paused resumed migrated'.split(' ');

/** What is particular to a stream. */
type Declared = Pick<Stream, 'permission' | 'schedules' | 'incremental' | 'freshness'> &
  Partial<Stream> & {
    name: keyof typeof polarStreams;
    path: string;
    /** The way to request a single record; by its address unless named. */
    lookup?: keyof typeof lookups;
    /** Filters of every list request that no setting decides. */
    filter?: List['filter'];
  };

/** The events that Polar's revenue figures are made of. Others are many, and may hold anything. */
const BILLING_EVENTS = [
  'order.paid',
  ...typesOf('balance', 'order', 'credit_order', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal'),
  ...typesOf('subscription', 'created', 'canceled', 'uncanceled', 'reinstated', 'revoked'),
];

const declared: readonly Declared[] = [
  {
    name: 'polar.checkout_links',
    path: '/v1/checkout-links',
    permission: 'checkout_links:read',
    isOptional: false,
    schedules: { full: 'every 5m' },
    incremental: null,
    freshness: { webhooks: [], deletions: BY_WALK, gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.checkouts',
    path: '/v1/checkouts',
    permission: 'checkouts:read',
    isOptional: false,
    schedules: sessionSchedules,
    incremental: sessionsThatMayChange,
    freshness: {
      webhooks: typesOf('checkout', 'created', 'updated', 'expired'),
      deletions: 'none: Polar keeps all sessions',
      gaps: 'The opening of a page and edits of older sessions, as by an anonymized customer or another discount, wait for the daily walk.',
    },
  },
  {
    name: 'polar.customers',
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
    path: '/v1/custom-fields',
    permission: 'custom_fields:read',
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: [], deletions: BY_WALK, gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.benefits',
    path: '/v1/benefits',
    permission: 'benefits:read',
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: typesOf('benefit', 'created', 'updated'), deletions: BY_WEBHOOK, gaps: 'Nothing.' },
  },
  {
    name: 'polar.discounts',
    path: '/v1/discounts',
    permission: 'discounts:read',
    // Nothing tells that one was redeemed: redemptions_count moves without a webhook and without modified_at.
    schedules: { full: 'every 15m' },
    incremental: null,
    freshness: {
      webhooks: typesOf('discount', 'created', 'updated', 'deleted'),
      deletions: BY_WEBHOOK,
      gaps: 'redemptions_count moves without a webhook: it waits for the walk.',
    },
  },
  {
    name: 'polar.products',
    path: '/v1/products',
    permission: 'products:read',
    schedules: { full: 'every 15m' },
    incremental: null,
    freshness: {
      webhooks: typesOf('product', 'created', 'updated'),
      deletions: BY_WALK,
      gaps: 'Nothing tells of a deletion, nor of the first sale (is_deletable): both wait for the walk.',
    },
  },
  {
    name: 'polar.orders',
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
    path: '/v1/subscriptions',
    permission: 'subscriptions:read',
    // Polar cannot sort them by created_at.
    discovery: { by: 'date', date: 'started_at' },
    schedules: { incremental: 'every 5m', full: '29 * * * *' },
    incremental: newSubscriptions,
    freshness: {
      webhooks: typesOf('subscription', ...SUBSCRIPTION_EVENTS),
      deletions: 'full walk',
      gaps: 'Without webhooks, renewals, cancellations and usage wait for the hourly walk. A subscription that has not started is on no list: only its webhooks show it, and its absence deletes nothing.',
    },
  },
  {
    name: 'polar.refunds',
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
    path: '/v1/payments',
    permission: 'payments:read',
    // As many as orders and failed attempts, and settled ones never change but by hand.
    schedules: { incremental: 'every 5m', full: '23 4 * * 6' },
    incremental: paymentsThatMaySettle,
    freshness: {
      webhooks: [],
      deletions: 'none: Polar keeps all payments',
      gaps: 'What settles or changes after 48 hours waits for the weekly walk.',
    },
  },
  {
    name: 'polar.disputes',
    path: '/v1/disputes',
    permission: 'disputes:read',
    // Few, and they change for months without a webhook.
    schedules: { full: 'every 1h' },
    incremental: null,
    freshness: { webhooks: [], deletions: 'none: Polar keeps all disputes', gaps: 'An edit waits for the next walk.' },
  },
  {
    name: 'polar.customer_meters',
    path: '/v1/customer-meters',
    permission: 'customer_meters:read',
    unlisted: { column: 'meter_id', names: meter, date: 'archived_at' },
    schedules: { incremental: 'every 5m', full: '23 4 * * *' },
    incremental: changedUsage,
    freshness: {
      webhooks: [],
      deletions: BY_WALK,
      gaps: 'Usage of a meter that never counted waits for the daily walk. Usage of an archived meter is on no list: it stays as it was.',
    },
  },
  {
    name: 'polar.benefit_grants',
    path: '/v1/benefit-grants',
    permission: 'benefits:read',
    lookup: 'none',
    schedules: { incremental: 'every 15m', full: '47 4 * * *' },
    incremental: newGrants,
    freshness: {
      webhooks: typesOf('benefit_grant', 'created', 'updated', 'cycled', 'revoked'),
      deletions: 'none: Polar keeps all grants, and has no request for a single one',
      gaps: 'Without webhooks, what becomes of older grants waits for the daily walk.',
    },
  },
  {
    name: 'polar.events',
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

/** The streams of an account. Any beyond the core ones is optional. */
export function polarStreamsOf(config: Pick<PolarConfig, 'account' | 'organizationId' | 'version'>): Stream[] {
  const { account, organizationId } = config;
  const scope: Stream['scope'] = organizationId ? { organization_id: organizationId } : {};
  return declared.map(({ path, lookup = 'address', filter, discovery = { by: 'date' }, ...particular }): Stream => {
    const entity = polarStreams[particular.name];
    const date = discovery.by === 'date' ? discovery.date : undefined;
    return {
      account,
      scope,
      entity,
      isOptional: true,
      pageSize: 100,
      ownerColumn: requireColumn(entity, 'organization_id'),
      listPath: (list, page, limit) =>
        `${path}/?${listQuery({ ...list, date: list.date ?? date, filter: { ...filter, ...list.filter } }, page, limit)}`,
      parseList,
      discovery,
      ...lookups[lookup](path, config),
      ...particular,
    };
  });
}
