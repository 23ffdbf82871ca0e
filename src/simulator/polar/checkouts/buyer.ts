import { token } from '../../ids.ts';
import { formatInstant } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { CustomField } from '../catalog/records.ts';
import type { CheckoutAction } from '../edit-log.ts';
import type { Person } from '../people.ts';
import { asksAddress, type AddressTerms } from './derive.ts';
import type { CheckoutRow, CheckoutStatus, PostalAddress } from './record.ts';

/** Returns the columns that the buyer's form fills with their identity. */
export function identity(person: Person) {
  const isBusiness = person.company !== null;
  return {
    is_business_customer: isBusiness,
    customer_name: person.name,
    customer_email: person.email,
    customer_billing_name: person.company,
    customer_tax_id: isBusiness ? person.tax_id : null,
  };
}

/** Returns the country alone. Polar: filled in from the IP address as soon as a session has one. */
export function countryOnly({ place: { country } }: Person): PostalAddress {
  return { country, line1: null, line2: null, postal_code: null, city: null, state: null };
}

/** Returns the address that a form requires at the payment: all of it, or the country, with the state in Canada. */
export function addressAsked(person: Person, row: AddressTerms): PostalAddress {
  const { address, place } = person;
  if (asksAddress(row, place.country)) return address;
  return place.country === 'CA' ? { ...countryOnly(person), state: address.state } : countryOnly(person);
}

/** Progress of a session's payment. */
export interface PaymentProgress {
  status: CheckoutStatus;
  actions: ReadonlySet<CheckoutAction>;
  needsForm: boolean;
}

/**
 * Polar: the form names the payment method before an attempt, and a confirmation stores the intent with its client secret; free
 * sessions have neither.
 */
export function paymentColumns(
  chance: Random,
  { status, actions, needsForm }: PaymentProgress,
): Pick<CheckoutRow, 'payment_method_type' | 'payment_processor_metadata'> {
  const isTried = actions.has('confirmed');
  const isPaid = status === 'confirmed' || status === 'succeeded';
  const method = chance.pick(['card', 'card', 'card', 'apple_pay', 'google_pay', 'link', 'sepa_debit']);
  return {
    payment_method_type: needsForm && (isTried || actions.has('method_chosen')) ? method : null,
    payment_processor_metadata: {
      publishable_key: 'pk_live_simulator',
      ...(isTried && { customer_id: `cus_${token(chance, 14)}` }),
      ...(isPaid && needsForm && intent(chance, status)),
    },
  };
}

function intent(chance: Random, status: CheckoutStatus) {
  return {
    intent_client_secret: `pi_${token(chance, 24)}_secret_${token(chance, 25)}`,
    intent_status: status === 'succeeded' ? 'succeeded' : 'processing',
  };
}

/** Returns the values of custom fields by slug; dates are instants, empty fields null. */
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
