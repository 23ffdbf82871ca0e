import type { SimulatedSource } from './driver.ts';
import { fynnApi } from './fynn/api.ts';
import { fynnOf, type Fynn } from './fynn/fynn.ts';
import { defaultSettings, type FynnSettings } from './fynn/settings.ts';
import { seededState } from './fynn/state.ts';
import { openStreams } from './fynn/streams/index.ts';
import { fynnProtocol } from './fynn/webhooks.ts';
import { startSource, type SourceOptions } from './simulated-source.ts';
import { sizesOf } from './sizes.ts';

/** Options of a simulated Fynn, each with a default. It has no rate limit. */
export interface FynnSimulatorOptions extends SourceOptions {
  /** Size of `checkout_links`: links that exist at the start, each with an active price at least. Default 12. */
  links?: number;
  /** Size of `price_plans`: prices at the start, every tenth of them archived; links need one. Default 30. */
  prices?: number;
  /** Default `fynn_simulator`. */
  apiKey?: string;
  /** Default `checkout-link:read` and `price-plan:read`. */
  permissions?: string[];
  /** True where `GET /checkout-links` exists, which is not documented. Default false. */
  hasLinkList?: boolean;
  /** True where the items in a link carry their ids. Default false. */
  itemIds?: boolean;
  /** True where lists come in another order with each request. Default false. */
  shuffleRows?: boolean;
  /** True where some of the values that are not there are `{}`, as in Fynn's documentation. Default false. */
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
  const { seed = 1, now, links, prices, sizes, isEmpty = false } = options;
  const settings = fynnSettingsOf(options);
  const sizeOf = sizesOf({ sizes: { checkout_links: links, price_plans: prices, ...sizes }, isEmpty });
  const state = seededState({ seed, now, sizeOf }, settings);
  const streams = openStreams(state);
  const fynn = fynnOf(state, streams);
  const source = await startSource(options, {
    api: fynnApi(fynn),
    versionHeader: '', // Fynn: no header names a version.
    webhooks: fynnProtocol(fynn),
    settings: (url) => ({ FYNN_API_KEY: settings.apiKey, FYNN_API_URL: url }),
    drivers: Object.fromEntries(Object.entries(streams).map(([resource, { driver }]) => [`fynn.${resource}`, driver])),
    tamper: fynn.tamper,
  });
  return { ...source, apiKey: settings.apiKey, fynn };
}

function fynnSettingsOf(options: FynnSimulatorOptions): FynnSettings {
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
