import { token, randomUuid } from '../../ids.ts';
import { DAY, formatInstant, later, micros } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import { found } from '../../records.ts';
import { linkDiscountJson } from '../catalog/discounts.ts';
import { onSale } from '../catalog/on-sale.ts';
import { priceJson } from '../catalog/prices.ts';
import { linkProductJson, renameProduct } from '../catalog/products.ts';
import type { BillingInterval, Metadata, Product } from '../catalog/records.ts';
import type { Catalog } from '../catalog/seed/catalog.ts';
import { SESSIONS_SINCE } from '../clock-range.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';
import { recordTable, type Table } from '../table.ts';
import { tampered, UnserializableError } from '../tampered.ts';

/** A checkout link: the API's columns, the ids of its products in order, and `deleted_at`. */
export interface Link {
  id: string;
  created_at: string;
  modified_at: string | null;
  /** Polar: links are soft-deleted, and vanish from every response. */
  deleted_at: string | null;
  trial_interval: BillingInterval | null;
  trial_interval_count: number | null;
  metadata: Metadata;
  payment_processor: 'stripe';
  client_secret: string;
  success_url: string | null;
  return_url: string | null;
  label: string | null;
  allow_discount_codes: boolean;
  require_billing_address: boolean;
  discount_id: string | null;
  seats: number | null;
  units: number | null;
  organization_id: string;
  /** Polar: the public address carries the client secret. */
  url: string;
  product_ids: string[];
}

/** Edits of checkout links. Polar: none of them sends a webhook. `at` is the instant of the edit, by default the simulated present. */
export interface LinkEdits {
  /** A new link; what `fields` leaves open is drawn. A `created_at` in the past is allowed, and an equal one. */
  createLink(fields?: Partial<Link>): Link;
  /** A PATCH. Polar: `modified_at` moves even when the values are the same, but not when only `product_ids` is sent. */
  updateLink(id: string, changes: Partial<Omit<Link, 'id' | 'created_at'>>, at?: string): Link;
  /** Polar: a PATCH of the products alone moves no `modified_at` at all. */
  setLinkProducts(id: string, productIds: string[]): Link;
  /** Polar: a soft delete; the link vanishes from lists and returns 404. */
  deleteLink(id: string, at?: string): Link;
  /** Undoes a soft delete, as a hand in the database would. */
  restoreLink(id: string, at?: string): Link;
}

/** The checkout links. */
export function checkoutLinkStream(state: State) {
  const links = recordTable('link', seededLinks(state));
  const edits = linkEdits(state, links);
  state.onArchive((productId, at) => withdraw(links, edits, productId, at));
  return polarStream<Link, LinkRow, LinkEdits>(state, {
    paths: ['/v1/checkout-links'],
    scopes: ['checkout_links:read', 'checkout_links:write'],
    records: links.records,
    isServed: links.isServed,
    json: (id) => linkJson(state, links.get(id)),
    list: {
      rows: ({ product_id }) => linkRows(links, product_id),
      idOf: ({ link }) => link.id,
      filters: { product_id: { type: 'uuid', valueOf: ({ productId }) => productId ?? null } },
      criteria: {
        created_at: ({ link }) => micros(link.created_at),
        label: ({ link }) => link.label,
        success_url: ({ link }) => link.success_url,
        allow_discount_codes: ({ link }) => link.allow_discount_codes,
      },
      defaultSorting: 'created_at',
      texts: (page) => textsOf(state, page),
    },
    webhooks: {},
    edits,
    driver: {
      create: (created_at) => edits.createLink({ ...(created_at && { created_at }) }).id,
      edit: (id) => void edits.updateLink(id, { label: `Edited at ${state.clock.now()}` }),
      editNested: (id) => renameProduct(state, links.get(id).product_ids[0]),
      remove: (id) => void edits.deleteLink(id),
      restore: (id) => void edits.restoreLink(id),
    },
    traffic: () => [[4, (chance) => randomEdit(state, links, edits, chance)]],
  });
}

