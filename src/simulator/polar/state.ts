import { clock, type Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import { events, type Events } from '../events.ts';
import { random, type Random } from '../random.ts';
import { byId } from '../records.ts';
import type { SizeOf } from '../sizes.ts';
import type { WholeMeter } from './catalog/records.ts';
import { seededMeters } from './catalog/seed/meters.ts';
import { seededOrganization, type Organization } from './organizations/record.ts';
import { seededCatalog, type Catalog } from './catalog/seed/catalog.ts';
import { clockRange, type ClockRange } from './clock-range.ts';
import { emptyLog, type CatalogKind, type CatalogRecords, type EditLog } from './edit-log.ts';

/** The records of the catalog by id. */
export type CatalogMaps = { readonly [Kind in CatalogKind]: Map<string, CatalogRecords[Kind]> };

/** Everything the simulated organization has beside its streams. Records are never changed in place: an edit puts a new one into its map. */
export interface State extends CatalogMaps {
  readonly seed: number;
  readonly sizeOf: SizeOf;
  readonly organizationId: string;
  readonly clock: Clock;
  /** The time before the start, which seeded records are spread over. */
  readonly range: ClockRange;
  /** The catalog as it was at the start, or will be with the first sale of an organization that starts without products. */
  readonly shop: Catalog;
  /** Chance for what edits leave open. */
  readonly chance: Random;
  /** The meters that prices count with. */
  readonly meters: Map<string, WholeMeter>;
  /** The organizations that the token may see: the simulated one, and those that tests add. */
  readonly organizations: Map<string, Organization>;
  readonly tampers: Map<string, Tamper>;
  /** Serialized parts of sessions, dropped at every edit of the catalog. */
  readonly texts: Map<string, string>;
  /** Every edit since the start. */
  readonly log: EditLog;
  /** The edits that Polar sends a webhook for. */
  readonly events: Events;
  /** Calls a listener after each archiving of a product. */
  readonly onArchive: (listener: ArchiveListener) => void;
  readonly archived: ArchiveListener;
}

/** Learns of an archived product, and of the instant. */
export type ArchiveListener = (productId: string, at: string) => void;

/** The contents of the organization at the start. */
export interface Seeding {
  seed: number;
  now: string | undefined;
  sizeOf: SizeOf;
}

/** The records of a catalog by id; of none without one. */
export const catalogMaps = (shop: Partial<Catalog> = {}): CatalogMaps => ({
  products: byId(shop.products ?? []),
  prices: byId(shop.prices ?? []),
  benefits: byId(shop.benefits ?? []),
  medias: byId(shop.medias ?? []),
  discounts: byId(shop.discounts ?? []),
  customFields: byId(shop.customFields ?? []),
});

/** The seeded organization. The same seeding with the same `now` gives the same state. */
export function seededState({ seed, now, sizeOf }: Seeding): State {
  const time = clock(now);
  const range = clockRange(now ?? time.now());
  const shop = seededCatalog(seed, range);
  const isStocked = sizeOf('products', shop.products.length) > 0;
  const listeners: ArchiveListener[] = [];
  return {
    seed,
    sizeOf,
    organizationId: shop.organizationId,
    clock: time,
    range,
    shop,
    chance: random(seed, 'edits'),
    ...catalogMaps(isStocked ? shop : undefined),
    meters: isStocked ? seededMeters(shop, range) : new Map(),
    organizations: byId(sizeOf('organizations', 1) > 0 ? [seededOrganization(shop, range)] : []),
    tampers: new Map(),
    texts: new Map(),
    log: emptyLog(),
    events: events(),
    onArchive: (listener) => void listeners.push(listener),
    archived: (productId, at) => listeners.forEach((listener) => listener(productId, at)),
  };
}
