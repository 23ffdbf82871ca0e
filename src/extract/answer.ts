import { presentMs } from '../model/clock.ts';
import { FatalError, RetryableError } from '../model/errors.ts';
import { scrub } from '../model/secrets.ts';
import type { Source } from '../model/source.ts';

/** An answer of the source. */
export interface Answer {
  status: number;
  header: (name: string) => string | undefined;
  /** Undefined when it is not JSON. */
  body: unknown;
  /** True when there is no body at all. */
  isEmpty: boolean;
  /** What it says, for people, in one short line without our credential; empty for the JSON of a success. */
  excerpt: string;
  /** When the request was sent and when the first byte of the answer arrived, as ISO instants with microseconds. */
  sentAt: string;
  observedAt: string;
}

/**
 * What an answer that is of no use says, by its status in every API, or as this source's own rules have it. Whatever does not
 * have the API's own form was answered by something in between, which says nothing about the credential: it is tried again.
 */
export function errorIn(source: Source, answer: Answer, path: string): Error {
  const { status, header } = answer;
  const retry = retryAfter(header('retry-after'), header('date'));
  if (status === 429) return new RetryableError(`rate limited at GET ${path} (429)`, { rateLimited: true, ...retry });
  if (status >= 500 || status === 408 || status === 425)
    return new RetryableError(`the source failed at GET ${path} (${status})${pageOf(answer)}`, retry);
  if (REDIRECTS.has(status))
    return new FatalError(
      `GET ${path} is redirected (${status}) to ${placeOf(header('location'))}: the token is not sent there; check the URL of ${source.name}'s API`,
    );
  if (status === 200 && isJson(answer)) return unusable(answer, path);
  const refusal = status >= 400 ? source.classifyError(answer) : undefined;
  return refusal ?? new RetryableError(interference(source, answer, path), retry);
}

/** The others of 3xx name no other address. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Origin and path of a redirect; its query may repeat what was sent. */
function placeOf(location: string | undefined): string {
  const { origin = '', pathname = 'nowhere' } = URL.parse(location ?? '', 'http://relative') ?? {};
  return origin === 'http://relative' ? pathname : origin + pathname;
}

function interference({ name }: Source, answer: Answer, path: string): string {
  return `something in between answered GET ${path} instead of ${name} (${answer.status})${pageOf(answer)}; a firewall, a proxy or a login page must let these requests through`;
}

const typeOf = ({ header }: Answer) => header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** An answer without a type may be what is left of JSON. */
const isJson = (answer: Answer) => answer.body !== undefined || /^$|json/.test(typeOf(answer));

/** What an answer that is not JSON looks like; nothing for the empty and plain ones that APIs give. */
function pageOf(answer: Answer): string {
  const type = typeOf(answer);
  if (answer.status >= 500 && type !== 'text/html') return '';
  const parts = [type, answer.excerpt && `"${answer.excerpt}"`].filter(Boolean);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

const unusable = ({ body }: Answer, path: string) =>
  new RetryableError(
    body === undefined
      ? `the answer to GET ${path} is not JSON, or only a part of it`
      : `the answer to GET ${path} has an unknown form`,
  );

const MOST_EXCERPT = 80;

/** The title of a page, or the beginning of what it says, in one short line. */
export function excerptOf(text: string): string {
  const start = scrub(text.slice(0, 20_000));
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1] ?? '';
  const words = title.trim() === '' ? start.replaceAll(/<(style|script)\b[^]*?(<\/\1>|$)|<[^>]*>?/gi, ' ') : title;
  const line = words.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MOST_EXCERPT ? `${line.slice(0, MOST_EXCERPT)}…` : line;
}

/** `retry-after` is seconds or an HTTP date, by the clock of whoever sent it. */
function retryAfter(value: string | undefined, date = ''): { retryAfterMs?: number } {
  if (value === undefined) return {};
  const sentMs = Date.parse(date) || presentMs();
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - sentMs;
  return Number.isFinite(ms) ? { retryAfterMs: Math.min(Math.max(ms, 0), 300_000) } : {};
}