function linkEdits(state: State, links: Table<Link>): LinkEdits {
  const updateLink: LinkEdits['updateLink'] = (id, changes, at) => {
    const touched = Object.keys(changes).some((key) => key !== 'product_ids');
    return links.put({ ...links.get(id), ...(touched && { modified_at: at ?? state.clock.now() }), ...changes });
  };
  return {
    updateLink,
    createLink: (fields = {}) => {
      const { organizationId, discounts, prices } = state;
      const offer = { organizationId, discounts: [...discounts.values()], prices: [...prices.values()] };
      const created_at = fields.created_at ?? state.clock.now();
      return links.put({ ...draftLink(state.chance, onSale(state), offer, created_at), ...fields });
    },
    setLinkProducts: (id, product_ids) => updateLink(id, { product_ids }),
    deleteLink: (id, at = state.clock.now()) => {
      const link = links.get(id);
      return link.deleted_at === null ? links.put({ ...link, modified_at: at, deleted_at: at }) : link;
    },
    restoreLink: (id, at) => updateLink(id, { deleted_at: null }, at),
  };
}

/** Polar: an archived product leaves every link, which moves no `modified_at`; a link that loses its last product is deleted. */
function withdraw(links: Table<Link>, edits: LinkEdits, productId: string, at: string): void {
  for (const { id, product_ids } of links.served().filter((link) => link.product_ids.includes(productId))) {
    const left = product_ids.filter((other) => other !== productId);
    edits.setLinkProducts(id, left);
    if (left.length === 0) edits.deleteLink(id, at);
  }
}

/**
 * A link; `productIds` are those that the response shows. Polar: the deprecated aliases repeat the first product's first price;
 * throws UnserializableError without one.
 * Polar: `product`, `product_id`, `product_price` and `product_price_id` are sent though not documented.
 */
function linkJson(state: State, link: Link, productIds: readonly string[] = link.product_ids): unknown {
  const { product_ids: _products, deleted_at: _deleted, ...columns } = link;
  const products = productIds.map((productId) => linkProductJson(state, productId));
  const first = productIds[0] === undefined ? undefined : found(state.products, productIds[0], 'product');
  const price = first?.price_ids[0];
  if (!first || price === undefined) throw new UnserializableError(`link ${link.id} has no product with a price`);
  return tampered(state, link.id, {
    ...columns,
    products,
    discount: columns.discount_id === null ? null : linkDiscountJson(state, columns.discount_id),
    product_id: first.id,
    product_price_id: price,
    product: products[0],
    product_price: priceJson(state, price),
  });
}

/** A link, or one of its products when the list is joined with them. */
interface LinkRow {
  link: Link;
  productId?: string;
}

/** Polar: with `product_id`, pages and totals count one row per matching product. */
function linkRows(links: Table<Link>, wanted: readonly string[] | undefined): LinkRow[] {
  if (!wanted) return links.served().map((link) => ({ link }));
  return links
    .served()
    .flatMap((link) => link.product_ids.filter((id) => wanted.includes(id)).map((productId) => ({ link, productId })));
}

/** Polar: a list that is joined with products shows only the matching products of the page. */
function textsOf(state: State, page: readonly LinkRow[]): string[] {
  return [...Map.groupBy(page, ({ link }) => link)].map(([link, rows]) => {
    const shown = rows.flatMap(({ productId }) => productId ?? []);
    return JSON.stringify(linkJson(state, link, shown.length > 0 ? shown : link.product_ids));
  });
}

/** The links that exist at the start, and one deleted link per twenty of them; ascending in `created_at`. */
function seededLinks({ seed, sizeOf, shop, range }: State): Link[] {
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

function draftLink(chance: Random, products: readonly Product[], offer: Offer, created_at: string): Link {
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

function linkMetadata(chance: Random): Link['metadata'] {
  if (chance.chance(0.5)) return {};
  return {
    campaign: chance.pick(['spring', 'autumn', 'always']),
    budget: chance.integer(1, 50) * 100,
    weight: 0.5,
    paid: chance.chance(0.5),
  };
}

function randomEdit(state: State, links: Table<Link>, edits: LinkEdits, chance: Random): void {
  const served = links.served();
  if (served.length < 3 || chance.chance(0.3)) return void edits.createLink();
  const { id, product_ids } = chance.pick(served);
  const others = [...state.products.values()].filter((product) => !product.is_archived && product.price_ids.length > 0);
  if (chance.chance(0.1)) edits.deleteLink(id);
  else if (chance.chance(0.4)) edits.setLinkProducts(id, [...new Set([...product_ids, chance.pick(others).id])]);
  else edits.updateLink(id, { label: `Campaign ${chance.integer(1, 99)}` });
}
