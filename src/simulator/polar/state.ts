import { clock, type Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import { micros } from '../instants.ts';
import { random, type Random } from '../random.ts';
import type { Benefit, CustomField, Discount, Media, Price, Product } from './catalog/records.ts';
import { feed, type Feed } from '../events.ts';
import type { EventType } from './events.ts';
import type { Link } from './link-record.ts';
import { catalog } from './catalog/seed/catalog.ts';
import { era } from './clock-range.ts';
import { seededLinks } from './seed/links.ts';
import { seededSessions } from './checkouts/seed.ts';
import { sessions, type Sessions } from './checkouts/sessions.ts';
import { timeline, type Timeline } from './timeline.ts';

/** Everything the simulated organization has. Records are never changed in place: an edit puts a new one into its map. */
export interface State {
  readonly seed: number;
  readonly organizationId: string;
  readonly clock: Clock;
  /** Chance for what edits leave open. */
  readonly chance: Random;
  readonly links: Map<string, Link>;
  /** Ids of the links that are not deleted, by `created_at`. */
  readonly linkTimeline: Timeline<string>;
  readonly sessions: Sessions;
  readonly products: Map<string, Product>;
  readonly prices: Map<string, Price>;
  readonly benefits: Map<string, Benefit>;
  readonly medias: Map<string, Media>;
  readonly discounts: Map<string, Discount>;
  readonly customFields: Map<string, CustomField>;
  readonly tampers: Map<string, Tamper>;
  /** Serialized parts of sessions, dropped at every edit of the catalog. */
  readonly texts: Map<string, string>;
  readonly feed: Feed<EventType>;
}

/** What is in the organization at the start. */
export interface Seeding {
  seed: number;
  now: string | undefined;
  links: number;
  checkouts: number;
}

/** The seeded organization. The same seeding with the same `now` gives the same state. */
export function seededState({ seed, now, links, checkouts }: Seeding): State {
  const time = clock(now);
  const start = now ?? time.now();
  const shop = catalog(seed, era(start));
  const seeded = seededSessions(seed, checkouts, shop, start);
  const linkById = byId(seededLinks(seed, links, shop, era(start)));
  const live = [...linkById.values()].filter((link) => link.deleted_at === null).map((link) => link.id);
  return {
    seed,
    organizationId: shop.organizationId,
    clock: time,
    chance: random(seed, 'edits'),
    links: linkById,
    linkTimeline: timeline(live, (id) => micros(linkById.get(id)?.created_at ?? start)),
    sessions: sessions(seeded),
    products: byId(shop.products),
    prices: byId([...shop.prices, ...seeded.adHocPrices()]),
    benefits: byId(shop.benefits),
    medias: byId(shop.medias),
    discounts: byId(shop.discounts),
    customFields: byId(shop.customFields),
    tampers: new Map(),
    texts: new Map(),
    feed: feed(),
  };
}

/** The record of an id; throws RangeError when there is none, so that a test's slip does not pass in silence. */
export function found<T>(records: ReadonlyMap<string, T>, id: string, kind: string): T {
  const record = records.get(id);
  if (record === undefined) throw new RangeError(`no ${kind} ${id}`);
  return record;
}

function byId<T extends { id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}
