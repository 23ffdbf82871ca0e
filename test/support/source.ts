import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { createHttp, RETRY_POLICY, type Http, type RetryPolicy } from '../../src/extract/http.ts';
import { createLogger, type Logger } from '../../src/model/log.ts';
import type { Source } from '../../src/model/source.ts';
import { declaredStreams } from '../../src/sources/polar/declared-streams.ts';
import { unlimited } from './engine.ts';

/** The setting that turns off all of Polar's streams but the core ones; tests of those do not depend on the others. */
export const CORE_STREAMS = { POLAR_STREAMS: 'checkout_links,checkouts' };

const optional = declaredStreams.filter(({ isOptional = true }) => isOptional);

/** The names of all of Polar's streams but the core ones, without `polar.`. */
export const OPTIONAL_STREAMS = optional.map(({ name }) => name.replace('polar.', ''));

/** The scopes that reading those needs. */
export const OPTIONAL_SCOPES = optional.map(({ permission }) => permission);

/** The source that settings turn on, which are an account's where one is named. */
export function sourceOf(settings: Record<string, string>, account?: string): Source {
  const named = Object.entries(settings).map(([name, value]) => [account ? `${name}__${account}` : name, value]);
  const [source] = parseConfig(Object.fromEntries(named)).sources;
  if (!source) throw new Error('the settings turn nothing on');
  return source;
}

/** The source with one more optional stream: that of this name. */
export const withOptional = (source: Source, name: string): Source => ({
  ...source,
  streams: source.streams.map((stream) => (stream.name === name ? { ...stream, isOptional: true } : stream)),
});

/** Polar at an address, with its core streams unless the settings name others. */
export const polarAt = ({ url, token = 'token' }: { url: string; token?: string }, settings = {}) =>
  sourceOf({ POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url, ...CORE_STREAMS, ...settings });

/** A client with hardly any pauses between its tries; closed after the test. */
export function httpOf(
  source: Source,
  patience: Partial<RetryPolicy> = {},
  log: Logger = createLogger('silent'),
): Http {
  const hasty = { ...RETRY_POLICY, retries: 2, minDelayMs: 1, maxDelayMs: 1, ...patience };
  const http = createHttp(source, unlimited(), log, { policy: hasty });
  onTestFinished(() => http.close());
  return http;
}

/** GETs a path; the JSON of a success, or the error. */
export async function get(http: Http, path: string): Promise<unknown> {
  const isFine = ({ status, body }: { status: number; body: unknown }) => status === 200 && body !== undefined;
  return http.get(path, isFine, AbortSignal.timeout(30_000)).then(
    ({ body }) => body,
    (error: unknown) => error,
  );
}
