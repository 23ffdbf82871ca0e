import { seededLinks } from '../links/seed.ts';
import type { State } from '../state.ts';
import { checkoutLinkStream } from './checkout-links.ts';
import { checkoutStream } from './checkouts.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const links = seededLinks(state);
  const checkout_links = checkoutLinkStream(state, links);
  return { checkouts: checkoutStream(state, links, checkout_links.records), checkout_links };
}

/** The streams by the name that checkout-sync gives them, without `polar.`. */
export type Streams = ReturnType<typeof openStreams>;
