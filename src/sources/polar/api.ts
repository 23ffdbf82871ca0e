import { FatalError } from '../../errors.ts';
import { isObject } from '../../json.ts';
import type { Judge, Source } from '../../stream.ts';

interface Pin {
  url: string;
  version: string;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The scope that an `insufficient_scope` answer asks for: Polar names `read` and `write`, reading is enough. */
function missingScope(authenticate: string | undefined): string {
  const scopes = /scope="([^"]*)"/.exec(authenticate ?? '')?.[1]?.split(' ') ?? [];
  return scopes.find((scope) => scope.endsWith(':read')) ?? scopes[0] ?? 'a scope that the answer does not name';
}

/** The first of FastAPI's validation errors, in one phrase. */
function invalidInput(body: unknown): string {
  const detail = isObject(body) && Array.isArray(body.detail) ? body.detail[0] : undefined;
  if (!isObject(detail)) return 'no detail given';
  const where = Array.isArray(detail.loc)
    ? detail.loc.map((part) => JSON.stringify(part).replaceAll('"', '')).join('.')
    : '';
  return [where, text(detail.msg)].filter(Boolean).join(': ');
}

/**
 * Tells what an answer of Polar's means. A version that Polar no longer serves answers 404 on every route, without the
 * `error` key and the `Polar-Version` header that an absent record has.
 */
export function judge({ url, version }: Pin): Judge {
  return ({ status, header, body }) => {
    if (status === 401)
      return new FatalError(
        `Polar at ${url} does not accept the access token (401): set POLAR_ACCESS_TOKEN to a valid organization access token of this host`,
      );
    if (status === 403) {
      const scope = missingScope(header('www-authenticate'));
      return new FatalError(`the access token lacks the scope ${scope} (403): add it to the token in Polar's settings`);
    }
    if (status === 404 && !(isObject(body) && 'error' in body))
      return new FatalError(
        `Polar at ${url} does not know API version ${version} (404 on every route): set POLAR_API_VERSION to a version it serves, and check POLAR_API_URL`,
      );
    if (status === 422) return new FatalError(`Polar refuses the request (422): ${invalidInput(body)}`);
    return undefined;
  };
}

/** An absent record is proven by its own 404 body and by the pinned version in the answer's header; nothing less. */
export function isGone({ version }: Pin): Source['isGone'] {
  return ({ status, header, body }) =>
    status === 404 && isObject(body) && body.error === 'ResourceNotFound' && header('polar-version') === version;
}
