import type { ApiResponse } from '../api.ts';
import type { Problem } from './parameters.ts';
import type { ListPage } from './stream.ts';

/** 200 with JSON text. */
export function ok(body: Buffer): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Polar: totals are counted apart from the rows, and stay true beyond the last page. */
export function pageResponse({ items, total }: ListPage, limit: number): ApiResponse {
  const pagination = JSON.stringify({ total_count: total, max_page: Math.ceil(total / limit) });
  const parts = items.flatMap((item, position) => (position === 0 ? [item] : [',', item]));
  // Item by item: one text beyond Latin-1 would make the whole page a wide string, which takes twice as long to encode.
  return ok(Buffer.concat(['{"items":[', ...parts, `],"pagination":${pagination}}`].map((part) => Buffer.from(part))));
}

/** Polar: the 404 of a record, which names the error. */
export function recordNotFound(): ApiResponse {
  return jsonResponse(404, { error: 'ResourceNotFound', detail: 'Not found' });
}

/** The 404 of an unknown path. Polar: the same body, from elsewhere, as that of an unknown API version. */
export function notFound(): ApiResponse {
  return jsonResponse(404, { detail: 'Not Found' });
}

/** 405 for anything but GET. */
export function methodNotAllowed(): ApiResponse {
  return jsonResponse(405, { detail: 'Method Not Allowed' }, { allow: 'GET' });
}

/** Polar: 422 names each parameter that does not fit. */
export function unprocessable(
  error: 'RequestValidationError' | 'PolarRequestValidationError',
  detail: readonly Problem[],
): ApiResponse {
  return jsonResponse(422, { error, detail });
}

/** Polar: 429 has neither body nor content type; `retry-after` is the whole window of the rule, not what is left of it. */
export function tooManyRequests(windowMs: number): ApiResponse {
  return { status: 429, headers: { 'retry-after': String(Math.ceil(windowMs / 1000)) }, body: null };
}

/** 500 as plain text. */
export function serverError(): ApiResponse {
  return {
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from('Internal Server Error'),
  };
}

/** Polar: 307 between a path with and without its trailing slash. */
export function redirect(location: string): ApiResponse {
  return { status: 307, headers: { location }, body: null };
}

/** Any status with JSON. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}
