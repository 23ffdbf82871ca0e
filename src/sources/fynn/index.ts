import { isObject } from '../../model/json.ts';
import type { Entity } from '../../model/entity.ts';
import type { Stream } from '../../model/stream.ts';
import { fingerprintOf, type Source } from '../../model/source.ts';
import { defineSource } from '../../model/source-definition.ts';
import { isNotFound, classifyError } from './api.ts';
import { checkoutLink, checkoutLinkItem, itemOfAnswer } from './checkout-link.ts';
import { checkoutLinkIds, pricePlan } from './price-plan.ts';
import { fynnConfig, fynnSettings, type FynnConfig } from './settings.ts';
import { fynnWebhooks } from './webhooks.ts';

/** The entities of Fynn's streams, whatever the configuration. */
export const fynnStreams = {
  'fynn.checkout_links': checkoutLink,
  'fynn.price_plans': pricePlan,
} satisfies Record<string, Entity>;

/** Parses Fynn's envelope; a body without the totals must not look like a complete list. */
function parseList(body: unknown) {
  const meta = isObject(body) && isObject(body.meta) ? body.meta.pagination : undefined;
  if (!isObject(body) || !Array.isArray(body.data) || !isObject(meta)) return undefined;
  const { totalItems: total, lastPage: maxPage } = meta;
  if (typeof total !== 'number' || typeof maxPage !== 'number') return undefined;
  return { records: body.data, total, maxPage };
}

type Declared = Pick<Stream, 'name' | 'account' | 'entity' | 'permission' | 'discovery'> & { path: string };

function stream({ path, ...declared }: Declared): Stream {
  return {
    ...declared,
    isOptional: false,
    pageSize: 100,
    ownerColumn: null,
    scope: {},
    incremental: null,
    schedules: { full: 'every 15m' },
    freshness: {
      webhooks: ['product.*', 'price_plan.*'],
      deletions: 'full walk',
      gaps: 'Fynn sends no webhooks about links: an edit waits for the next walk.',
    },
    listPath: (_list, page, limit) => `${path}?page=${page}&limit=${limit}`,
    parseList,
    recordPath: (id) => `${path}/${encodeURIComponent(id)}`,
    recordIn: (body) => (isObject(body) && body.id !== undefined ? body : undefined),
  };
}

/** Prices from their list, links by the ids that prices name and those known before, items by id. */
function fynnStreamsOf({ account }: FynnConfig): Pick<Source, 'streams' | 'lookupOnly'> {
  const ofLinks = { account, permission: 'checkout-link:read' };
  const prices = stream({
    account,
    name: 'fynn.price_plans',
    entity: pricePlan,
    path: '/price-plans',
    permission: 'price-plan:read',
    discovery: { by: 'page' },
  });
  const links = stream({
    ...ofLinks,
    name: 'fynn.checkout_links',
    entity: checkoutLink,
    path: '/checkout-links',
    discovery: { by: 'id', in: prices, idsOf: checkoutLinkIds },
  });
  const items = stream({
    ...ofLinks,
    name: 'fynn.checkout_link_items',
    entity: checkoutLinkItem,
    path: '/checkout-link-items',
    discovery: { by: 'page' },
  });
  return { streams: [links, prices], lookupOnly: [{ ...items, recordIn: itemOfAnswer }] };
}

/** One account of Fynn as a source. */
function fynnSource(config: FynnConfig): Source {
  const settings = {
    credential: config.nameOf('FYNN_API_KEY'),
    url: config.nameOf('FYNN_API_URL'),
    version: null,
    owner: null,
  };
  return {
    name: 'fynn',
    account: config.account,
    access: { credential: 'key', rights: 'permissions', settings, pin: null },
    ...fynnStreamsOf(config),
    ownerOf: null,
    secretKeys: new Set(),
    privacy: config.privacy,
    url: config.url,
    proxy: config.proxyFor(config.url),
    credential: fingerprintOf(config.key),
    headers: { authorization: `Bearer ${config.key}`, accept: 'application/json' },
    requestsPerMinute: config.requestsPerMinute,
    classifyError: classifyError(config),
    isNotFound,
    metrics: null,
    webhooks: config.webhookSecrets.length > 0 ? fynnWebhooks(config.webhookSecrets) : undefined,
  };
}

/** Fynn: its settings, its streams, and how an account's settings become a source. */
export const fynn = defineSource({
  name: 'fynn',
  entities: fynnStreams,
  settings: fynnSettings,
  credential: 'FYNN_API_KEY',
  address: 'FYNN_API_URL',
  webhookSecret: 'FYNN_WEBHOOK_SECRET',
  create: (settings, context) => fynnSource(fynnConfig(settings, context)),
});
