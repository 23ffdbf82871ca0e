import { isObject } from '../../model/json.ts';
import { requireColumn, type Entity } from '../../model/entity.ts';
import type { List, Stream } from '../../model/stream.ts';
import { fingerprintOf, type Source } from '../../model/source.ts';
import { defineSource } from '../../model/source-definition.ts';
import { isNotFound, classifyError } from './api.ts';
import { checkoutLink } from './checkout-link.ts';
import { checkout } from './checkout.ts';
import { customField } from './custom-field.ts';
import { customer } from './customer.ts';
import { order } from './order.ts';
import { organizationOf } from './organization.ts';
import { polarConfig, polarSettings, type PolarConfig } from './settings.ts';
import { polarWebhooks } from './webhooks.ts';

const HOUR_MS = 3_600_000;

/** The entities of Polar's streams, whatever the configuration. */
export const polarStreams = {
  'polar.checkout_links': checkoutLink,
  'polar.checkouts': checkout,
  'polar.customers': customer,
  'polar.custom_fields': customField,
  'polar.orders': order,
} satisfies Record<string, Entity>;

/** Query of a list request. Polar has `page` and `limit`, sorts by `created_at` without a tie-breaker, and repeats a key for several values. */
function listQuery(list: List, page: number, limit: number): string {
  const query = new URLSearchParams({ page: String(page), limit: String(limit) });
  query.append('sorting', list.order === 'ascending' ? 'created_at' : '-created_at');
  for (const [key, value] of Object.entries(list.filter)) {
    for (const one of [value].flat()) query.append(key, one);
  }
  return query.toString();
}

function parseList(body: unknown) {
  if (!isObject(body) || !Array.isArray(body.items) || !isObject(body.pagination)) return undefined;
  const { total_count: total, max_page: maxPage } = body.pagination;
  if (typeof total !== 'number' || typeof maxPage !== 'number') return undefined;
  return { records: body.items, total, maxPage };
}

type Declared = Pick<Stream, 'account' | 'permission' | 'isOptional' | 'scope' | 'schedules' | 'incremental'> & {
  name: keyof typeof polarStreams;
  path: string;
};

function stream({ name, path, ...declared }: Declared): Stream {
  return {
    ...declared,
    name,
    entity: polarStreams[name],
    pageSize: 100,
    ownerColumn: requireColumn(polarStreams[name], 'organization_id'),
    listPath: (list, page, limit) => `${path}/?${listQuery(list, page, limit)}`,
    parseList,
    discovery: { by: 'date' },
    recordPath: (id) => `${path}/${encodeURIComponent(id)}`,
    recordIn: (body) => (isObject(body) && body.id !== undefined ? body : undefined),
  };
}

/**
 * The daily full walk finds what incremental ones cannot see, at an hour and minute that few others choose: sessions of any
 * age change when a customer is anonymized, and with today's product and discount, of which Polar computes some fields.
 */
const sessionSchedules: Stream['schedules'] = { incremental: 'every 1m', full: '17 3 * * *' };

/** Status and amounts of a session change within 24 hours and the expiry job's 15 minutes; twice that leaves room for late clocks. */
const sessionsThatMayChange: Stream['incremental'] = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['open', 'confirmed'] },
    draining: { status: ['open'] },
    // Nothing expires a confirmed session. The slowest payments take two weeks; what is stuck for longer is left to full walks.
    lingering: { status: ['confirmed'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

/** A customer's name and address are typed while they pay. What changes later is told by webhooks, and found by the full walk. */
const newCustomers: Stream['incremental'] = { lookbackMs: 24 * HOUR_MS, unsettled: null };

/**
 * What is paid, refunded or edited later is told by webhooks, and found by the full walk. Payments of renewals are retried for
 * three weeks; what is pending for longer waits for somebody.
 */
const ordersThatMayChange: Stream['incremental'] = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['draft', 'pending'] },
    draining: { status: ['draft'] },
    lingering: { status: ['pending'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

/** Checkout links, always walked in full, checkout sessions, and what is made of them. */
function polarStreamsOf({ account, organizationId }: PolarConfig): Stream[] {
  const scope: Stream['scope'] = organizationId ? { organization_id: organizationId } : {};
  return [
    stream({
      account,
      scope,
      name: 'polar.checkout_links',
      path: '/v1/checkout-links',
      permission: 'checkout_links:read',
      isOptional: false,
      schedules: { full: 'every 5m' },
      incremental: null,
    }),
    stream({
      account,
      scope,
      name: 'polar.checkouts',
      path: '/v1/checkouts',
      permission: 'checkouts:read',
      isOptional: false,
      schedules: sessionSchedules,
      incremental: sessionsThatMayChange,
    }),
    stream({
      account,
      scope,
      name: 'polar.customers',
      path: '/v1/customers',
      permission: 'customers:read',
      isOptional: true,
      schedules: { incremental: 'every 5m', full: '41 3 * * *' },
      incremental: newCustomers,
    }),
    stream({
      account,
      scope,
      name: 'polar.custom_fields',
      path: '/v1/custom-fields',
      permission: 'custom_fields:read',
      isOptional: true,
      schedules: { full: 'every 1h' },
      incremental: null,
    }),
    stream({
      account,
      scope,
      name: 'polar.orders',
      path: '/v1/orders',
      permission: 'orders:read',
      isOptional: true,
      schedules: { incremental: 'every 1m', full: '53 3 * * *' },
      incremental: ordersThatMayChange,
    }),
  ];
}

const accessOf = ({ nameOf, version }: PolarConfig): Source['access'] => ({
  credential: 'token',
  rights: 'scopes',
  settings: {
    credential: nameOf('POLAR_ACCESS_TOKEN'),
    url: nameOf('POLAR_API_URL'),
    version: nameOf('POLAR_API_VERSION'),
    owner: nameOf('POLAR_ORGANIZATION_ID'),
  },
  pin: { header: 'polar-version', version },
});

/** One account of Polar as a source. */
function polarSource(config: PolarConfig): Source {
  return {
    name: 'polar',
    account: config.account,
    access: accessOf(config),
    streams: polarStreamsOf(config),
    lookupOnly: [],
    ownerOf: organizationOf,
    // The link's and session's own, those of the payment processor that a session's metadata carries while it is paid, and
    // the one that Polar signs again whenever it shows a benefit of Discord.
    secretKeys: new Set(['client_secret', 'intent_client_secret', 'customer_session_client_secret', 'guild_token']),
    privacy: config.privacy,
    url: config.url,
    proxy: config.proxyFor(config.url),
    credential: fingerprintOf(config.token),
    headers: { authorization: `Bearer ${config.token}`, 'polar-version': config.version, accept: 'application/json' },
    requestsPerMinute: config.requestsPerMinute,
    classifyError: classifyError(config),
    isNotFound: isNotFound(config),
    webhooks:
      config.webhookSecrets.length > 0 ? polarWebhooks(config.webhookSecrets, config.organizationId) : undefined,
  };
}

/** Polar: its settings, its streams, and how an account's settings become a source. */
export const polar = defineSource({
  name: 'polar',
  entities: polarStreams,
  settings: polarSettings,
  credential: 'POLAR_ACCESS_TOKEN',
  address: 'POLAR_API_URL',
  webhookSecret: 'POLAR_WEBHOOK_SECRET',
  create: (settings, context) => polarSource(polarConfig(settings, context)),
});
