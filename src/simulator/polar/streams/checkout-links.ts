import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { onSale } from '../catalog/on-sale.ts';
import { renameProduct } from '../catalog/products.ts';
import { changeOf } from '../edit-log.ts';
import type { Link } from '../links/record.ts';
import { draftLink } from '../links/seed.ts';
import { linkJson, linkRows, textsOf, type LinkRow } from '../links/wire.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';
import { recordTable, type Table } from '../table.ts';

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

/** The checkout links, beginning with those that exist at the start. */
export function checkoutLinkStream(state: State, seeded: readonly Link[]) {
  const links = loggedTable(state, recordTable('link', seeded));
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

/** The table, with every change in the edit log. */
function loggedTable(state: State, links: Table<Link>): Table<Link> {
  return {
    ...links,
    put: (link) => {
      state.log.links.push(changeOf(state, links.records.get(link.id), link));
      return links.put(link);
    },
  };
}

function linkEdits(state: State, links: Table<Link>): LinkEdits {
  const updateLink: LinkEdits['updateLink'] = (id, changes, at) => {
    const touched = Object.keys(changes).some((key) => key !== 'product_ids');
    return links.put({ ...links.get(id), ...(touched && { modified_at: at ?? state.clock.now() }), ...changes });
  };
  return {
    updateLink,
    createLink: (fields = {}) => {
      const [products, { organizationId, discounts, prices }] = [onSale(state), state];
      const offer = { organizationId, discounts: [...discounts.values()], prices: [...prices.values()] };
      const created_at = fields.created_at ?? state.clock.now();
      return links.put({ ...draftLink(state.chance, products, offer, created_at), ...fields });
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

function randomEdit(state: State, links: Table<Link>, edits: LinkEdits, chance: Random): void {
  const served = links.served();
  if (served.length < 3 || chance.chance(0.3)) return void edits.createLink();
  const { id, product_ids } = chance.pick(served);
  const others = [...state.products.values()].filter((product) => !product.is_archived && product.price_ids.length > 0);
  if (chance.chance(0.1)) edits.deleteLink(id);
  else if (chance.chance(0.4)) edits.setLinkProducts(id, [...new Set([...product_ids, chance.pick(others).id])]);
  else edits.updateLink(id, { label: `Campaign ${chance.integer(1, 99)}` });
}
