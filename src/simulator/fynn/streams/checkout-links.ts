import { token } from '../../ids.ts';
import { random, type Random } from '../../random.ts';
import { found } from '../../records.ts';
import { catalogEdits } from '../catalog.ts';
import { drawnId } from '../ids.ts';
import type { Link } from '../records.ts';
import { putRecord, type State } from '../state.ts';
import { fynnStream } from '../stream.ts';
import { linkJson } from '../wire.ts';
import { draftItem, placeItems, type ItemFields } from './checkout-link-items.ts';
import { priceEdits } from './price-plans.ts';

/** Edits of checkout links. Fynn: none of them sends a webhook. */
export interface LinkEdits {
  /** A new link; what `fields` leaves open is drawn. Without `items` it gets one. */
  createLink(fields?: Partial<Omit<Link, 'itemIds'>> & { items?: readonly ItemFields[] }): Link;
  updateLink(id: string, changes: Partial<Omit<Link, 'id' | 'itemIds' | 'deletedAt'>>): Link;
  /** The link and its items return 404 from now on, and no price names it anymore. */
  deleteLink(id: string): Link;
}

/** The checkout links. Fynn: a list of them is not documented; those that an active price sells are found by its `checkoutLinkIds`. */
export function linkStream(state: State) {
  const { links } = state;
  const count = state.sizeOf('checkout_links', 12);
  for (let number = 0; number < count; number++) seedLink(state, random(state.seed, 'fynn link', number));
  const edits = linkEdits(state);
  const isServed = (id: string) => links.get(id)?.deletedAt === null;
  return fynnStream<LinkEdits>({
    path: '/checkout-links',
    permission: 'checkout-link:read',
    hasList: () => state.settings.hasLinkList,
    listed: () => [...links.keys()].filter(isServed),
    isServed,
    json: (id) => linkJson(state, id),
    webhooks: {},
    edits,
    driver: {
      create: () => {
        if (![...state.prices.values()].some((price) => price.status === 'active')) priceEdits(state).createPrice();
        return edits.createLink().id;
      },
      edit: (id) => void edits.updateLink(id, { slug: `edited-${state.clock.now()}` }),
      editNested: (id) => renameFirstProduct(state, found(links, id, 'link')),
      remove: (id) => void edits.deleteLink(id),
    },
  });
}

function linkEdits(state: State): LinkEdits {
  const { links } = state;
  return {
    createLink: ({ items = [{}], ...fields } = {}) =>
      placeItems(state, putRecord(links, { ...draftLink(state.chance), ...fields }), items),
    updateLink: (id, changes) => putRecord(links, { ...found(links, id, 'link'), ...changes }),
    deleteLink: (id) => putRecord(links, { ...found(links, id, 'link'), deletedAt: state.clock.now() }),
  };
}

/** Renames the product of the first item, which changes none of the link's own fields. */
function renameFirstProduct(state: State, { itemIds: [id = ''] }: Link): void {
  const { productId } = found(state.prices, found(state.items, id, 'item').priceId, 'price');
  catalogEdits(state).updateProduct(productId, { name: `Umbenannt ${state.clock.now()}` });
}

/** A link with one to three items, of which the first has an active price. */
function seedLink(state: State, chance: Random): void {
  const link = draftLink(chance);
  const all = [...state.prices.values()];
  const active = all.filter((price) => price.status === 'active');
  const items = Array.from({ length: chance.pick([1, 1, 2, 3]) }, (_, position) =>
    draftItem(state, chance, link.id, chance.pick(position === 0 ? active : all)),
  );
  for (const item of items) putRecord(state.items, item);
  putRecord(state.links, { ...link, itemIds: items.map((item) => item.id) });
}

/** A link without items. */
function draftLink(chance: Random): Link {
  const redirects = chance.chance(0.7);
  return {
    id: drawnId(chance),
    afterCheckout: {
      url: redirects ? 'https://halyard.example.com/danke' : null,
      confirmationMessage: redirects ? null : 'Vielen Dank für Ihre Bestellung!',
      action: redirects ? 'redirect' : 'message',
      backToProviderUrl: 'https://halyard.example.com/',
    },
    options: {
      trialDays: chance.chance(0.3) ? 14 : null,
      allowCoupons: chance.chance(0.6),
      quantityEditable: chance.chance(0.5),
      forceCompany: chance.chance(0.2),
    },
    slug: `${chance.pick(['start', 'team', 'partner', 'messe'])}-${token(chance, 6).toLowerCase()}`,
    isEnabled: chance.chance(0.9),
    itemIds: [],
    deletedAt: null,
  };
}
