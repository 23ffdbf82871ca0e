import { buyers } from '../customers/buyers.ts';
import { seededLinks } from '../links/seed.ts';
import { ordersOf } from '../orders/orders.ts';
import { subscriptionsOf } from '../subscriptions/subscriptions.ts';
import type { State } from '../state.ts';
import { benefitStream } from './benefits.ts';
import { checkoutLinkStream } from './checkout-links.ts';
import { checkoutStream } from './checkouts.ts';
import { customFieldStream } from './custom-fields.ts';
import { customerStream } from './customers.ts';
import { discountStream } from './discounts.ts';
import { orderStream } from './orders.ts';
import { subscriptionStream } from './subscriptions.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const links = seededLinks(state);
  const checkout_links = checkoutLinkStream(state, links);
  const checkouts = checkoutStream(state, links, checkout_links.records);
  const buying = buyers(state, checkouts.sessions);
  const customers = customerStream(state, buying, checkouts.edits);
  const tables = {
    orders: ordersOf(state, checkouts.sessions),
    subscriptions: subscriptionsOf(state, checkouts.sessions),
    customers: buying,
  };
  const orders = orderStream(state, tables, customers);
  const subscriptions = subscriptionStream(state, tables, customers);
  return {
    checkouts,
    checkout_links,
    customers,
    custom_fields: customFieldStream(state),
    benefits: benefitStream(state),
    discounts: discountStream(state),
    orders,
    subscriptions,
  };
}

/** The streams by the name that checkout-sync gives them, without `polar.`. */
export type Streams = ReturnType<typeof openStreams>;
