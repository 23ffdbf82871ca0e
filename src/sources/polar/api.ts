import { FatalError, MissingScopeError } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ErrorClassifier } from '../../model/source.ts';
import type { AbsenceTest } from '../../model/stream.ts';
import { parseList } from './list.ts';
import type { PolarConfig } from './settings.ts';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Returns the scope that an `insufficient_scope` response asks for: Polar names `read` and `write`, reading is enough. */
function missingScope(authenticate: string | undefined): string {
  const scopes = /scope="([^"]*)"/.exec(authenticate ?? '')?.[1]?.split(' ') ?? [];
  return scopes.find((scope) => scope.endsWith(':read')) ?? scopes[0] ?? 'a scope that the answer does not name';
}

/** Returns the detail of an error, or the first of FastAPI's validation errors, in one phrase. */
function detailOf(body: JsonObject): string {
  const detail = Array.isArray(body.detail) ? body.detail[0] : (body.detail ?? body.error_description);
  if (!isObject(detail)) return text(detail) ?? 'no detail given';
  const where = Array.isArray(detail.loc)
    ? detail.loc.map((part) => JSON.stringify(part).replaceAll('"', '')).join('.')
    : '';
  return [where, text(detail.msg)].filter(Boolean).join(': ');
}

/**
 * The framework's own responses, before Polar's code is reached: a route or version that does not exist, and a wrong method.
 */
const FRAMEWORK: Readonly<Record<number, string>> = { 404: 'Not Found', 405: 'Method Not Allowed' };

/** True for Polar's own errors, which have a name and a detail; any other 4xx comes from something in between. */
function isOwn(status: number, body: unknown): body is JsonObject {
  if (!isObject(body)) return false;
  const isNamed = typeof body.error === 'string' && ('detail' in body || 'error_description' in body);
  return isNamed || (status === 422 && Array.isArray(body.detail)) || isFrameworks(status, body);
}

const isFrameworks = (status: number, { detail }: JsonObject) => detail !== undefined && detail === FRAMEWORK[status];

/**
 * Classifies a response of Polar. A version that Polar no longer serves returns 404 on every route, without the `error` key
 * that an absent record has.
 */
export function classifyError({
  url,
  version,
  nameOf,
}: Pick<PolarConfig, 'url' | 'version' | 'nameOf'>): ErrorClassifier {
  return ({ status, header, body }) => {
    if (!isOwn(status, body)) return undefined;
    if (status === 401)
      return new FatalError(
        'CS4201',
        `Polar at ${url} does not accept the access token (401): set ${nameOf('POLAR_ACCESS_TOKEN')} to a valid organization access token of this host`,
      );
    if (status === 403 && body.error === 'insufficient_scope') {
      const scope = missingScope(header('www-authenticate'));
      return new MissingScopeError(
        `the access token lacks the scope ${scope} (403): add it to the token in Polar's settings`,
      );
    }
    if (status === 404 && !('error' in body))
      return new FatalError(
        'CS4203',
        `Polar at ${url} does not know API version ${version} (404 on every route): set ${nameOf('POLAR_API_VERSION')} to a version it serves, and check ${nameOf('POLAR_API_URL')}`,
      );
    return new FatalError('CS4204', `Polar refuses the request (${status}): ${detailOf(body)}`);
  };
}

/** Proves an absent record by its own 404 body and the pinned version in the response's header; nothing less. */
export function isNotFound({ version }: Pick<PolarConfig, 'version'>): AbsenceTest {
  return ({ status, header, body }) =>
    status === 404 && isObject(body) && body.error === 'ResourceNotFound' && header('polar-version') === version;
}

/** Proves that a list filtered by id has no such record: it is empty, and its total is 0. */
export function isEmptyList({ version }: Pick<PolarConfig, 'version'>): AbsenceTest {
  return ({ status, header, body }) => {
    const list = status === 200 && header('polar-version') === version ? parseList(body) : undefined;
    return list?.total === 0 && list.records.length === 0;
  };
}
