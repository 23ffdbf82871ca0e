import type { RateLimit } from '../rate-limit.ts';
import type { PolarStream } from './stream.ts';

/** The behaviour of the simulated Polar; every setting may be changed while it runs. */
export interface PolarSettings {
  /** The access token that counts; every other one is answered as revoked. */
  token: string;
  /** Scopes of the token, such as `checkouts:read`. Polar: most `:write` scopes also allow reading. */
  scopes: string[];
  /** The live API versions; take one away to see what its removal does. */
  versions: string[];
  /** The version of requests that name none. */
  currentVersion: string;
  /** Null is no limit. */
  rateLimit: RateLimit | null;
  /** The most records per page; a larger `limit` is silently lowered to it. */
  pageLimit: number;
  /** True where rows that the sort criteria cannot distinguish come in another order with each request. */
  shuffleTies: boolean;
  /** True where responses carry `X-Polar-Sandbox`. */
  sandbox: boolean;
}

/** A token that may read the core streams, or every one. Polar: 500 requests per minute, 100 in the sandbox; three live versions at a time. */
export function defaultSettings(
  sandbox: boolean,
  streams: Readonly<Record<string, Pick<PolarStream, 'scopes' | 'isOptional'>>> = {},
): PolarSettings {
  return {
    token: 'polar_oat_simulator',
    scopes: scopesOf(Object.values(streams).filter(({ isOptional = false }) => !isOptional)),
    versions: ['2026-04', '2026-10', '2027-01'],
    currentVersion: '2026-10',
    rateLimit: { requests: sandbox ? 100 : 500, windowMs: 60_000 },
    pageLimit: 100,
    shuffleTies: true,
    sandbox,
  };
}

/** The scopes that reading these streams needs. */
export const scopesOf = (streams: readonly Pick<PolarStream, 'scopes'>[]): string[] =>
  streams.map(({ scopes: [read] }) => read);
