import { randomUuid } from '../../ids.ts';
import { micros } from '../../instants.ts';
import { found } from '../../records.ts';
import { onSale } from '../catalog/on-sale.ts';
import type { Product } from '../catalog/records.ts';
import { discountAmount } from '../money.ts';
import { person, type Person } from '../people.ts';
import type { State } from '../state.ts';
import { buyerColumns, fieldData, paymentColumns, taxColumns } from './buyer.ts';
import { draft } from './draft.ts';
import { goods } from './goods.ts';
import type { CheckoutRow } from './record.ts';

/** An open session at today's catalog; `fields` take precedence. */
export function newCheckout(state: State, fields: Partial<CheckoutRow>): CheckoutRow {
  const { chance } = state;
  const product = productFor(state, fields);
  const buyer = newPerson(state);
  const prices = product.price_ids.flatMap((id) => state.prices.get(id) ?? []);
  const drawn = draft(chance, {
    id: fields.id ?? randomUuid(chance),
    organizationId: state.organizationId,
    created: micros(fields.created_at ?? state.clock.now()),
    modified_at: null,
    status: 'open',
    person: buyer,
    goods: goods(chance, product, prices, fields.currency ?? buyer.place.currency),
    alternatives: onSale(state).map((each) => each.id),
    fields: [],
    discount: fields.discount_id ? found(state.discounts, fields.discount_id, 'discount') : undefined,
  });
  const nothing = fields.product_id === null ? { product_ids: [], product_id: null, product_price_id: null } : {};
  return { ...drawn, ...nothing, ...fields };
}

/** The columns that a confirmation sets: whatever is still unknown of the buyer, the tax, the payment. */
export function confirmation(state: State, row: CheckoutRow): Partial<CheckoutRow> {
  const buyer = newPerson(state);
  const typed = buyerColumns(state.chance, buyer, true);
  const address = row.customer_billing_address ?? typed.customer_billing_address;
  const discount = row.discount_id === null ? undefined : state.discounts.get(row.discount_id);
  const net = row.amount - discountAmount(discount, row.amount, row.currency);
  const fields = row.product_id === null ? [] : found(state.products, row.product_id, 'product').custom_fields;
  const attached = fields.flatMap(({ custom_field_id }) => state.customFields.get(custom_field_id) ?? []);
  return {
    status: 'confirmed',
    customer_id: row.customer_id ?? typed.customer_id,
    customer_name: row.customer_name ?? typed.customer_name,
    customer_email: row.customer_email ?? typed.customer_email,
    customer_billing_address: address,
    ...taxColumns(net, buyer, address),
    ...paymentColumns(state.chance, 'confirmed', net === 0),
    custom_field_data: { ...fieldData(state.chance, attached, micros(row.created_at)), ...row.custom_field_data },
  };
}

function newPerson(state: State): Person {
  return person(state.seed, 10_000_000 + state.chance.integer(0, 9_999_999));
}

function productFor(state: State, fields: Partial<CheckoutRow>): Product {
  const wanted = fields.product_id ?? fields.product_ids?.[0];
  return wanted === undefined ? state.chance.pick(onSale(state)) : found(state.products, wanted, 'product');
}
