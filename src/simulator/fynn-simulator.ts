import { fynnApi } from './fynn/api.ts';
import { createCourier, postsOf } from './webhook-sender.ts';
import type { SimulatedSource, StreamDriver } from './driver.ts';
import { fynnDrivers, type FynnStreamName } from './fynn/drivers.ts';
import { fynnOf, type Fynn } from './fynn/fynn.ts';
import { defaultSettings, type FynnSettings } from './fynn/settings.ts';
import { seededState } from './fynn/state.ts';
import { fynnSender } from './fynn/webhooks.ts';
import type { Encoding } from './encoding.ts';
import { serve } from './serve.ts';

/** How to start a simulated Fynn; everything has a default. */
export interface FynnSimulatorOptions {
  /** The same seed, `now` and sizes give the same data to the byte. Default 1. */
  seed?: number;
  /** The simulated present, ISO; it then stands still but for a millisecond an edit. Default: real time. */
  now?: string;
  /** Links that exist at the start, each with an active price at least. Default 12. */
  links?: number;
  /** Prices at the start, every tenth of them archived; links need one. Default 30. */
  prices?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  /** Default `fynn_simulator`. */
  apiKey?: string;
  /** Default `checkout-link:read` and `price-plan:read`. */
  permissions?: string[];
  /** How long each answer takes. Default 0. */
  latencyMs?: number;
  /** What answers are encoded in where the client accepts it, the preferred one first. Default none. */
  encodings?: readonly Encoding[];
  /** Default null, which is no limit. */
  requestsPerMinute?: number | null;
  /** The most rows a page. Default 100. */
  pageLimit?: number;
  /** Whether `GET /checkout-links` exists, which is not documented. Default false. */
  hasLinkList?: boolean;
  /** Whether the items in a link carry their ids. Default false. */
  itemIds?: boolean;
  /** Whether lists come in another order with each request. Default false. */
  shuffleRows?: boolean;
  /** Whether some of the values that are not there are `{}`, as in Fynn's documentation. Default false. */
  emptyObjects?: boolean;
}

/** A running simulated Fynn. */
export interface FynnSimulator extends SimulatedSource {
  /** The API key that it accepts. */
  apiKey: string;
  /** The tenant: its truth, its edits, its settings. */
  fynn: Fynn;
  readonly streams: Readonly<Record<FynnStreamName, StreamDriver>>;
}

/** Starts a faithful Fynn in memory, on a port of its own. */
export async function startFynnSimulator(options: FynnSimulatorOptions = {}): Promise<FynnSimulator> {
  const { seed = 1, now, links = 12, prices = 30, host = '127.0.0.1', port = 0, latencyMs = 0 } = options;
  const settings = settingsOf(options);
  const state = seededState({ seed, now, links, prices }, settings);
  const fynn = fynnOf(state);
  const { encodings = [] } = options;
  // Fynn: no header names a version.
  const served = await serve(fynnApi(state), { host, port, latencyMs, encodings, versionHeader: '' });
  const sender = fynnSender(fynn);
  const courier = createCourier(sender);
  return {
    url: served.url,
    apiKey: settings.apiKey,
    settings: { FYNN_API_KEY: settings.apiKey, FYNN_API_URL: served.url },
    fynn,
    streams: fynnDrivers(fynn),
    requests: served.requests,
    intercept: (hook) => void (served.intercept = hook),
    afterRead: (hook) => void (served.afterRead = hook),
    tamper: (id, json) => fynn.tamper(id, json),
    webhooks: (endpoint) => courier.to(endpoint),
    webhooksOf: (edit, secret) => postsOf(sender, { url: served.url, secret }, edit),
    deliveries: courier,
    close: async () => {
      await courier.close();
      await served.close();
    },
  };
}

function settingsOf(options: FynnSimulatorOptions): FynnSettings {
  const defaults = defaultSettings();
  const {
    apiKey = defaults.apiKey,
    permissions = defaults.permissions,
    pageLimit = defaults.pageLimit,
    hasLinkList = defaults.hasLinkList,
    itemIds = defaults.itemIds,
    shuffleRows = defaults.shuffleRows,
    emptyObjects = defaults.emptyObjects,
  } = options;
  const requests = options.requestsPerMinute ?? null;
  const rateLimit = requests === null ? null : { requests, windowMs: 60_000 };
  const flags = { hasLinkList, itemIds, shuffleRows, emptyObjects };
  return { apiKey, permissions: [...permissions], pageLimit, rateLimit, ...flags };
}
