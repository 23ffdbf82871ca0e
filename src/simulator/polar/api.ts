import type { Api, ApiAnswer, ApiRequest } from '../api.ts';
import { fixedWindow } from '../rate-limit.ts';
import {
  methodNotAllowed,
  notFound,
  ok,
  recordNotFound,
  redirect,
  serverError,
  tooManyRequests,
  unprocessable,
} from './responses.ts';
import { authorize } from './authorize.ts';
import { CHECKOUT_CRITERIA, listCheckouts } from './list-checkouts.ts';
import { LINK_CRITERIA, listLinks } from './list-links.ts';
import { idProblem, listParameters, type ListParameters, type ListRules } from './parameters.ts';
import type { PolarSettings } from './settings.ts';
import type { State } from './state.ts';
import { checkoutText } from './checkouts/wire.ts';
import { linkJson } from './wire/link.ts';
import { UnserializableError } from './tampered.ts';

/** A resource that can be listed and read by id. */
interface Resource {
  scope: string;
  rules: Omit<ListRules, 'pageLimit'>;
  list(wanted: ListParameters, request: number): ApiAnswer;
  /** The JSON text of a record that exists. */
  read(id: string): string | undefined;
}

/** Polar as it answers over HTTP. */
export function polarApi(state: State, settings: PolarSettings): Api {
  const within = fixedWindow();
  const resources = resourcesOf(state, settings);
  return (request) => {
    const version = request.header('polar-version') || settings.currentVersion;
    if (!settings.versions.includes(version)) return always(settings, notFound());
    const { rateLimit } = settings;
    const answer =
      rateLimit && !within(rateLimit) ? tooManyRequests(rateLimit.windowMs) : route(resources, settings, request);
    return always(settings, { ...answer, headers: { ...answer.headers, 'polar-version': version } });
  };
}

/** Polar: headers of every answer. */
function always(settings: PolarSettings, answer: ApiAnswer): ApiAnswer {
  const sandbox = settings.sandbox ? { 'x-polar-sandbox': '1' } : {};
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'private, no-store', ...sandbox } };
}

function resourcesOf(state: State, settings: PolarSettings): Record<'links' | 'checkouts', Resource> {
  return {
    links: {
      scope: 'checkout_links',
      rules: {
        filters: ['organization_id', 'product_id'],
        searchable: false,
        criteria: LINK_CRITERIA,
        defaultSorting: 'created_at',
      },
      list: (wanted, request) => listLinks(state, settings, wanted, request),
      read: (id) => (state.links.get(id)?.deleted_at === null ? JSON.stringify(linkJson(state, id)) : undefined),
    },
    checkouts: {
      scope: 'checkouts',
      rules: {
        filters: ['organization_id', 'product_id', 'customer_id', 'external_customer_id', 'status'],
        searchable: true,
        criteria: CHECKOUT_CRITERIA,
        defaultSorting: '-created_at',
      },
      list: (wanted, request) => listCheckouts(state, settings, wanted, request),
      read: (id) => {
        const slot = state.sessions.slotOf(id);
        return slot === undefined ? undefined : checkoutText(state, state.sessions.row(slot));
      },
    },
  };
}

/** Polar: sessions are still served under `/v1/checkouts/custom/`, their first address. */
const LISTS = {
  '/v1/checkout-links/': 'links',
  '/v1/checkouts/': 'checkouts',
  '/v1/checkouts/custom/': 'checkouts',
} as const;
const RECORD = /^\/v1\/(?:(checkout-links)|checkouts(?:\/custom)?)\/([^/]+)$/;

function route(
  resources: Record<'links' | 'checkouts', Resource>,
  settings: PolarSettings,
  request: ApiRequest,
): ApiAnswer {
  const listed = listAt(request.path);
  if (listed) return guarded(resources[listed], settings, request, () => list(resources[listed], settings, request));
  const record = RECORD.exec(request.path);
  if (record) {
    const resource = resources[record[1] ? 'links' : 'checkouts'];
    return guarded(resource, settings, request, () => read(resource, record[2] ?? ''));
  }
  return otherSlash(request) ?? notFound();
}

function listAt(path: string): 'links' | 'checkouts' | undefined {
  return Object.entries(LISTS).find(([address]) => address === path)?.[1];
}

function guarded(resource: Resource, settings: PolarSettings, request: ApiRequest, work: () => ApiAnswer): ApiAnswer {
  if (request.method !== 'GET') return methodNotAllowed();
  return authorize(settings, request.header('authorization'), resource.scope) ?? serialized(work);
}

function list(resource: Resource, { pageLimit }: PolarSettings, request: ApiRequest): ApiAnswer {
  const wanted = listParameters(request.query, { ...resource.rules, pageLimit });
  if (!('problems' in wanted)) return resource.list(wanted, request.index);
  return unprocessable(wanted.sorting ? 'PolarRequestValidationError' : 'RequestValidationError', wanted.problems);
}

function read(resource: Resource, id: string): ApiAnswer {
  const problem = idProblem(['path', 'id'], id);
  if (problem) return unprocessable('RequestValidationError', [problem]);
  const text = resource.read(id.toLowerCase());
  return text === undefined ? recordNotFound() : ok(Buffer.from(text));
}

function serialized(work: () => ApiAnswer): ApiAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnserializableError) return serverError();
    throw error;
  }
}

/** FastAPI: a path that exists but for its trailing slash is redirected there, before anything else is checked. */
function otherSlash({ path, query, header }: ApiRequest): ApiAnswer | undefined {
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  if (!listAt(other) && !RECORD.test(other)) return undefined;
  const search = query.size > 0 ? `?${query.toString()}` : '';
  return redirect(`http://${header('host') ?? 'localhost'}${other}${search}`);
}
