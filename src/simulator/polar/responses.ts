import type { ApiAnswer } from '../api.ts';
import type { Problem } from './parameters.ts';

/** 200 with JSON text. */
export function ok(body: Buffer): ApiAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Polar: the 404 of a record, which names the error. */
export function recordNotFound(): ApiAnswer {
  return json(404, { error: 'ResourceNotFound', detail: 'Not found' });
}

/** The 404 of an unknown path. Polar: the same body, from elsewhere, as that of an unknown API version. */
export function notFound(): ApiAnswer {
  return json(404, { detail: 'Not Found' });
}

/** 405 for anything but GET. */
export function methodNotAllowed(): ApiAnswer {
  return json(405, { detail: 'Method Not Allowed' }, { allow: 'GET' });
}

/** Polar: 422 names each parameter that does not fit. */
export function unprocessable(
  error: 'RequestValidationError' | 'PolarRequestValidationError',
  detail: readonly Problem[],
): ApiAnswer {
  return json(422, { error, detail });
}

/** Polar: 429 has neither body nor content type; `retry-after` is the whole window of the rule, not what is left of it. */
export function tooManyRequests(windowMs: number): ApiAnswer {
  return { status: 429, headers: { 'retry-after': String(Math.ceil(windowMs / 1000)) }, body: null };
}

/** 500 as plain text. */
export function serverError(): ApiAnswer {
  return {
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from('Internal Server Error'),
  };
}

/** Polar: 307 between a path with and without its trailing slash. */
export function redirect(location: string): ApiAnswer {
  return { status: 307, headers: { location }, body: null };
}

/** Any status with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}
