import type { State } from '../state.ts';
import { checkoutLinks } from './checkout-links.ts';
import { checkouts } from './checkouts.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export const openStreams = (state: State) => ({
  checkouts: checkouts(state),
  checkout_links: checkoutLinks(state),
});

/** The streams by their resource. */
export type Streams = ReturnType<typeof openStreams>;
