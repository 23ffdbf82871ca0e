import { token } from '../../ids.ts';
import { formatInstant } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { CustomField } from '../catalog/records.ts';
import { taxAmount } from '../money.ts';
import type { Person } from '../people.ts';
import type { CheckoutRow } from './record.ts';

type BuyerColumns = Pick<
  CheckoutRow,
  | 'customer_id'
  | 'external_customer_id'
  | 'is_business_customer'
  | 'customer_name'
  | 'customer_email'
  | 'customer_ip_address'
  | 'customer_billing_name'
  | 'customer_billing_address'
  | 'customer_tax_id'
  | 'locale'
>;

/** The columns that a session has of its buyer: all of them once paid, few or none before. */
export function buyerColumns(chance: Random, person: Person, paid: boolean): BuyerColumns {
  const typed = paid || chance.chance(0.45);
  const known = paid || chance.chance(0.12);
  const business = typed && person.company !== null;
  return {
    customer_id: known ? person.id : null,
    external_customer_id: known ? person.external_id : null,
    is_business_customer: business,
    customer_name: typed ? person.name : null,
    customer_email: typed ? person.email : null,
    customer_ip_address: person.ip_address,
    customer_billing_name: business ? person.company : null,
    customer_billing_address: paid || chance.chance(0.2) ? person.address : null,
    customer_tax_id: business ? person.tax_id : null,
    locale: chance.chance(0.7) ? person.locale : null,
  };
}

/** Sales tax, once the address is known. */
export function taxColumns(
  net: number,
  person: Person,
  address: CheckoutRow['customer_billing_address'],
): Pick<CheckoutRow, 'tax_amount' | 'tax_behavior'> {
  if (!address) return { tax_amount: null, tax_behavior: null };
  const { tax_behavior, tax_percent } = person.place;
  return { tax_amount: taxAmount(net, tax_percent, tax_behavior), tax_behavior };
}

/** Polar: a confirmation stores the payment intent with its client secret; free sessions have none. */
export function paymentColumns(
  chance: Random,
  status: CheckoutRow['status'],
  free: boolean,
): Pick<CheckoutRow, 'payment_method_type' | 'payment_processor_metadata'> {
  const publishable_key = 'pk_live_simulator';
  if (status !== 'confirmed' && status !== 'succeeded')
    return { payment_method_type: null, payment_processor_metadata: { publishable_key } };
  const customer_id = `cus_${token(chance, 14)}`;
  if (free) return { payment_method_type: null, payment_processor_metadata: { publishable_key, customer_id } };
  const intent_client_secret = `pi_${token(chance, 24)}_secret_${token(chance, 25)}`;
  const intent_status = status === 'succeeded' ? 'succeeded' : 'processing';
  return {
    payment_method_type: chance.pick(['card', 'card', 'card', 'apple_pay', 'google_pay', 'link', 'sepa_debit']),
    payment_processor_metadata: { publishable_key, customer_id, intent_client_secret, intent_status },
  };
}

/** Values of custom fields by slug; dates are instants, fields left empty null. */
export function fieldData(
  chance: Random,
  fields: readonly CustomField[],
  created: number,
): CheckoutRow['custom_field_data'] {
  return Object.fromEntries(
    fields.map((field) => [field.slug, chance.chance(0.15) ? null : fieldAnswer(chance, field, created)]),
  );
}

function fieldAnswer(chance: Random, { type }: CustomField, created: number): string | number | boolean {
  if (type === 'text') return chance.pick(['Harbour & Sons', 'Migration from another tool', 'Ada L.']);
  if (type === 'number') return chance.integer(12, 400);
  if (type === 'date') return formatInstant(Math.floor(created / 86_400_000_000) * 86_400_000_000);
  if (type === 'checkbox') return true;
  return chance.pick(['s', 'm', 'l', 'xl']);
}
