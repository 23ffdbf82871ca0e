import type { Api, ApiRequest, ApiResponse } from '../api.ts';
import { fixedWindow } from '../rate-limit.ts';
import { authorize } from './authorize.ts';
import { METRICS_SCOPE } from './metrics/metrics.ts';
import { idProblem, listParameters } from './parameters.ts';
import {
  pageResponse,
  methodNotAllowed,
  notFound,
  ok,
  recordNotFound,
  redirect,
  serverError,
  tooManyRequests,
  unprocessable,
} from './responses.ts';
import type { PolarSettings } from './settings.ts';
import type { PolarStream } from './stream.ts';
import { UnserializableError } from './tampered.ts';

/** The streams that an API serves, and its behaviour. */
interface ServedStreams {
  streams: Readonly<Record<string, PolarStream>>;
  settings: PolarSettings;
  /** Responds to a request for metrics; absent where there are none. */
  metrics?: (query: URLSearchParams) => ApiResponse;
}

/** The streams by the addresses of their lists, and what has no list. */
interface Routes {
  lists: ReadonlyMap<string, PolarStream>;
  metrics: ServedStreams['metrics'] | undefined;
}

/** Polar over HTTP. */
export function polarApi({ streams, settings, metrics }: ServedStreams): Api {
  const isWithin = fixedWindow();
  const served = Object.values(streams).flatMap((stream) => stream.paths.map((path) => [path, stream] as const));
  const routes: Routes = { lists: new Map(served), metrics };
  return (request) => {
    const version = request.header('polar-version') || settings.currentVersion;
    if (!settings.versions.includes(version)) return withCommonHeaders(settings, notFound());
    const { rateLimit } = settings;
    const isRefused = rateLimit && !isWithin(rateLimit);
    const response = isRefused ? tooManyRequests(rateLimit.windowMs) : respond(routes, settings, request);
    return withCommonHeaders(settings, { ...response, headers: { ...response.headers, 'polar-version': version } });
  };
}

/** Polar: headers of every response. */
function withCommonHeaders(settings: PolarSettings, response: ApiResponse): ApiResponse {
  const sandbox = settings.sandbox ? { 'x-polar-sandbox': '1' } : {};
  return { ...response, headers: { ...response.headers, 'cache-control': 'private, no-store', ...sandbox } };
}

/** The response of an address, and the scopes of which a token needs one. */
interface Target {
  scopes: readonly [string, ...string[]];
  respond: (settings: PolarSettings, request: ApiRequest) => ApiResponse;
}

function targetOf({ lists, metrics }: Routes, path: string): Target | undefined {
  if (metrics && path === '/v1/metrics/') return { scopes: [METRICS_SCOPE], respond: (_, { query }) => metrics(query) };
  const end = path.lastIndexOf('/');
  const [stream, id] = [lists.get(path.slice(0, end)), path.slice(end + 1)];
  if (!stream || (id !== '' && stream.isListOnly)) return undefined;
  const { scopes } = stream;
  if (id !== '') return { scopes, respond: () => recordResponse(stream, id) };
  return { scopes, respond: (settings, request) => listResponse(stream, settings, request) };
}

function respond(routes: Routes, settings: PolarSettings, request: ApiRequest): ApiResponse {
  const target = targetOf(routes, request.path);
  if (!target) return otherSlash(routes, request) ?? notFound();
  if (request.method !== 'GET') return methodNotAllowed();
  const refusal = authorize(settings, request.header('authorization'), target.scopes);
  return refusal ?? serialized(() => target.respond(settings, request));
}

function listResponse(
  stream: PolarStream,
  { pageLimit, shuffleTies }: PolarSettings,
  request: ApiRequest,
): ApiResponse {
  const wanted = listParameters(request.query, { ...stream.rules, pageLimit });
  if (!('problems' in wanted))
    return pageResponse(stream.page(wanted, shuffleTies ? request.index : null), wanted.limit);
  return unprocessable(wanted.sorting ? 'PolarRequestValidationError' : 'RequestValidationError', wanted.problems);
}

function recordResponse(stream: PolarStream, id: string): ApiResponse {
  const problem = idProblem(['path', 'id'], id);
  if (problem) return unprocessable('RequestValidationError', [problem]);
  const text = stream.read(id.toLowerCase());
  return text === undefined ? recordNotFound() : ok(Buffer.from(text));
}

function serialized(work: () => ApiResponse): ApiResponse {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnserializableError) return serverError();
    throw error;
  }
}

/** FastAPI: a path that exists but for its trailing slash is redirected there, before anything else is checked. */
function otherSlash(routes: Routes, { path, query, header }: ApiRequest): ApiResponse | undefined {
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  if (!targetOf(routes, other)) return undefined;
  const search = query.size > 0 ? `?${query.toString()}` : '';
  return redirect(`http://${header('host') ?? 'localhost'}${other}${search}`);
}
