import { polarApi } from './polar/api.ts';
import { createCourier, postsOf } from './webhook-sender.ts';
import type { SimulatedSource, StreamDriver } from './driver.ts';
import { polarDrivers, type PolarStreamName } from './polar/drivers.ts';
import { rowsInStatus } from './polar/checkouts/edits.ts';
import { startTraffic, type Market, type TrafficOptions } from './polar/live.ts';
import { polarOf, type Polar } from './polar/polar.ts';
import { defaultSettings, type PolarSettings } from './polar/settings.ts';
import { seededState, type State } from './polar/state.ts';
import { random } from './random.ts';
import { polarSender, type WebhookEndpoint } from './polar/webhooks.ts';
import type { Encoding } from './encoding.ts';
import { serve } from './serve.ts';

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions {
  /** The same seed, `now` and sizes give the same data to the byte. Default 1. */
  seed?: number;
  /** The simulated present, ISO; it then stands still but for a millisecond an edit. Default: real time. */
  now?: string;
  /** Links that exist at the start. Default 40. */
  links?: number;
  /** Sessions at the start; a million are fine. Default 2000. */
  checkouts?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  /** Default `polar_oat_simulator`. */
  token?: string;
  /** Default `checkout_links:read` and `checkouts:read`. */
  scopes?: string[];
  /** How long each answer takes. Default 0. */
  latencyMs?: number;
  /** What answers are encoded in where the client accepts it, the preferred one first. Default none. */
  encodings?: readonly Encoding[];
  /** Default 500, in the sandbox 100; null is no limit. */
  requestsPerMinute?: number | null;
  /** Default true. */
  shuffleTies?: boolean;
  /** Default false. */
  sandbox?: boolean;
  /** The most records a page. Default 100. */
  pageLimit?: number;
}

/** A running simulated Polar; its `url` is without `/v1`. */
export interface Simulator extends SimulatedSource {
  /** The token that it accepts. */
  token: string;
  /** The organization: its truth, its edits, its settings. */
  polar: Polar;
  readonly streams: Readonly<Record<PolarStreamName, StreamDriver>>;
  /** Starts edits in the background, or with null ends them. */
  live(options: TrafficOptions | null): void;
  /** Delivers a signed webhook for each edit from now on that Polar tells of, or with null ends that. No endpoint slows an edit. */
  webhooks(endpoint: WebhookEndpoint | null): void;
}

/** Starts a faithful Polar in memory, on a port of its own. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, now, links = 40, checkouts = 2000, host = '127.0.0.1', port = 0, latencyMs = 0 } = options;
  const state = seededState({ seed, now, links, checkouts });
  const settings = settingsOf(options);
  const polar = polarOf(state, settings);
  const { encodings = [] } = options;
  const wire = { host, port, latencyMs, encodings, versionHeader: 'polar-version' };
  const served = await serve(polarApi(state, settings), wire);
  const sender = polarSender(polar);
  const courier = createCourier(sender);
  let stopTraffic: (() => void) | undefined;
  return {
    url: served.url,
    token: settings.token,
    settings: { POLAR_ACCESS_TOKEN: settings.token, POLAR_API_URL: served.url },
    polar,
    streams: polarDrivers(polar),
    requests: served.requests,
    intercept: (hook) => void (served.intercept = hook),
    afterRead: (hook) => void (served.afterRead = hook),
    live: (traffic) => {
      stopTraffic?.();
      stopTraffic = traffic ? startTraffic(marketOf(state, polar), traffic) : undefined;
    },
    tamper: (id, json) => polar.tamper(id, json),
    webhooks: (endpoint) => courier.to(endpoint),
    webhooksOf: (edit, secret) => postsOf(sender, { url: served.url, secret }, edit),
    deliveries: courier,
    close: async () => {
      stopTraffic?.();
      await courier.close();
      await served.close();
    },
  };
}

function marketOf(state: State, polar: Polar): Market {
  const ids = (status: 'open' | 'confirmed') => rowsInStatus(state, status).map((row) => row.id);
  return { polar, chance: random(state.seed, 'traffic'), open: ids('open'), confirmed: ids('confirmed') };
}

function settingsOf(options: SimulatorOptions): PolarSettings {
  const defaults = defaultSettings(options.sandbox ?? false);
  const {
    token = defaults.token,
    scopes = defaults.scopes,
    pageLimit = defaults.pageLimit,
    shuffleTies = defaults.shuffleTies,
  } = options;
  const requests = options.requestsPerMinute;
  const rateLimit =
    requests === undefined ? defaults.rateLimit : requests === null ? null : { requests, windowMs: 60_000 };
  return { ...defaults, token, scopes: [...scopes], pageLimit, shuffleTies, rateLimit };
}
