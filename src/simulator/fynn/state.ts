import { clock, type Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import { random, type Random } from '../random.ts';
import { feed, type Feed } from '../events.ts';
import type { EventType } from './events.ts';
import type { Item, Link, Plan, Price, Product } from './records.ts';
import { seededPlans, seededProducts } from './seed/catalog.ts';
import { draftItem, draftLink } from './seed/links.ts';
import { seededPrices } from './seed/prices.ts';
import type { FynnSettings } from './settings.ts';

/** Everything the simulated tenant has. Records are never changed in place: an edit puts a new one into its map. */
export interface State {
  readonly seed: number;
  readonly settings: FynnSettings;
  readonly clock: Clock;
  /** Chance for what edits leave open. */
  readonly chance: Random;
  readonly links: Map<string, Link>;
  readonly items: Map<string, Item>;
  readonly prices: Map<string, Price>;
  readonly plans: Map<string, Plan>;
  readonly products: Map<string, Product>;
  readonly tampers: Map<string, Tamper>;
  readonly feed: Feed<EventType>;
}

/** What the tenant has at the start. */
export interface Seeding {
  seed: number;
  now: string | undefined;
  links: number;
  prices: number;
}

/** The seeded tenant. The same seeding with the same `now` gives the same state. */
export function seededState({ seed, now, links, prices }: Seeding, settings: FynnSettings): State {
  const time = clock(now);
  const start = now ?? time.now();
  const { emptyObjects } = settings;
  const products = seededProducts(seed);
  const state: State = {
    seed,
    settings,
    clock: time,
    chance: random(seed, 'fynn edits'),
    links: new Map(),
    items: new Map(),
    prices: byId(seededPrices(seed, prices, products, { now: start, emptyObjects })),
    plans: byId(seededPlans(seed, products, start)),
    products: byId(products),
    tampers: new Map(),
    feed: feed(),
  };
  for (let number = 0; number < links; number++) seedLink(state, random(seed, 'fynn link', number));
  return state;
}

/** The record of an id; throws RangeError when there is none, so that a test's slip does not pass in silence. */
export function found<T>(records: ReadonlyMap<string, T>, id: string, kind: string): T {
  const record = records.get(id);
  if (record === undefined) throw new RangeError(`no ${kind} ${id}`);
  return record;
}

/** Puts a new state of a record into its map. */
export function put<T extends { id: string }>(records: Map<string, T>, record: T): T {
  records.set(record.id, record);
  return record;
}

/** A link with one to three items, of which the first has an active price. */
function seedLink(state: State, chance: Random): void {
  const { plans, settings } = state;
  const link = draftLink(chance);
  const all = [...state.prices.values()];
  const active = all.filter((price) => price.status === 'active');
  const items = Array.from({ length: chance.pick([1, 1, 2, 3]) }, (_, position) => {
    const price = chance.pick(position === 0 ? active : all);
    return draftItem(chance, link.id, { price, plans: plans.values(), emptyObjects: settings.emptyObjects });
  });
  for (const item of items) put(state.items, item);
  put(state.links, { ...link, itemIds: items.map((item) => item.id) });
}

function byId<T extends { id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}
