import type { SimulatedSource } from './driver.ts';
import { fynnApi } from './fynn/api.ts';
import { fynnOf, type Fynn } from './fynn/fynn.ts';
import { defaultSettings, type FynnSettings } from './fynn/settings.ts';
import { seededState } from './fynn/state.ts';
import { openStreams } from './fynn/streams/index.ts';
import { fynnProtocol } from './fynn/webhooks.ts';
import { startSource, type ListenOptions } from './simulated-source.ts';

/** How to start a simulated Fynn; everything has a default. */
export interface FynnSimulatorOptions extends ListenOptions {
  /** The same seed, `now` and sizes give the same data to the byte. Default 1. */
  seed?: number;
  /** The simulated present, ISO; it then stands still but for a millisecond per edit. Default: real time. */
  now?: string;
  /** Links that exist at the start, each with an active price at least. Default 12. */
  links?: number;
  /** Prices at the start, every tenth of them archived; links need one. Default 30. */
  prices?: number;
  /** Default `fynn_simulator`. */
  apiKey?: string;
  /** Default `checkout-link:read` and `price-plan:read`. */
  permissions?: string[];
  /** Default null, which is no limit. */
  requestsPerMinute?: number | null;
  /** The most rows per page. Default 100. */
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
}

/** Starts a faithful Fynn in memory, on a port of its own. */
export async function startFynnSimulator(options: FynnSimulatorOptions = {}): Promise<FynnSimulator> {
  const { seed = 1, now, links, prices } = options;
  const settings = settingsOf(options);
  const state = seededState({ seed, now, sizes: { checkout_links: links, price_plans: prices } }, settings);
  const streams = openStreams(state);
  const fynn = fynnOf(state, streams);
  const source = await startSource(options, {
    api: fynnApi(fynn),
    versionHeader: '', // Fynn: no header names a version.
    webhooks: fynnProtocol(fynn),
    settings: (url) => ({ FYNN_API_KEY: settings.apiKey, FYNN_API_URL: url }),
    drivers: Object.fromEntries(Object.values(streams).map(({ resource, driver }) => [`fynn.${resource}`, driver])),
    tamper: fynn.tamper,
  });
  return { ...source, apiKey: settings.apiKey, fynn };
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
