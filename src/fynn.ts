// The tables of Fynn, for queries with Drizzle.
export { checkoutLinkItems, checkoutLinks } from './sources/fynn/checkout-link.ts';
export { plans } from './sources/fynn/plan.ts';
export { pricePlanCheckoutLinks, pricePlans } from './sources/fynn/price-plan.ts';
export { products } from './sources/fynn/product.ts';
