import type { Discount, Price, Product } from '../catalog/records.ts';
import { discountAmount } from '../money.ts';
import type { State } from '../state.ts';
import type { Checkout, CheckoutDerived, CheckoutRow, FieldMode } from './record.ts';

/** Polar: the discount's amount, trial and payment flags are computed whenever a session is read, from the discount, product and prices of that moment. */
export function derive(state: State, row: CheckoutRow): Checkout {
  const selection = selectionOf(state, row);
  const total_amount = row.net_amount + (row.tax_amount ?? 0);
  return {
    ...row,
    discount_amount: discountAmount(selection.discount, row.amount, row.currency),
    total_amount,
    ...trial(row, selection.product),
    ...paymentNeeds(row, total_amount, selection),
    billing_address_fields: addressFields(row),
  };
}

/** The product, prices and discount of a session. */
export interface Selection {
  product: Product | undefined;
  prices: readonly Price[] | undefined;
  discount: Discount | undefined;
}

/** A session's product, prices and discount, as they are today. */
export function selectionOf(state: State, row: CheckoutRow): Selection {
  const product = row.product_id === null ? undefined : state.products.get(row.product_id);
  return {
    product,
    prices: product && pricesFor(state, row, product),
    discount: row.discount_id === null ? undefined : state.discounts.get(row.discount_id),
  };
}

/** Polar: the prices made for a session where there are some for the product, otherwise the catalog's. */
export function pricesFor(state: State, row: Pick<CheckoutRow, 'ad_hoc_price_ids'>, product: Product): Price[] {
  const own = row.ad_hoc_price_ids
    .flatMap((id) => state.prices.get(id) ?? [])
    .filter((price) => price.product_id === product.id);
  return own.length > 0 ? own : product.price_ids.flatMap((id) => state.prices.get(id) ?? []);
}

function trial(row: CheckoutRow, product: Product | undefined) {
  if (!row.allow_trial || !product) return { active_trial_interval: null, active_trial_interval_count: null };
  return {
    active_trial_interval: row.trial_interval ?? product.trial_interval,
    active_trial_interval_count: row.trial_interval_count ?? product.trial_interval_count,
  };
}

/** Returns the columns on what has to be paid, and on whether the form asks for a payment method. */
export function paymentNeeds(
  row: Pick<CheckoutRow, 'amount' | 'trial_end'>,
  total: number,
  { product, prices, discount }: Selection,
) {
  const is_free_product_price = prices?.every((price) => price.price_amount === 0) ?? false;
  const is_payment_required = total > 0 && row.trial_end === null;
  const metered = prices?.some((price) => price.meter) ?? false;
  const forFree = discount?.duration === 'forever' && discount.basis_points === 10_000;
  const nothingDue = row.amount === 0 && !metered;
  const is_payment_setup_required = !!product?.is_recurring && !is_free_product_price && !nothingDue && !forFree;
  return {
    is_discount_applicable: prices?.some((price) => price.price_amount !== 0) ?? false,
    is_free_product_price,
    is_payment_required,
    is_payment_setup_required,
    is_payment_form_required: is_payment_required || is_payment_setup_required,
  };
}

/** The columns that decide whether the form asks for the address. */
export type AddressTerms = Pick<CheckoutRow, 'require_billing_address' | 'is_business_customer'>;

/** Polar: the form asks for more than the country of businesses, in the US, and where the merchant wants it. */
export function asksAddress(row: AddressTerms, country: string | undefined): boolean {
  return row.require_billing_address || row.is_business_customer || country === 'US';
}

function addressFields(row: CheckoutRow): CheckoutDerived['billing_address_fields'] {
  const country = row.customer_billing_address?.country;
  const whole = asksAddress(row, country);
  const asked: FieldMode = whole ? 'required' : 'disabled';
  const maybe: FieldMode = whole ? 'optional' : 'disabled';
  const state = country === 'US' || country === 'CA' ? 'required' : maybe;
  return { country: 'required', state, city: asked, postal_code: asked, line1: asked, line2: maybe };
}
