import type { SimulatedSource } from './driver.ts';
import { polarApi } from './polar/api.ts';
import { metricsResponse, METRICS_SCOPE } from './polar/metrics/metrics.ts';
import { polarOf, type Polar } from './polar/polar.ts';
import { defaultSettings, scopesOf, type PolarSettings } from './polar/settings.ts';
import { seededState } from './polar/state.ts';
import { openStreams, type Streams } from './polar/streams/index.ts';
import { polarProtocol } from './polar/webhooks.ts';
import { random } from './random.ts';
import { startSource, type SourceOptions } from './simulated-source.ts';
import { sizesOf } from './sizes.ts';
import { startTraffic, type TrafficOptions } from './traffic.ts';

/** Options of a simulated Polar, each with a default. Its rate limit is 500 requests per minute, in the sandbox 100. */
export interface SimulatorOptions extends SourceOptions {
  /** Size of `checkout_links`: links that exist at the start. Default 40. */
  links?: number;
  /** Size of `checkouts`: sessions at the start; a million are fine. Default 2000. */
  checkouts?: number;
  /** Default `polar_oat_simulator`. */
  token?: string;
  /** `every`: reading every stream, and metrics. Default: reading the core streams, links and sessions. */
  scopes?: string[] | 'every';
  /** Default true. */
  shuffleTies?: boolean;
  /** Default false. */
  sandbox?: boolean;
}

/** A running simulated Polar; its `url` is without `/v1`. */
export interface Simulator extends SimulatedSource {
  /** The token that it accepts. */
  token: string;
  /** The organization: its truth, its edits, its settings. */
  polar: Polar;
  /** Starts edits in the background, or with null ends them. */
  live(options: TrafficOptions | null): void;
}

/** Starts a faithful Polar in memory, on a port of its own. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, now, links, checkouts, sizes, isEmpty = false } = options;
  const sizeOf = sizesOf({ sizes: { checkout_links: links, checkouts, ...sizes }, isEmpty });
  const state = seededState({ seed, now, sizeOf });
  const streams = openStreams(state);
  const settings = polarSettingsOf(options, streams);
  const polar = polarOf(state, streams, settings);
  const source = await startSource(options, {
    api: polarApi({ ...polar, metrics: (query) => metricsResponse(state, streams, query) }),
    versionHeader: 'polar-version',
    webhooks: polarProtocol(polar),
    settings: (url) => ({ POLAR_ACCESS_TOKEN: settings.token, POLAR_API_URL: url }),
    drivers: Object.fromEntries(Object.entries(streams).map(([resource, { driver }]) => [`polar.${resource}`, driver])),
    tamper: polar.tamper,
  });
  let stopTraffic: (() => void) | undefined;
  return {
    ...source,
    token: settings.token,
    polar,
    live: (traffic) => {
      stopTraffic?.();
      stopTraffic = traffic ? startTraffic(polar.traffic(), random(seed, 'traffic'), traffic) : undefined;
    },
    close: async () => {
      stopTraffic?.();
      await source.close();
    },
  };
}

function polarSettingsOf(options: SimulatorOptions, streams: Streams): PolarSettings {
  const defaults = defaultSettings(options.sandbox ?? false, streams);
  const {
    token = defaults.token,
    scopes = defaults.scopes,
    pageLimit = defaults.pageLimit,
    shuffleTies = defaults.shuffleTies,
  } = options;
  const requests = options.requestsPerMinute;
  const rateLimit =
    requests === undefined ? defaults.rateLimit : requests === null ? null : { requests, windowMs: 60_000 };
  return {
    ...defaults,
    token,
    scopes: scopes === 'every' ? [...scopesOf(Object.values(streams)), METRICS_SCOPE] : [...scopes],
    pageLimit,
    shuffleTies,
    rateLimit,
  };
}
