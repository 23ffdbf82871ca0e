import type { Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import type { Events, Payloads } from '../events.ts';
import { catalogEdits, type CatalogEdits } from './catalog.ts';
import type { Item, Link, Plan, Price, Product } from './records.ts';
import type { FynnSettings } from './settings.ts';
import type { State } from './state.ts';
import type { FynnStream } from './stream.ts';
import type { ItemEdits } from './streams/checkout-link-items.ts';
import type { LinkEdits } from './streams/checkout-links.ts';
import type { Streams } from './streams/index.ts';
import type { PriceEdits } from './streams/price-plans.ts';
import { planJson, productJson } from './wire.ts';

/**
 * The simulated tenant: the truth that responses are made from, and the edits that change it.
 *
 * Records are plain objects with the API's names and values, and ids instead of nested objects. They are snapshots: an
 * edit puts a new object into the map and returns it, and never changes one in place.
 */
export interface Fynn extends LinkEdits, ItemEdits, PriceEdits, CatalogEdits {
  readonly seed: number;
  readonly clock: Clock;
  readonly settings: FynnSettings;
  /** Every resource that is served, with its edits. */
  readonly streams: Streams;
  /** All links ever; those with a `deletedAt` are not served. */
  readonly links: ReadonlyMap<string, Link>;
  /** The items of all links, deleted links included. */
  readonly items: ReadonlyMap<string, Item>;
  /** All prices ever: active and archived ones. */
  readonly prices: ReadonlyMap<string, Price>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly products: ReadonlyMap<string, Product>;
  /** A record as the wire has it: links with their items, prices as lists and webhooks show them. */
  readonly json: Readonly<Record<'link' | 'item' | 'pricePlan' | 'plan' | 'product', (id: string) => unknown>>;
  /** Calls a listener after each edit that Fynn sends a webhook for; the returned function unsubscribes it. */
  subscribe: Events['subscribe'];
  /** The payload of each type of webhook. */
  readonly payloads: Payloads;
  /** Changes the JSON of the record of an id wherever it is sent, until called again with null. The function gets a copy; what it returns is sent, whatever it is. */
  tamper: (id: string, json: Tamper | null) => void;
}

/** The tenant as tests handle it. */
export function fynnOf(state: State, streams: Streams): Fynn {
  const { seed, clock, settings, links, items, prices, plans, products } = state;
  const { checkout_links, checkout_link_items, price_plans } = streams;
  const product = (id: string) => productJson(state, id);
  const catalog = { 'product.created': product, 'product.updated': product, 'product.archived': product };
  const carried = Object.values<FynnStream>(streams).map(({ webhooks }) => webhooks);
  return {
    seed,
    clock,
    settings,
    links,
    items,
    prices,
    plans,
    products,
    streams,
    ...checkout_links.edits,
    ...checkout_link_items.edits,
    ...price_plans.edits,
    ...catalogEdits(state),
    json: {
      link: checkout_links.json,
      item: checkout_link_items.json,
      pricePlan: price_plans.json,
      plan: (id) => planJson(state, id),
      product,
    },
    subscribe: state.events.subscribe,
    payloads: Object.fromEntries([catalog, ...carried].flatMap((webhooks) => Object.entries(webhooks))),
    tamper: (id, json) => {
      if (json) state.tampers.set(id, json);
      else state.tampers.delete(id);
    },
  };
}
