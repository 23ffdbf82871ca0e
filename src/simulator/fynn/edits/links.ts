import type { Link } from '../records.ts';
import { draftLink } from '../seed/links.ts';
import { found, put, type State } from '../state.ts';
import { placeItems, type ItemFields } from './items.ts';

/** Edits of checkout links. Fynn: none of them sends a webhook. */
export interface LinkEdits {
  /** A new link; what `fields` leaves open is drawn. Without `items` it gets one. */
  createLink(fields?: Partial<Omit<Link, 'itemIds'>> & { items?: readonly ItemFields[] }): Link;
  updateLink(id: string, changes: Partial<Omit<Link, 'id' | 'itemIds' | 'deletedAt'>>): Link;
  /** The link and its items answer 404 from now on, and no price names it any more. */
  deleteLink(id: string): Link;
}

/** The edits on a state. */
export function linkEdits(state: State): LinkEdits {
  const { links } = state;
  return {
    createLink: ({ items = [{}], ...fields } = {}) =>
      placeItems(state, put(links, { ...draftLink(state.chance), ...fields }), items),
    updateLink: (id, changes) => put(links, { ...found(links, id, 'link'), ...changes }),
    deleteLink: (id) => put(links, { ...found(links, id, 'link'), deletedAt: state.clock.now() }),
  };
}
