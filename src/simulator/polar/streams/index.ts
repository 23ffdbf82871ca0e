import { seededLinks } from '../links/seed.ts';
import type { State } from '../state.ts';
import { checkoutLinkStream } from './checkout-links.ts';
import { checkoutStream } from './checkouts.ts';
import { customFieldStream } from './custom-fields.ts';
import { customerStream } from './customers.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const links = seededLinks(state);
  const checkout_links = checkoutLinkStream(state, links);
  const checkouts = checkoutStream(state, links, checkout_links.records);
  return {
    checkouts,
    checkout_links,
    customers: customerStream(state, checkouts),
    custom_fields: customFieldStream(state),
  };
}

/** The streams by the name that checkout-sync gives them, without `polar.`. */
export type Streams = ReturnType<typeof openStreams>;
