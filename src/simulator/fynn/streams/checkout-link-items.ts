import type { StreamDriver } from '../../driver.ts';
import { placed } from '../../placed.ts';
import { at, type Random } from '../../random.ts';
import { found } from '../../records.ts';
import { drawnId } from '../ids.ts';
import type { Item, Link, Period, Price } from '../records.ts';
import { putRecord, type State } from '../state.ts';
import { fynnStream } from '../stream.ts';
import { itemJson } from '../wire.ts';
import { absentValue } from './price-plans.ts';

/** A thing to be sold; a price that is left open is one of the active ones, and everything else follows from it. */
export type ItemFields = Partial<Omit<Item, 'linkId'>>;

/** Edits of a link's items. Fynn: none of them sends a webhook. */
export interface ItemEdits {
  /** Other items in place of all that were there; each gets a new id unless `items` names one. */
  setItems(linkId: string, items: readonly ItemFields[]): Link;
  /** The position is the end by default. */
  addItem(linkId: string, fields?: ItemFields, position?: number): Item;
  updateItem(id: string, changes: Partial<Omit<Item, 'id' | 'linkId'>>): Item;
  removeItem(id: string): Link;
  moveItem(id: string, position: number): Link;
}

/** The items of links. Fynn: they have no list. */
export function linkItemStream(state: State, linkDriver: Pick<StreamDriver, 'create'>) {
  const { items, links } = state;
  const edits = itemEdits(state);
  const isServed = (id: string) => links.get(items.get(id)?.linkId ?? '')?.deletedAt === null;
  return fynnStream<ItemEdits>({
    path: '/checkout-link-items',
    permission: 'checkout-link:read',
    hasList: () => false,
    listed: () => [...items.keys()].filter(isServed),
    isServed,
    json: (id) => itemJson(state, id),
    webhooks: {},
    edits,
    driver: {
      create: () => at(found(links, linkDriver.create(), 'link').itemIds, 0),
      edit: (id) => void edits.updateItem(id, { quantity: (found(items, id, 'item').quantity ?? 0) + 1 }),
      remove: (id) => void edits.removeItem(id),
    },
  });
}

function itemEdits(state: State): ItemEdits {
  const { items, links } = state;
  return {
    setItems: (linkId, fields) => placeItems(state, found(links, linkId, 'link'), fields),
    addItem: (linkId, fields = {}, position) => {
      const link = found(links, linkId, 'link');
      const item = putRecord(items, newItem(state, linkId, fields));
      putRecord(links, { ...link, itemIds: placed(link.itemIds, item.id, position) });
      return item;
    },
    updateItem: (id, changes) => putRecord(items, { ...found(items, id, 'item'), ...changes }),
    removeItem: (id) => {
      const link = linkOf(state, id);
      items.delete(id);
      return putRecord(links, { ...link, itemIds: link.itemIds.filter((other) => other !== id) });
    },
    moveItem: (id, position) => {
      const link = linkOf(state, id);
      return putRecord(links, { ...link, itemIds: placed(link.itemIds, id, position) });
    },
  };
}

/** Puts new items in place of a link's old ones. */
export function placeItems(state: State, link: Link, fields: readonly ItemFields[]): Link {
  const made = fields.map((each) => newItem(state, link.id, each));
  for (const id of link.itemIds) state.items.delete(id);
  for (const item of made) putRecord(state.items, item);
  return putRecord(state.links, { ...link, itemIds: made.map((item) => item.id) });
}

function newItem(state: State, linkId: string, fields: ItemFields): Item {
  const { chance, prices } = state;
  const active = () => [...prices.values()].filter((price) => price.status === 'active');
  const price = fields.priceId === undefined ? chance.pick(active()) : found(prices, fields.priceId, 'price');
  return { ...draftItem(state, chance, linkId, price), ...fields };
}

/** An item that sells a price: a quantity of its product, or a plan that its product is the origin of. */
export function draftItem({ plans, settings }: State, chance: Random, linkId: string, price: Price): Item {
  const fitting = [...plans.values()].filter((plan) => plan.originProductId === price.productId);
  const plan = fitting.length > 0 && chance.chance(0.5) ? chance.pick(fitting) : undefined;
  return {
    id: drawnId(chance),
    linkId,
    type: plan ? 'plan' : 'product',
    productId: plan ? null : price.productId,
    quantity: plan ? null : chance.integer(1, 5),
    planId: plan?.id ?? null,
    priceId: price.id,
    periods: Array.from({ length: chance.integer(0, 2) }, () => draftPeriod(chance, settings.emptyObjects)),
  };
}

function draftPeriod(chance: Random, emptyObjects: boolean): Period {
  return {
    contractPeriod: chance.chance(0.5) ? '1Y' : absentValue(chance, emptyObjects),
    cancellationPeriod: chance.chance(0.5) ? '3M' : absentValue(chance, emptyObjects),
  };
}

function linkOf({ items, links }: State, itemId: string): Link {
  return found(links, found(items, itemId, 'item').linkId, 'link');
}
