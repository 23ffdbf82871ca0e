import { token, uuid } from '../../ids.ts';
import { DAY, instant, later } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import type { Link } from '../link-record.ts';
import type { Catalog, Shelf } from '../catalog/seed/catalog.ts';
import { SESSIONS_SINCE, type Era } from '../clock-range.ts';

const LABELS = [
  'Pricing page',
  'Newsletter',
  'Docs',
  'Black Friday',
  'Conference',
  'Partner',
  'Launch',
  'Upgrade mail',
  null,
];

/** So many links that exist, and one deleted link for each twenty of them; ascending in `created_at`. */
export function seededLinks(seed: number, count: number, shop: Catalog, era: Era): Link[] {
  const onSale = shop.shelves.filter((shelf) => shelf.until === Infinity);
  const deleted = Math.floor(count / 20);
  const span = SESSIONS_SINCE + 20 * DAY;
  return Array.from({ length: count + deleted }, (_, number) => {
    const chance = random(seed, 'link', number);
    const created = era.now - span + Math.floor((span * (number + 0.1 + 0.8 * chance.next())) / (count + deleted));
    const link = draftLink(chance, onSale, shop, instant(created));
    const age = Math.max(1000, era.now - created);
    const touched = later(link.created_at, Math.floor(age * (0.1 + 0.8 * chance.next())));
    const gone = number % 21 === 10 && number < 21 * deleted;
    return { ...link, modified_at: gone || chance.chance(0.5) ? touched : null, deleted_at: gone ? touched : null };
  });
}

/** A link for some of the products on sale. */
export function draftLink(
  chance: Random,
  onSale: readonly Pick<Shelf, 'product'>[],
  shop: Pick<Catalog, 'organizationId' | 'discounts' | 'prices'>,
  created_at: string,
): Link {
  const product_ids = chooseProducts(chance, onSale);
  const sold = shop.prices.filter((price) => price.product_id === product_ids[0] && !price.is_archived);
  const client_secret = `polar_cl_${token(chance, 43)}`;
  const trial = chance.chance(0.1);
  return {
    id: uuid(chance),
    created_at,
    modified_at: null,
    deleted_at: null,
    trial_interval: trial ? 'day' : null,
    trial_interval_count: trial ? chance.pick([7, 14, 30]) : null,
    metadata: linkMetadata(chance),
    payment_processor: 'stripe',
    client_secret,
    success_url: chance.chance(0.6) ? 'https://halyard.example.com/thanks?checkout_id={CHECKOUT_ID}' : null,
    return_url: chance.chance(0.3) ? 'https://halyard.example.com/pricing' : null,
    label: chance.pick(LABELS),
    allow_discount_codes: chance.chance(0.8),
    require_billing_address: chance.chance(0.2),
    discount_id: chance.chance(0.2) && shop.discounts.length > 0 ? chance.pick(shop.discounts).id : null,
    seats: sold.some((price) => price.seat_tiers) ? chance.integer(1, 20) : null,
    units: sold.some((price) => price.amount_type === 'unit_based') ? chance.integer(10, 500) : null,
    organization_id: shop.organizationId,
    url: `https://buy.polar.sh/${client_secret}`,
    product_ids,
  };
}

function chooseProducts(chance: Random, onSale: readonly Pick<Shelf, 'product'>[]): string[] {
  if (onSale.length === 0) return [];
  const wanted = chance.pick([1, 1, 1, 2, 2, 3]);
  return [...new Set(Array.from({ length: wanted }, () => chance.pick(onSale).product.id))];
}

function linkMetadata(chance: Random): Link['metadata'] {
  if (chance.chance(0.5)) return {};
  return {
    campaign: chance.pick(['spring', 'autumn', 'always']),
    budget: chance.integer(1, 50) * 100,
    weight: 0.5,
    paid: chance.chance(0.5),
  };
}
