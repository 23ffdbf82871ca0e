import { presentMs } from '../model/clock.ts';
import { FatalError, RetryableError } from '../model/errors.ts';
import { scrub } from '../model/secrets.ts';
import type { Source } from '../model/source.ts';

/** One HTTP response of the source. */
export interface HttpResponse {
  status: number;
  header: (name: string) => string | undefined;
  /** The parsed JSON; undefined for anything else. */
  body: unknown;
  /** True for a response without a body. */
  isEmpty: boolean;
  /** The content in one short line, without our credential; empty for the JSON of a success. */
  excerpt: string;
  /** Instants at which the request was sent and the first byte of the response arrived, in ISO form with microseconds. */
  sentAt: string;
  observedAt: string;
}

/**
 * Returns the error for a response that cannot be used, by its HTTP status or by the source's own rules. A response that does
 * not have the API's own form comes from something in between, and says nothing about the credential: it is retried.
 */
export function errorIn(source: Source, answer: HttpResponse, path: string): Error {
  const { status, header } = answer;
  const retry = retryAfter(header('retry-after'), header('date'));
  if (status === 429)
    return new RetryableError('CS4108', `rate limited at GET ${path} (429)`, { rateLimited: true, ...retry });
  if (status >= 500 || status === 408 || status === 425)
    return new RetryableError('CS4107', `the source failed at GET ${path} (${status})${describeBody(answer)}`, retry);
  if (REDIRECTS.has(status))
    return new FatalError(
      'CS4106',
      `GET ${path} is redirected (${status}) to ${redirectTarget(header('location'))}: the token is not sent there; check the URL of ${source.name}'s API`,
    );
  if (status === 200 && isJson(answer)) return unusableResponse(answer, path);
  const refusal = status >= 400 ? source.classifyError(answer) : undefined;
  return refusal ?? new RetryableError(status === 407 ? 'CS4104' : 'CS4105', interference(source, answer, path), retry);
}

/** The other 3xx statuses name no other address. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Returns origin and path of a redirect, without its query, which may repeat what was sent. */
function redirectTarget(location: string | undefined): string {
  const { origin = '', pathname = 'nowhere' } = URL.parse(location ?? '', 'http://relative') ?? {};
  return origin === 'http://relative' ? pathname : origin + pathname;
}

function interference({ name }: Source, answer: HttpResponse, path: string): string {
  return `something in between answered GET ${path} instead of ${name} (${answer.status})${describeBody(answer)}; a firewall, a proxy or a login page must let these requests through`;
}

const typeOf = ({ header }: HttpResponse) => header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** A response without a type may be truncated JSON. */
const isJson = (answer: HttpResponse) => answer.body !== undefined || /^$|json/.test(typeOf(answer));

/** Returns type and excerpt of a response that is not JSON; empty for the bare 5xx responses of APIs. */
function describeBody(answer: HttpResponse): string {
  const type = typeOf(answer);
  if (answer.status >= 500 && type !== 'text/html') return '';
  const parts = [type, answer.excerpt && `"${answer.excerpt}"`].filter(Boolean);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

const unusableResponse = ({ body }: HttpResponse, path: string) =>
  new RetryableError(
    'CS4109',
    body === undefined
      ? `the response to GET ${path} is not JSON, or only a part of it`
      : `the response to GET ${path} has an unknown form`,
  );

const MOST_EXCERPT = 80;

/** Returns the title of a page, or the beginning of its text, in one short line. */
export function excerptOf(text: string): string {
  const start = scrub(text.slice(0, 20_000));
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1] ?? '';
  const words = title.trim() === '' ? start.replaceAll(/<(style|script)\b[^]*?(<\/\1>|$)|<[^>]*>?/gi, ' ') : title;
  const line = words.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MOST_EXCERPT ? `${line.slice(0, MOST_EXCERPT)}…` : line;
}

/** Reads `retry-after`: seconds, or an HTTP date by the sender's clock. */
function retryAfter(value: string | undefined, date = ''): { retryAfterMs?: number } {
  if (value === undefined) return {};
  const sentMs = Date.parse(date) || presentMs();
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - sentMs;
  return Number.isFinite(ms) ? { retryAfterMs: Math.min(Math.max(ms, 0), 300_000) } : {};
}
