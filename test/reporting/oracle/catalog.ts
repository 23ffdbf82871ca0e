import type { Discount, Price, Product } from '../../../src/simulator/polar/catalog/records.ts';
import type { Link } from '../../../src/simulator/polar/links/record.ts';
import { micros } from '../../../src/simulator/instants.ts';
import type { FollowedCatalog, VersionedKind, Walk } from '../catalog.ts';
import type { ReportRow } from './checkouts.ts';
import { digitsOf } from './truth.ts';
import { recordAt, stepInstant, versionsIn, type Look, type Shown, type Version } from './versions.ts';

/** The versions of all records of a merchant's catalog, by their view. */
export interface CatalogVersions {
  product_history: Version[];
  price_history: Version[];
  discount_history: Version[];
  link_history: Version[];
}

/** Returns the versions that were seen. */
export function catalogVersions(catalog: FollowedCatalog): CatalogVersions {
  const { polar, steps } = catalog;
  const { products, discounts, links } = polar;
  return {
    product_history: versionsIn(
      'polar.products',
      steps,
      looksAt(catalog, 'products', { log: polar.log.products, records: products }, shownProduct),
    ),
    price_history: versionsIn('polar.product_prices', steps, looksAtPrices(catalog)),
    discount_history: versionsIn(
      'polar.discounts',
      steps,
      looksAt(catalog, 'discounts', { log: polar.log.discounts, records: discounts }, shownDiscount),
    ),
    link_history: versionsIn(
      'polar.checkout_links',
      steps,
      looksAt(catalog, 'links', { log: polar.log.links, records: links }, shownLink),
    ),
  };
}

/** Returns the looks at the records of a kind. */
function looksAt<T>(
  { sightings }: FollowedCatalog,
  kind: VersionedKind,
  { log, records }: { log: Parameters<typeof recordAt<T>>[0]; records: ReadonlyMap<string, T> },
  shownOf: (record: T) => Shown,
): Look[] {
  return sightings
    .filter((sighting) => sighting.kind === kind)
    .map((sighting) => {
      const { id, step, via, isNested = false, isDeletion = false } = sighting;
      const record = recordAt(log, records, sighting);
      if (!record || via === 'tombstone' || isDeletion) return { id, step, via, isNested };
      const { sets, ...shown } = shownOf(record);
      return { id, step, via, isNested, shown: isNested ? shown : { ...shown, sets } };
    });
}

/** Returns the looks at the prices that products list; one that is listed no longer is archived. */
function looksAtPrices({ polar, sightings }: FollowedCatalog): Look[] {
  const listed = new Map<string, Map<string, Shown>>();
  return sightings.flatMap((sighting): Look[] => {
    const { id, number, step, via } = sighting;
    const product = sighting.kind === 'products' ? recordAt(polar.log.products, polar.products, sighting) : undefined;
    if (!product || via === 'tombstone') return [];
    const before = listed.get(id) ?? new Map<string, Shown>();
    const now = new Map(
      product.price_ids.flatMap((priceId): [string, Shown][] => {
        const price = recordAt(polar.log.prices, polar.prices, { id: priceId, number });
        return price ? [[priceId, shownPrice(price, product)]] : [];
      }),
    );
    const gone = [...before]
      .filter(([priceId]) => !now.has(priceId))
      .map(([priceId, shown]) => [priceId, archived(shown)] as const);
    listed.set(id, now);
    return [...now, ...gone].map(([priceId, shown]) => ({ id: priceId, step, via, shown }));
  });
}

const archived = (shown: Shown): Shown => ({
  ...shown,
  content: { ...shown.content, is_archived: true },
  row: { ...shown.row, is_archived: true },
});

function shownProduct(product: Product): Shown {
  const { deleted_at: _deleted, price_ids, benefit_ids, media_ids, custom_fields, ...content } = product;
  return {
    created_at: product.created_at,
    modified_at: product.modified_at,
    content: { ...content, isDeletable: price_ids.length === 0 },
    sets: [benefit_ids, media_ids, custom_fields],
    owned: price_ids,
    row: {
      product_id: product.id,
      organization_id: product.organization_id,
      name: product.name,
      visibility: product.visibility,
      is_recurring: product.is_recurring,
      recurring_interval: product.recurring_interval,
      recurring_interval_count: product.recurring_interval_count,
      trial_interval: product.trial_interval,
      trial_interval_count: product.trial_interval_count,
      is_archived: product.is_archived,
    },
  };
}

/** A price, which shows the interval of its product unless it has one of its own. */
function shownPrice(price: Price, { recurring_interval }: Product): Shown {
  const { source, price_currency: currency, unit_amount, ...columns } = price;
  const interval = price.recurring_interval ?? recurring_interval;
  return {
    created_at: price.created_at,
    modified_at: price.modified_at,
    content: { ...price, interval },
    row: {
      product_price_id: price.id,
      product_id: price.product_id,
      made_for: source,
      amount_type: price.amount_type,
      currency,
      minor_digits: digitsOf(currency),
      price_amount: columns.price_amount ?? null,
      minimum_amount: columns.minimum_amount ?? null,
      maximum_amount: columns.maximum_amount ?? null,
      preset_amount: columns.preset_amount ?? null,
      unit_amount: unit_amount === undefined ? null : Number(unit_amount),
      cap_amount: columns.cap_amount ?? null,
      seat_tiers: columns.seat_tiers ?? null,
      tiers: columns.tiers ?? null,
      tax_behavior: price.tax_behavior,
      recurring_interval: interval,
      is_archived: price.is_archived,
    },
  };
}

