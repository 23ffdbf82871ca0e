import type { State } from '../state.ts';
import { checkoutLinkStream } from './checkout-links.ts';
import { checkoutStream } from './checkouts.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export const openStreams = (state: State) => ({
  checkouts: checkoutStream(state),
  checkout_links: checkoutLinkStream(state),
});

/** The streams by the name that checkout-sync gives them, without `polar.`. */
export type Streams = ReturnType<typeof openStreams>;
