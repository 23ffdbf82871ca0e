import type { State } from '../state.ts';
import { linkItemStream } from './checkout-link-items.ts';
import { linkStream } from './checkout-links.ts';
import { pricePlanStream } from './price-plans.ts';

/** Every stream of the simulated Fynn, prices first, as links sell them. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const price_plans = pricePlanStream(state);
  const checkout_links = linkStream(state);
  return { price_plans, checkout_links, checkout_link_items: linkItemStream(state, checkout_links.driver) };
}

/** The streams by the name that checkout-sync gives them, without `fynn.`. */
export type Streams = ReturnType<typeof openStreams>;