const instant = (text: string | null) => (text === null ? null : micros(text));

function shownDiscount(discount: Discount): Shown {
  const { deleted_at: _deleted, product_ids, ...content } = discount;
  const { currency = null, starts_at, ends_at } = discount;
  return {
    created_at: discount.created_at,
    modified_at: discount.modified_at,
    content,
    sets: product_ids,
    row: {
      discount_id: discount.id,
      organization_id: discount.organization_id,
      name: discount.name,
      code: discount.code,
      type: discount.type,
      basis_points: discount.basis_points ?? null,
      amount: discount.amount ?? null,
      currency,
      minor_digits: currency === null ? null : digitsOf(currency),
      amounts: discount.amounts ?? null,
      duration: discount.duration,
      duration_in_months: discount.duration_in_months ?? null,
      starts_at: instant(starts_at),
      ends_at: instant(ends_at),
      max_redemptions: discount.max_redemptions,
      redemptions_count: discount.redemptions_count,
    },
  };
}

function shownLink(link: Link): Shown {
  const { deleted_at: _deleted, product_ids, ...content } = link;
  return {
    created_at: link.created_at,
    modified_at: link.modified_at,
    content,
    sets: product_ids,
    row: {
      link_id: link.id,
      organization_id: link.organization_id,
      label: link.label,
      discount_id: link.discount_id,
      product_ids,
      seats: link.seats,
      units: link.units,
      allow_discount_codes: link.allow_discount_codes,
      trial_interval: link.trial_interval,
      trial_interval_count: link.trial_interval_count,
    },
  };
}

/** Returns the expected rows of a view of versions: of those of a record that begin at the same moment, the last one counts. */
export function expectedHistory({ account }: FollowedCatalog, versions: readonly Version[]): ReportRow[] {
  return [...Map.groupBy(versions, ({ id }) => id).values()].flatMap((ofOne) => {
    const begun = new Map(ofOne.flatMap(({ row }) => (row ? [[Number(row.valid_from), row]] : [])));
    const moments = [...begun.keys()].toSorted((one, other) => one - other);
    return moments.map((moment, index) => ({
      source: 'polar',
      account,
      ...begun.get(moment),
      valid_to: moments[index + 1] ?? null,
    }));
  });
}

/** Returns the expected rows of analytics.changes, each with its number among those of its record instead of its place. */
export function expectedChanges({ account, steps, walks }: FollowedCatalog, versions: readonly Version[]): ReportRow[] {
  return [...Map.groupBy(versions, ({ relation, id }) => `${relation} ${id}`).values()].flatMap((ofOne) =>
    ofOne.map(({ relation, id, op, versionAt, step, via }, index) => ({
      source: 'polar',
      account,
      seq: index,
      relation,
      id,
      op,
      version_at: versionAt,
      observed_at: stepInstant(steps, step),
      run_id: walks.find((walk) => walk.step === step)?.stream ?? null,
      via,
    })),
  );
}

/** Returns the expected rows of analytics.freshness; the newest `seq` is given. */
export function expectedFreshness({ account, steps, walks }: FollowedCatalog, lastSeq: number): ReportRow[] {
  const instantOf = (walk: Walk | undefined) => (walk ? stepInstant(steps, walk.step) : null);
  return [...Map.groupBy(walks, ({ stream }) => stream)].map(([stream, own]) => {
    const [last, complete] = [own.at(-1), lastComplete(own)];
    return {
      source: 'polar',
      account,
      stream,
      complete_until: instantOf(complete),
      full_until: instantOf(complete),
      last_seq: lastSeq,
      min_seq: 0,
      history_since: stepInstant(steps, 0),
      is_running: false,
      rejected: complete?.rejected ?? 0,
      failed_at: instantOf(last?.hasFailed ? last : undefined),
      error_code: last?.hasFailed ? REFUSED : null,
    };
  });
}

/** Code of a request that the source refuses (docs/errors.md). */
const REFUSED = 'CS4105';

const lastComplete = (walks: readonly Walk[]) => walks.findLast(({ hasFailed = false }) => !hasFailed);

/** Returns the instant of the last complete walk of a stream for its start by the source's clock, which shows whole seconds. */
export function inLastWalk({ steps, walks }: FollowedCatalog, stream: unknown, at: number): unknown {
  const step = lastComplete(walks.filter((walk) => walk.stream === stream))?.step ?? 0;
  const { from = Infinity, to = 0 } = steps[step] ?? {};
  return Math.floor(from / 1_000_000) * 1_000_000 <= at && at <= to ? stepInstant(steps, step) : at;
}
