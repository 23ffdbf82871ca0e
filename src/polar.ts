// The tables of Polar, for queries with Drizzle.
export { benefitGrants } from './sources/polar/benefit-grant.ts';
export { benefits } from './sources/polar/benefit.ts';
export { checkoutLinkProducts, checkoutLinks } from './sources/polar/checkout-link.ts';
export { checkoutCustomFields, checkoutPrices, checkoutProducts, checkouts } from './sources/polar/checkout.ts';
export { customFields } from './sources/polar/custom-field.ts';
export { customerMeters } from './sources/polar/customer-meter.ts';
export { customers } from './sources/polar/customer.ts';
export { discountProducts, discounts } from './sources/polar/discount.ts';
export { disputes } from './sources/polar/dispute.ts';
export { polarEvents as events } from './sources/polar/event.ts';
export { medias } from './sources/polar/media.ts';
export { meters } from './sources/polar/meter.ts';
export { orderItems, orders } from './sources/polar/order.ts';
export { organizations } from './sources/polar/organizations.ts';
export { payments } from './sources/polar/payment.ts';
export {
  productBenefits,
  productCustomFields,
  productMedias,
  productPrices,
  products,
} from './sources/polar/product.ts';
export { refunds } from './sources/polar/refund.ts';
export { subscriptionMeters, subscriptionPrices, subscriptions } from './sources/polar/subscription.ts';
