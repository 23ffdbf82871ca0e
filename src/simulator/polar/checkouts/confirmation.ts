import { micros } from '../../instants.ts';
import { found } from '../../records.ts';
import { person } from '../people.ts';
import type { State } from '../state.ts';
import { addressAsked, fieldData, identity, paymentColumns } from './buyer.ts';
import { selectionOf } from './derive.ts';
import { pricing } from './money.ts';
import type { CheckoutRow, PostalAddress } from './record.ts';

/** The session after its buyer clicks pay: with whatever was still unknown of the buyer, priced again, with a payment on the way. */
export function confirmation(state: State, row: CheckoutRow): CheckoutRow {
  const known = { ...row, ...buyerOf(state, row) };
  const { money, needsForm } = pricing(known, selectionOf(state, known));
  const payment = paymentColumns(state.chance, { status: 'confirmed', actions: new Set(['confirmed']), needsForm });
  return {
    ...known,
    ...money,
    status: 'confirmed',
    payment_method_type: needsForm ? (row.payment_method_type ?? payment.payment_method_type) : null,
    payment_processor_metadata: { ...payment.payment_processor_metadata, ...row.payment_processor_metadata },
    custom_field_data: { ...fieldsOf(state, row), ...row.custom_field_data },
  };
}

function buyerOf(state: State, row: CheckoutRow) {
  const buyer = person(state.seed, row.truth.buyer);
  const who = identity(buyer);
  const address = row.customer_billing_address;
  const isKept = address !== null && (isTyped(address) || address.country !== buyer.place.country);
  return {
    ...who,
    customer_id: row.customer_id ?? buyer.id,
    customer_name: row.customer_name ?? who.customer_name,
    customer_email: row.customer_email ?? who.customer_email,
    customer_billing_address: isKept ? address : addressAsked(buyer, { ...row, ...who }),
  };
}

/** True for an address that a person gave: one that comes from the IP address has the country alone. */
function isTyped({ line1, postal_code }: PostalAddress): boolean {
  return line1 !== null || postal_code !== null;
}

function fieldsOf(state: State, { product_id, created_at }: CheckoutRow): CheckoutRow['custom_field_data'] {
  if (product_id === null) return {};
  const { custom_fields } = found(state.products, product_id, 'product');
  const attached = custom_fields.flatMap(({ custom_field_id }) => state.customFields.get(custom_field_id) ?? []);
  return fieldData(state.chance, attached, micros(created_at));
}
