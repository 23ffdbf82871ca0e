import { found } from '../../records.ts';
import { attachedFieldsJson } from '../catalog/custom-fields.ts';
import { checkoutDiscountJson } from '../catalog/discounts.ts';
import { priceJson } from '../catalog/prices.ts';
import { checkoutProductJson } from '../catalog/products.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { derive, pricesFor } from './derive.ts';
import type { Checkout, CheckoutRow } from './record.ts';

/**
 * A session's JSON text. Products, prices and fields come from texts that are kept until the catalog changes:
 * a page of 100 sessions holds the same few products 200 times.
 */
export function checkoutText(state: State, row: CheckoutRow): string {
  const { product_ids, ad_hoc_price_ids: _adHoc, truth: _truth, ...columns }: Checkout = derive(state, row);
  const own = JSON.stringify({ ...columns, ...hiddenAliases(columns) });
  const nested = [
    `"products":[${product_ids.map((id) => productText(state, id)).join(',')}]`,
    `"product":${row.product_id === null ? 'null' : productText(state, row.product_id)}`,
    `"product_price":${row.product_price_id === null ? 'null' : priceText(state, row.product_price_id)}`,
    `"prices":${pricesText(state, row)}`,
    `"discount":${row.discount_id === null ? 'null' : kept(state, `discount ${row.discount_id}`, () => checkoutDiscountJson(state, row.discount_id ?? ''))}`,
    `"attached_custom_fields":${fieldsText(state, row.product_id)}`,
  ];
  const text = `${own.slice(0, -1)},${nested.join(',')}}`;
  return state.tampers.has(row.id) ? JSON.stringify(tampered(state, row.id, JSON.parse(text))) : text;
}

/** Polar: aliases that are sent though not documented. */
function hiddenAliases(columns: Omit<Checkout, 'product_ids' | 'ad_hoc_price_ids' | 'truth'>) {
  const { billing_address_fields, external_customer_id, net_amount } = columns;
  const asked = Object.entries(billing_address_fields).map(([field, mode]) => [field, mode === 'required']);
  return {
    customer_external_id: external_customer_id,
    customer_billing_address_fields: Object.fromEntries(asked),
    subtotal_amount: net_amount,
  };
}

function productText(state: State, id: string): string {
  return kept(state, `product ${id}`, () => checkoutProductJson(state, id));
}

function priceText(state: State, id: string): string {
  return kept(state, `price ${id}`, () => priceJson(state, id));
}

/** Polar: null for a session without products. */
function pricesText(state: State, row: CheckoutRow): string {
  if (row.product_ids.length === 0) return 'null';
  const lists = row.product_ids.map((id) => {
    const prices = pricesFor(state, row, found(state.products, id, 'product'));
    return `"${id}":[${prices.map((price) => priceText(state, price.id)).join(',')}]`;
  });
  return `{${lists.join(',')}}`;
}

/** Polar: the fields of the selected product, null without one. */
function fieldsText(state: State, productId: string | null): string {
  if (productId === null) return 'null';
  return kept(state, `fields ${productId}`, () =>
    attachedFieldsJson(state, found(state.products, productId, 'product')),
  );
}

function kept(state: State, key: string, build: () => unknown): string {
  const known = state.texts.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(build());
  state.texts.set(key, text);
  return text;
}
