import type { Api, ApiRequest, ApiResponse } from '../api.ts';
import { fixedWindow } from '../rate-limit.ts';
import type { Fynn } from './fynn.ts';
import { listResponse } from './list.ts';
import { forbidden, methodNotAllowed, notFound, ok, tooManyRequests, unauthorized } from './responses.ts';
import type { FynnSettings } from './settings.ts';
import type { FynnStream } from './stream.ts';

/** The resource or record at an address. */
interface Route {
  /** The permission that the key needs; null is none. */
  permission: string | null;
  get(request: ApiRequest): ApiResponse;
}

/** Fynn over HTTP. Symfony: a path and its method are looked at before the key. */
export function fynnApi({ streams, settings, seed }: Pick<Fynn, 'streams' | 'settings' | 'seed'>): Api {
  const isWithin = fixedWindow();
  const all = new Map(Object.values<FynnStream>(streams).map((stream) => [stream.path, stream]));

  function routeOf(path: string): Route | undefined {
    if (path === '/available-webhook-events') return { permission: null, get: () => ok(WEBHOOK_EVENTS) };
    const whole = all.get(path);
    if (whole) return whole.hasList() ? listRoute(whole) : undefined;
    const end = path.lastIndexOf('/');
    const [stream, id] = [all.get(path.slice(0, end)), path.slice(end + 1)];
    return stream && id !== '' ? recordRoute(stream, id) : undefined;
  }

  function listRoute(stream: FynnStream): Route {
    const get = (request: ApiRequest) => listResponse(stream, settings, { request, seed });
    return { permission: stream.permission, get };
  }

  return (request) => {
    const { rateLimit } = settings;
    if (rateLimit && !isWithin(rateLimit)) return tooManyRequests();
    const route = routeOf(request.path);
    if (!route) return notFound();
    if (request.method !== 'GET') return methodNotAllowed();
    return refuseKey(settings, route, request) ?? route.get(request);
  };
}

function recordRoute({ permission, isServed, json }: FynnStream, id: string): Route {
  return { permission, get: () => (isServed(id) ? ok(json(id)) : notFound()) };
}

function refuseKey(settings: FynnSettings, { permission }: Route, { header }: ApiRequest): ApiResponse | undefined {
  const key = /^bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
  if (key !== settings.apiKey) return unauthorized();
  return permission === null || settings.permissions.includes(permission) ? undefined : forbidden(permission);
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
