import { found } from '../records.ts';
import type { Price } from './records.ts';
import type { State } from './state.ts';

/** A link with its items, in the order of the documented fields. */
export function linkJson(state: State, id: string): unknown {
  const { itemIds, deletedAt: _deleted, ...fields } = found(state.links, id, 'link');
  const items = itemIds.map((itemId) => tampered(state, itemId, embedded(state, itemId)));
  return tampered(state, id, { ...fields, items });
}

/** An item as it is read by id. Fynn: without an id, and without its link's. */
export function itemJson(state: State, id: string): unknown {
  return tampered(state, id, itemFields(state, id));
}

/** A price plan with the links that sell it. */
export function priceJson(state: State, id: string): unknown {
  const price = found(state.prices, id, 'price');
  const { productId: _product, customerId: _customer, relations: _form, inUse, tiers, ...fields } = price;
  return tampered(state, id, {
    ...fields,
    ...relationsOf(state, price),
    inUse,
    checkoutLinkIds: linksThatSell(state, id),
    ...(tiers && { tiers: tiers.map((tier) => ({ ...tier })) }),
  });
}

/** A plan with its family and the product it was made from. */
export function planJson(state: State, id: string): unknown {
  const { id: _id, familyId, code, originProductId, ...others } = found(state.plans, id, 'plan');
  const originProduct = productJson(state, originProductId);
  return tampered(state, id, { id, family: { id: familyId }, code, originProduct, ...others });
}

/** A product. */
export function productJson(state: State, id: string): unknown {
  const { isArchived: _archived, ...fields } = found(state.products, id, 'product');
  return tampered(state, id, { ...fields });
}

function embedded(state: State, id: string): Record<string, unknown> {
  return { ...(state.settings.itemIds && { id }), ...itemFields(state, id) };
}

function itemFields(state: State, id: string): Record<string, unknown> {
  const { type, productId, quantity, planId, priceId, periods } = found(state.items, id, 'item');
  return {
    type,
    product: productId === null ? null : productJson(state, productId),
    quantity,
    plan: planId === null ? null : planJson(state, planId),
    price: priceJson(state, priceId),
    periods: periods.map((period) => ({ ...period })),
  };
}

/** Fynn: a relation is an id, an address or the object itself; which one is not documented. */
function relationsOf(state: State, { productId, customerId, relations }: Price): Record<string, unknown> {
  if (relations === 'object')
    return { product: productJson(state, productId), customer: customerId === null ? null : { id: customerId } };
  const written = (kind: string, id: string) => (relations === 'iri' ? `/${kind}/${id}` : id);
  return {
    product: written('products', productId),
    customer: customerId === null ? null : written('customers', customerId),
  };
}

function linksThatSell(state: State, priceId: string): string[] {
  const sells = (itemId: string) => found(state.items, itemId, 'item').priceId === priceId;
  const links = [...state.links.values()].filter((link) => link.deletedAt === null && link.itemIds.some(sells));
  return links.map((link) => link.id);
}

function tampered(state: State, id: string, json: Record<string, unknown>): unknown {
  const tamper = state.tampers.get(id);
  return tamper ? tamper(structuredClone(json)) : json;
}
