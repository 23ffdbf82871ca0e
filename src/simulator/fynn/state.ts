import { clock, type Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import { events, type Events } from '../events.ts';
import { random, type Random } from '../random.ts';
import { byId } from '../records.ts';
import type { SizeOf } from '../sizes.ts';
import type { Item, Link, Plan, Price, Product } from './records.ts';
import { seededPlans, seededProducts } from './seed.ts';
import type { FynnSettings } from './settings.ts';

/** Everything the simulated tenant has. Records are never changed in place: an edit puts a new one into its map. */
export interface State {
  readonly seed: number;
  readonly sizeOf: SizeOf;
  readonly settings: FynnSettings;
  readonly clock: Clock;
  /** The simulated present at the start. */
  readonly start: string;
  /** Chance for what edits leave open. */
  readonly chance: Random;
  readonly links: Map<string, Link>;
  readonly items: Map<string, Item>;
  readonly prices: Map<string, Price>;
  readonly plans: Map<string, Plan>;
  readonly products: Map<string, Product>;
  readonly tampers: Map<string, Tamper>;
  /** The edits that Fynn sends a webhook for. */
  readonly events: Events;
}

/** The contents of the tenant at the start. */
export interface Seeding {
  seed: number;
  now: string | undefined;
  sizeOf: SizeOf;
}

/** The tenant with its products and plans; each stream adds its own records. The same seeding with the same `now` gives the same state. */
export function seededState({ seed, now, sizeOf }: Seeding, settings: FynnSettings): State {
  const time = clock(now);
  const start = now ?? time.now();
  const products = seededProducts(seed);
  return {
    seed,
    sizeOf,
    settings,
    clock: time,
    start,
    chance: random(seed, 'fynn edits'),
    links: new Map(),
    items: new Map(),
    prices: new Map(),
    plans: byId(seededPlans(seed, products, start)),
    products: byId(products),
    tampers: new Map(),
    events: events(),
  };
}

/** Puts a new state of a record into its map. */
export function putRecord<T extends { id: string }>(records: Map<string, T>, record: T): T {
  records.set(record.id, record);
  return record;
}
