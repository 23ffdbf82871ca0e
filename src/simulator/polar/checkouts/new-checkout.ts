import { randomUuid } from '../../ids.ts';
import { micros } from '../../instants.ts';
import { found } from '../../records.ts';
import { onSale } from '../catalog/on-sale.ts';
import type { Discount, Product } from '../catalog/records.ts';
import type { Link } from '../links/record.ts';
import { isGivenIn } from '../money.ts';
import { person, type Person } from '../people.ts';
import type { State } from '../state.ts';
import { draft } from './draft.ts';
import { goods, type Goods } from './goods.ts';
import { priceAgain } from './money.ts';
import { apiOrigin, drawQuery, linkOrigin, type LinkQuery, type Origin } from './origin.ts';
import type { CheckoutRow } from './record.ts';

/** An open session that the merchant's code makes, at today's catalog; `fields` take precedence. */
export function newCheckout(state: State, fields: Partial<CheckoutRow>): CheckoutRow {
  const buyer = newPerson(state);
  const product = productFor(state, fields);
  const others = onSale(state).filter(({ id }) => id !== product.id && state.chance.chance(0.05));
  const product_ids = [product.id, ...others.map(({ id }) => id)];
  const drawn = drawUp(state, { origin: apiOrigin(state.chance, buyer), buyer, product, product_ids }, fields);
  const nothing = fields.product_id === null ? { product_ids: [], product_id: null, product_price_id: null } : {};
  return withFields(state, { ...drawn, ...nothing }, fields);
}

/** An open session of somebody who visits a link. Polar: for the first of its products that is on sale; throws RangeError when none is. */
export function newVisit(
  state: State,
  link: Link,
  query: LinkQuery | undefined,
  fields: Partial<CheckoutRow>,
): CheckoutRow {
  const { chance, products } = state;
  const buyer = newPerson(state);
  const product_ids = link.product_ids.filter((id) => !products.get(id)?.is_archived);
  const product = products.get(product_ids[0] ?? '');
  if (!product) throw new RangeError(`link ${link.id} has no product on sale`);
  const origin = linkOrigin(chance, link, buyer, query ?? drawQuery(chance, buyer));
  return withFields(state, drawUp(state, { origin, buyer, product, product_ids }, fields), fields);
}

interface Start {
  origin: Origin;
  buyer: Person;
  product: Product;
  product_ids: string[];
}

function drawUp(state: State, start: Start, fields: Partial<CheckoutRow>): CheckoutRow {
  const { chance } = state;
  const { origin, buyer, product } = start;
  const prices = product.price_ids.flatMap((id) => state.prices.get(id) ?? []);
  const chosen = goods(chance, product, prices, fields.currency ?? buyer.place.currency);
  return draft(chance, {
    ...start,
    id: fields.id ?? randomUuid(chance),
    organizationId: state.organizationId,
    created: micros(fields.created_at ?? state.clock.now()),
    modified_at: null,
    opened_at: null,
    failures: 0,
    status: 'open',
    actions: new Set(),
    goods: chosen,
    fields: [],
    discount: discountOf(state, origin, chosen, fields.discount_id),
  });
}

/** The discount that is asked for, or the link's. Polar: a link's discount that is not valid is left out. */
function discountOf(state: State, origin: Origin, { prices }: Goods, wanted?: string | null): Discount | undefined {
  if (wanted !== undefined) return wanted === null ? undefined : found(state.discounts, wanted, 'discount');
  const given = state.discounts.get(origin.discount_id ?? '');
  return given && given.deleted_at === null && isGivenIn(given, prices[0]?.price_currency) ? given : undefined;
}

/** The session with given columns, and with the money that follows from them where it is not given. */
function withFields(state: State, drawn: CheckoutRow, fields: Partial<CheckoutRow>): CheckoutRow {
  return { ...priceAgain(state, { ...drawn, ...fields }, fields), ...fields };
}

/** Somebody who has not bought before. */
export function newPerson(state: State): Person {
  return person(state.seed, 10_000_000 + state.chance.integer(0, 9_999_999));
}

function productFor(state: State, fields: Partial<CheckoutRow>): Product {
  const wanted = fields.product_id ?? fields.product_ids?.[0];
  return wanted === undefined ? state.chance.pick(onSale(state)) : found(state.products, wanted, 'product');
}
