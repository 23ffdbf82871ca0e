import type { Link } from '../link-record.ts';
import { draftLink } from '../seed/links.ts';
import { found, type State } from '../state.ts';
import { onSale } from '../catalog/on-sale.ts';
import { replace } from '../catalog/replace.ts';

/** Edits of checkout links. Polar: none of them sends a webhook. `at` is the instant of the edit, by default the simulated present. */
export interface LinkEdits {
  /** A new link; what `fields` leaves open is drawn. A `created_at` in the past is allowed, and an equal one. */
  createLink(fields?: Partial<Link>): Link;
  /** A PATCH. Polar: `modified_at` moves even when the values are the same, but not when only `product_ids` is sent. */
  updateLink(id: string, changes: Partial<Omit<Link, 'id' | 'created_at'>>, at?: string): Link;
  /** Polar: a PATCH of the products alone moves no `modified_at` at all. */
  setLinkProducts(id: string, productIds: string[]): Link;
  /** Polar: a soft delete; the link vanishes from lists and answers 404. */
  deleteLink(id: string, at?: string): Link;
  /** Undoes a soft delete, as a hand in the database would. */
  restoreLink(id: string, at?: string): Link;
}

/** The edits on a state. */
export function linkEdits(state: State): LinkEdits {
  const updateLink: LinkEdits['updateLink'] = (id, changes, at) => {
    const link = found(state.links, id, 'link');
    const touched = Object.keys(changes).some((key) => key !== 'product_ids');
    return replace(state, state.links, {
      ...link,
      ...(touched && { modified_at: at ?? state.clock.now() }),
      ...changes,
    });
  };
  return {
    updateLink,
    createLink: (fields = {}) => createLink(state, fields),
    setLinkProducts: (id, product_ids) => updateLink(id, { product_ids }),
    deleteLink: (id, at) => deleteLink(state, id, at),
    restoreLink: (id, at) => {
      const link = updateLink(id, { deleted_at: null }, at);
      state.linkTimeline.insert(id);
      return link;
    },
  };
}

/** The soft delete, also for links that lose their last product. */
export function deleteLink(state: State, id: string, at = state.clock.now()): Link {
  const link = found(state.links, id, 'link');
  if (link.deleted_at !== null) return link;
  state.linkTimeline.remove(id);
  return replace(state, state.links, { ...link, modified_at: at, deleted_at: at });
}

function createLink(state: State, fields: Partial<Link>): Link {
  const { organizationId, chance } = state;
  const shop = { organizationId, discounts: [...state.discounts.values()], prices: [...state.prices.values()] };
  const drawn = draftLink(
    chance,
    onSale(state).map((product) => ({ product })),
    shop,
    fields.created_at ?? state.clock.now(),
  );
  const link = replace(state, state.links, { ...drawn, ...fields });
  if (link.deleted_at === null) state.linkTimeline.insert(link.id);
  return link;
}
