import type { State } from '../state.ts';
import { checkoutLinkItems } from './checkout-link-items.ts';
import { checkoutLinks } from './checkout-links.ts';
import { pricePlans } from './price-plans.ts';

/** Every stream of the simulated Fynn, prices first, as links sell them. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const price_plans = pricePlans(state);
  const checkout_links = checkoutLinks(state);
  return { price_plans, checkout_links, checkout_link_items: checkoutLinkItems(state, checkout_links.driver) };
}

/** The streams by their resource. */
export type Streams = ReturnType<typeof openStreams>;
