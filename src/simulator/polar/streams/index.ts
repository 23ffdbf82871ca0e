import { grantedBenefits } from '../grants/grants.ts';
import { billingEvents } from '../events/event.ts';
import { buyers } from '../customers/buyers.ts';
import { seededLinks } from '../links/seed.ts';
import { billing } from '../subscriptions/billing.ts';
import { subscriptionsOf } from '../subscriptions/subscriptions.ts';
import { salesOf } from '../orders/sales.ts';
import { customerMetersOf } from '../usage/customer-meters.ts';
import type { State } from '../state.ts';
import { benefitGrantStream } from './benefit-grants.ts';
import { benefitStream } from './benefits.ts';
import { checkoutLinkStream } from './checkout-links.ts';
import { checkoutStream } from './checkouts.ts';
import { eventStream } from './events.ts';
import { customFieldStream } from './custom-fields.ts';
import { customerStream } from './customers.ts';
import { discountStream } from './discounts.ts';
import { meterStream } from './meters.ts';
import { organizationStream } from './organizations.ts';
import { productStream } from './products.ts';
import { disputeStream } from './disputes.ts';
import { customerMeterStream } from './customer-meters.ts';
import { orderStream } from './orders.ts';
import { subscriptionStream } from './subscriptions.ts';
import { paymentStream } from './payments.ts';
import { refundStream } from './refunds.ts';

/** Every stream of the simulated Polar. A stream is added by its file and its line here. */
export function openStreams(state: State) {
  const links = seededLinks(state);
  const checkout_links = checkoutLinkStream(state, links);
  const checkouts = checkoutStream(state, links, checkout_links.records);
  const buying = buyers(state, checkouts.sessions);
  const customers = customerStream(state, buying, checkouts.edits);
  const sales = salesOf(state, { ...checkouts, customers: buying });
  const subscribing = subscriptionsOf(state, checkouts.sessions);
  const orders = orderStream(state, { ...sales, subscriptions: subscribing }, customers);
  const usage = { usage: customerMetersOf(state, subscribing), customers: buying };
  const billed = { subscriptions: subscribing, bills: billing(sales.orders, orders.edits), ...usage };
  const subscriptions = subscriptionStream(state, billed, customers);
  const disputes = disputeStream(state, sales, customers);
  const refunds = refundStream(state, sales, disputes);
  const granting = { grants: grantedBenefits(state, subscribing), customers: buying };
  const noted = { events: billingEvents(state, { sales, subscriptions: subscribing }), customers: buying };
  return {
    checkouts,
    checkout_links,
    customers,
    custom_fields: customFieldStream(state),
    benefits: benefitStream(state),
    discounts: discountStream(state),
    products: productStream(state),
    meters: meterStream(state),
    organizations: organizationStream(state),
    orders,
    subscriptions,
    refunds,
    disputes,
    customer_meters: customerMeterStream(state, usage, customers),
    payments: paymentStream(state, sales),
    benefit_grants: benefitGrantStream(state, granting, customers),
    events: eventStream(state, noted, customers),
  };
}

/** The streams by the name that checkout-sync gives them, without `polar.`. */
export type Streams = ReturnType<typeof openStreams>;
