import { discountAmount, taxAmount } from '../money.ts';
import { placeOf } from '../places.ts';
import type { State } from '../state.ts';
import { paymentNeeds, selectionOf, type Selection } from './derive.ts';
import type { CheckoutRow } from './record.ts';

/** The amounts that Polar stores beside the price, and whether there is a form to pay with. */
export interface Pricing {
  money: Pick<CheckoutRow, 'net_amount' | 'tax_amount' | 'tax_behavior'>;
  needsForm: boolean;
}

/** A session's columns that its money depends on. */
type Priced = Pick<CheckoutRow, 'amount' | 'currency' | 'trial_end' | 'customer_billing_address' | 'product_price_id'>;

/**
 * The amounts of a session under the discount and the prices of the moment; those that are `given` take precedence.
 * Polar: a tax that the price includes is taken out of the net amount, any other comes on top.
 */
export function pricing(row: Priced, selection: Selection, given: Partial<Pricing['money']> = {}): Pricing {
  const due = row.amount - discountAmount(selection.discount, row.amount, row.currency);
  const needsForm = paymentNeeds(row, due, selection).is_payment_form_required;
  const tax = needsForm ? taxed(due, row, selection) : NO_TAX;
  const { tax_amount = tax.tax_amount, tax_behavior = tax.tax_behavior } = given;
  const { net_amount = tax_behavior === 'inclusive' ? due - (tax_amount ?? 0) : due } = given;
  return { needsForm, money: { net_amount, tax_amount, tax_behavior } };
}

/** Polar: a session is priced again at each update. A payment method is kept only where there is something to pay. */
export function priceAgain(state: State, row: CheckoutRow, given?: Partial<Pricing['money']>): CheckoutRow {
  const { money, needsForm } = pricing(row, selectionOf(state, row), given);
  return { ...row, ...money, ...(!needsForm && { payment_method_type: null }) };
}

type Tax = Pick<CheckoutRow, 'tax_amount' | 'tax_behavior'>;

/** Polar: there is no tax on what needs no payment. */
const NO_TAX: Tax = { tax_amount: 0, tax_behavior: null };

/** Polar: unknown until the place is. */
const UNKNOWN_TAX: Tax = { tax_amount: null, tax_behavior: null };

function taxed(
  due: number,
  { customer_billing_address: address, product_price_id }: Priced,
  { prices }: Selection,
): Tax {
  const place = address ? placeOf(address) : undefined;
  if (!place) return UNKNOWN_TAX;
  const wanted = prices?.find(({ id }) => id === product_price_id)?.tax_behavior ?? 'location';
  const tax_behavior = wanted === 'location' ? place.tax_behavior : wanted;
  return { tax_amount: taxAmount(due, place.tax_percent, tax_behavior), tax_behavior };
}
