import type { ApiResponse } from '../api.ts';
import { jsonResponse } from './responses.ts';
import type { PolarSettings } from './settings.ts';

const INVALID = 'The access token provided is expired, revoked, malformed, or invalid for other reasons.';
const INSUFFICIENT = 'The request requires higher privileges than provided by the access token.';

/** The response to a request whose token has none of the scopes; undefined when it may read. Polar: no token and a bad token get two shapes. */
export function authorize(
  settings: PolarSettings,
  authorization: string | undefined,
  accepted: readonly [string, ...string[]],
): ApiResponse | undefined {
  const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return jsonResponse(401, { error: 'Unauthorized', detail: 'Unauthorized' }, challenge());
  if (token !== settings.token) return refuse(401, 'invalid_token', INVALID);
  if (accepted.some((scope) => settings.scopes.includes(scope))) return undefined;
  return refuse(403, 'insufficient_scope', INSUFFICIENT, `, scope="${accepted.join(' ')}"`);
}

function refuse(status: number, error: string, error_description: string, scope = ''): ApiResponse {
  return jsonResponse(
    status,
    { error, error_description },
    challenge(`, error="${error}", error_description="${error_description}"${scope}`),
  );
}

function challenge(more = ''): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="polar"${more}` };
}
