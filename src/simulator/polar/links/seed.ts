import { token, randomUuid } from '../../ids.ts';
import { DAY, formatInstant, later } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import type { Product } from '../catalog/records.ts';
import type { Catalog } from '../catalog/seed/catalog.ts';
import { SESSIONS_SINCE } from '../clock-range.ts';
import type { State } from '../state.ts';
import type { Link } from './record.ts';

/** The links that exist at the start, and one deleted link per twenty of them; ascending in `created_at`. */
export function seededLinks({ seed, sizeOf, shop, range }: State): Link[] {
  const count = sizeOf('checkout_links', 40);
  const products = shop.shelves.filter((shelf) => shelf.until === Infinity).map((shelf) => shelf.product);
  const deleted = Math.floor(count / 20);
  const span = SESSIONS_SINCE + 20 * DAY;
  return Array.from({ length: count + deleted }, (_, number) => {
    const chance = random(seed, 'link', number);
    const created = range.now - span + Math.floor((span * (number + 0.1 + 0.8 * chance.next())) / (count + deleted));
    const link = draftLink(chance, products, shop, formatInstant(created));
    const age = Math.max(1000, range.now - created);
    const touched = later(link.created_at, Math.floor(age * (0.1 + 0.8 * chance.next())));
    const gone = number % 21 === 10 && number < 21 * deleted;
    return { ...link, modified_at: gone || chance.chance(0.5) ? touched : null, deleted_at: gone ? touched : null };
  });
}

const NAMES = 'Pricing page,Newsletter,Docs,Black Friday,Conference,Partner,Launch,Upgrade mail';
const LABELS = [...NAMES.split(','), null];

/** The records that a new link may refer to. */
type Offer = Pick<Catalog, 'organizationId' | 'discounts' | 'prices'>;

/** A link that somebody just made, for some of the products. */
export function draftLink(chance: Random, products: readonly Product[], offer: Offer, created_at: string): Link {
  const product_ids = chooseProducts(chance, products);
  const sold = offer.prices.filter((price) => price.product_id === product_ids[0] && !price.is_archived);
  const client_secret = `polar_cl_${token(chance, 43)}`;
  const trial = chance.chance(0.1);
  return {
    id: randomUuid(chance),
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
    discount_id: chance.chance(0.2) && offer.discounts.length > 0 ? chance.pick(offer.discounts).id : null,
    seats: sold.some((price) => price.seat_tiers) ? chance.integer(1, 20) : null,
    units: sold.some((price) => price.amount_type === 'unit_based') ? chance.integer(10, 500) : null,
    organization_id: offer.organizationId,
    url: `https://buy.polar.sh/${client_secret}`,
    product_ids,
  };
}

function chooseProducts(chance: Random, products: readonly Product[]): string[] {
  const wanted = products.length === 0 ? 0 : chance.pick([1, 1, 1, 2, 2, 3]);
  return [...new Set(Array.from({ length: wanted }, () => chance.pick(products).id))];
}

/** Of ten links three have metadata of their own, three none, and four share theirs with others. */
function linkMetadata(chance: Random): Link['metadata'] {
  const place = chance.next();
  if (place < 0.3) return {};
  if (place < 0.6) return { placement: `page-${chance.integer(1, 999_999)}`, budget: chance.integer(1, 50) * 100 };
  const campaign = chance.pick(['spring', 'autumn', 'always']);
  return place < 0.8 ? { campaign } : { campaign, utm_source: 'newsletter', weight: 0.5, paid: true };
}
