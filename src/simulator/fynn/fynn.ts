import type { Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import { catalogEdits, type CatalogEdits } from './edits/catalog.ts';
import { itemEdits, type ItemEdits } from './edits/items.ts';
import { linkEdits, type LinkEdits } from './edits/links.ts';
import { priceEdits, type PriceEdits } from './edits/prices.ts';
import type { Feed } from '../events.ts';
import type { EventType } from './events.ts';
import type { Item, Link, Plan, Price, Product } from './records.ts';
import type { FynnSettings } from './settings.ts';
import type { State } from './state.ts';
import { itemJson, linkJson, planJson, priceJson, productJson } from './wire.ts';

type AllEdits = LinkEdits & ItemEdits & PriceEdits & CatalogEdits;

/**
 * The simulated tenant: the truth that an answer was made from, and the edits that change it.
 *
 * Records are plain objects with the API's names and values, and ids instead of nested objects. They are snapshots: an
 * edit puts a new object into the map and returns it, and never changes one in place.
 */
export interface Fynn extends AllEdits {
  readonly clock: Clock;
  readonly settings: FynnSettings;
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
  /** Calls a listener after each edit that Fynn sends a webhook for; the returned function ends that. */
  subscribe: Feed<EventType>['subscribe'];
  /** Changes the JSON of the record of an id wherever it is sent, until called again with null. The function gets a copy; what it returns is sent, whatever it is. */
  tamper(id: string, json: Tamper | null): void;
}

/** The tenant as tests handle it. */
export function fynnOf(state: State): Fynn {
  const { clock, settings, links, items, prices, plans, products } = state;
  return {
    clock,
    settings,
    links,
    items,
    prices,
    plans,
    products,
    ...linkEdits(state),
    ...itemEdits(state),
    ...priceEdits(state),
    ...catalogEdits(state),
    json: jsonOf(state),
    subscribe: state.feed.subscribe,
    tamper: (id, json) => {
      if (json) state.tampers.set(id, json);
      else state.tampers.delete(id);
    },
  };
}

function jsonOf(state: State): Fynn['json'] {
  return {
    link: (id) => linkJson(state, id),
    item: (id) => itemJson(state, id),
    pricePlan: (id) => priceJson(state, id),
    plan: (id) => planJson(state, id),
    product: (id) => productJson(state, id),
  };
}
