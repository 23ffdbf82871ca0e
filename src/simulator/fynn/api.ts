import type { Api, ApiAnswer, ApiRequest } from '../api.ts';
import { fixedWindow } from '../rate-limit.ts';
import { forbidden, methodNotAllowed, notFound, ok, tooManyRequests, unauthorized } from './responses.ts';
import { listAnswer } from './list.ts';
import type { State } from './state.ts';
import { itemJson, linkJson, priceJson } from './wire.ts';

/** What an address serves. */
interface Route {
  /** What the key must be allowed; null is nothing. */
  permission: string | null;
  get(request: ApiRequest): ApiAnswer;
}

/** Fynn as it answers over HTTP. Symfony: a path and its method are looked at before the key. */
export function fynnApi(state: State): Api {
  const within = fixedWindow();
  return (request) => {
    const { rateLimit } = state.settings;
    if (rateLimit && !within(rateLimit)) return tooManyRequests();
    const route = routeOf(state, request.path);
    if (!route) return notFound();
    if (request.method !== 'GET') return methodNotAllowed();
    return refusal(state, route, request) ?? route.get(request);
  };
}

function refusal({ settings }: State, { permission }: Route, { header }: ApiRequest): ApiAnswer | undefined {
  const key = /^bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
  if (key !== settings.apiKey) return unauthorized();
  return permission === null || settings.permissions.includes(permission) ? undefined : forbidden(permission);
}

function routeOf(state: State, path: string): Route | undefined {
  const [, resource = '', id, ...rest] = path.split('/');
  if (rest.length > 0 || id === '') return undefined;
  return id === undefined ? collection(state, resource) : single(state, resource, id);
}

function collection(state: State, resource: string): Route | undefined {
  switch (resource) {
    case 'available-webhook-events':
      return { permission: null, get: () => ok(WEBHOOK_EVENTS) };
    case 'price-plans':
      return { permission: 'price-plan:read', get: (request) => listPrices(state, request) };
    case 'checkout-links':
      if (!state.settings.hasLinkList) return undefined;
      return { permission: 'checkout-link:read', get: (request) => listLinks(state, request) };
    default:
      return undefined;
  }
}

function single(state: State, resource: string, id: string): Route | undefined {
  switch (resource) {
    case 'price-plans':
      return record('price-plan:read', state.prices.has(id), () => priceJson(state, id));
    case 'checkout-links':
      return record('checkout-link:read', isThere(state, id), () => linkJson(state, id));
    case 'checkout-link-items':
      return record('checkout-link:read', isThere(state, state.items.get(id)?.linkId), () => itemJson(state, id));
    default:
      return undefined;
  }
}

function record(permission: string, exists: boolean, json: () => unknown): Route {
  return { permission, get: () => (exists ? ok(json()) : notFound()) };
}

function isThere(state: State, linkId: string | undefined): boolean {
  return linkId !== undefined && state.links.get(linkId)?.deletedAt === null;
}

/** Fynn: archived prices are shown in no list. */
function listPrices(state: State, request: ApiRequest): ApiAnswer {
  const active = [...state.prices.values()].filter((price) => price.status === 'active');
  return listAnswer(state, { ids: active.map((price) => price.id), json: (id) => priceJson(state, id) }, request);
}

function listLinks(state: State, request: ApiRequest): ApiAnswer {
  const live = [...state.links.values()].filter((link) => link.deletedAt === null);
  return listAnswer(state, { ids: live.map((link) => link.id), json: (id) => linkJson(state, id) }, request);
}

/** Fynn: some of the events that webhooks can be registered for; none is about links. */
const WEBHOOK_EVENTS = [
  'product.created',
  'product.updated',
  'product.deleted',
  'product.archived',
  'price_plan.archived',
  'customer.created',
  'invoice.paid',
  'subscription.created',
  'cart.completed',
  'cart.paid',
];
