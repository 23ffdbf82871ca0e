import type { State } from '../state.ts';
import { checkoutLinkItems } from './checkout-link-items.ts';
import { checkoutLinks } from './checkout-links.ts';
import { pricePlans } from './price-plans.ts';

/** Every stream of the simulated Fynn, prices first, as links sell them. A stream is added by its file and its line here. */
export const openStreams = (state: State) => ({
  price_plans: pricePlans(state),
  checkout_links: checkoutLinks(state),
  checkout_link_items: checkoutLinkItems(state),
});

/** The streams by their resource. */
export type Streams = ReturnType<typeof openStreams>;
