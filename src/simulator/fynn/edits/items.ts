import type { Item, Link } from '../records.ts';
import { draftItem } from '../seed/links.ts';
import { found, put, type State } from '../state.ts';

/** What is to be sold; a price that is left open is one of the active ones, and everything else follows from it. */
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

/** The edits on a state. */
export function itemEdits(state: State): ItemEdits {
  const { items, links } = state;
  return {
    setItems: (linkId, fields) => placeItems(state, found(links, linkId, 'link'), fields),
    addItem: (linkId, fields = {}, position) => {
      const link = found(links, linkId, 'link');
      const item = put(items, newItem(state, linkId, fields));
      put(links, { ...link, itemIds: placed(link.itemIds, item.id, position) });
      return item;
    },
    updateItem: (id, changes) => put(items, { ...found(items, id, 'item'), ...changes }),
    removeItem: (id) => {
      const link = linkOf(state, id);
      items.delete(id);
      return put(links, { ...link, itemIds: link.itemIds.filter((other) => other !== id) });
    },
    moveItem: (id, position) => {
      const link = linkOf(state, id);
      return put(links, { ...link, itemIds: placed(link.itemIds, id, position) });
    },
  };
}

/** Puts new items in place of a link's old ones. */
export function placeItems(state: State, link: Link, fields: readonly ItemFields[]): Link {
  const made = fields.map((each) => newItem(state, link.id, each));
  for (const id of link.itemIds) state.items.delete(id);
  for (const item of made) put(state.items, item);
  return put(state.links, { ...link, itemIds: made.map((item) => item.id) });
}

function newItem(state: State, linkId: string, fields: ItemFields): Item {
  const { chance, prices, plans, settings } = state;
  const active = () => [...prices.values()].filter((price) => price.status === 'active');
  const price = fields.priceId === undefined ? chance.pick(active()) : found(prices, fields.priceId, 'price');
  const goods = { price, plans: plans.values(), emptyObjects: settings.emptyObjects };
  return { ...draftItem(chance, linkId, goods), ...fields };
}

function linkOf(state: State, itemId: string): Link {
  return found(state.links, found(state.items, itemId, 'item').linkId, 'link');
}

function placed(ids: readonly string[], id: string, position = ids.length): string[] {
  const others = ids.filter((other) => other !== id);
  return [...others.slice(0, position), id, ...others.slice(position)];
}
