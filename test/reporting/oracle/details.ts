import { isDeepStrictEqual } from 'node:util';
import { micros } from '../../../src/simulator/instants.ts';
import type { CustomField } from '../../../src/simulator/polar/catalog/records.ts';
import type { Checkout } from '../../../src/simulator/polar/checkouts/record.ts';
import type { ReportRow } from './checkouts.ts';
import { picked, type Checkouts } from './derived.ts';
import { digitsOf, knownStates, type AccountTruth } from './truth.ts';

/** Returns the expected rows of analytics.checkout_states. */
export function expectedStates(truth: AccountTruth): ReportRow[] {
  return [...truth.polar.checkouts.values()].flatMap((session) => {
    const states = knownStates(truth, session);
    return states.map(({ at, isExact, via, row }, index) => ({
      source: 'polar',
      account: truth.account,
      checkout_id: row.id,
      valid_from: at,
      valid_to: states[index + 1]?.at ?? null,
      is_exact: isExact,
      via,
      status: row.status,
      has_email: row.customer_email !== null,
      has_address: !!(row.customer_billing_address?.line1 ?? row.customer_billing_address?.postal_code),
      payment_method_type: row.payment_method_type,
      product_id: row.product_id,
      product_price_id: row.product_price_id,
      discount_id: row.discount_id,
      seats: row.seats,
      units: row.units,
      currency: row.currency,
      minor_digits: digitsOf(row.currency),
      amount: row.amount,
      net_amount: row.net_amount,
      tax_amount: row.tax_amount,
      total_amount: row.net_amount + (row.tax_amount ?? 0),
    }));
  });
}

/** Returns the expected rows of analytics.links for Polar. */
export function expectedLinks({ account, polar }: AccountTruth): ReportRow[] {
  const links = [...polar.links.values()].filter(({ deleted_at }) => deleted_at === null);
  return links.map((link) => {
    const twins = links.filter((other) => isDeepStrictEqual(other.metadata, link.metadata));
    const shown = Object.entries(link.metadata).filter(([key]) => key.startsWith('utm_') || key === 'reference_id');
    return {
      source: 'polar',
      account,
      organization_id: link.organization_id,
      link_id: link.id,
      label: link.label,
      is_active: true,
      created_at: micros(link.created_at),
      modified_at: link.modified_at === null ? null : micros(link.modified_at),
      deleted_at: null,
      discount_id: link.discount_id,
      discount_name: polar.discounts.get(link.discount_id ?? '')?.name ?? null,
      product_ids: link.product_ids,
      product_names: link.product_ids.map((id) => polar.products.get(id)?.name ?? ''),
      seats: link.seats,
      units: link.units,
      allow_discount_codes: link.allow_discount_codes,
      metadata: shown.length > 0 ? Object.fromEntries(shown) : null,
      is_attributable: Object.keys(link.metadata).length > 0 && twins.length === 1,
    };
  });
}

/** Returns the expected rows of analytics.custom_field_answers, with the keys that are shown by default. */
export function expectedAnswers({ account, polar }: AccountTruth): ReportRow[] {
  return [...polar.checkouts.values()].flatMap((session) => {
    const attached = polar.products.get(session.product_id ?? '')?.custom_fields ?? [];
    return attached.flatMap(({ custom_field_id, required }) => {
      const field = polar.customFields.get(custom_field_id);
      return field ? [{ account, required, ...answerOf(session, field) }] : [];
    });
  });
}

const optionsOf = ({ properties: { options } }: CustomField) =>
  (Array.isArray(options) ? options : []) as { value: string; label?: string }[];

function answerOf(session: Checkout, field: CustomField): ReportRow {
  const answer = session.custom_field_data[field.slug] ?? null;
  const option = optionsOf(field).find(({ value }) => value === answer);
  const isShown = (field.type === 'select' && option !== undefined) || field.type === 'checkbox';
  const shown = isShown ? answer : null;
  return {
    source: 'polar',
    organization_id: session.organization_id,
    checkout_id: session.id,
    custom_field_id: field.id,
    slug: field.slug,
    name: field.name,
    type: field.type,
    is_answered: answer !== null,
    is_shown: isShown,
    answer_text: shown === null ? null : String(shown),
    answer_number: null,
    answer_date: null,
    answer_boolean: field.type === 'checkbox' ? shown : null,
    option_label: shown === null || !option ? null : (option.label ?? option.value),
  };
}

/** Returns the expected rows of analytics_contacts.checkouts, from those of analytics.checkouts. */
export function expectedContacts(checkouts: Checkouts, truths: readonly AccountTruth[]): ReportRow[] {
  const sessions = new Map(truths.flatMap(({ polar }) => [...polar.checkouts]));
  return checkouts.flatMap((row) => {
    const { customer_email = null, customer_name = null } = sessions.get(String(row.checkout_id)) ?? {};
    return customer_email === null ? [] : [{ ...picked(row, CONTACT_COLUMNS), customer_email, customer_name }];
  });
}

const CONTACT_COLUMNS =
  'source account organization_id checkout_id created_at outcome step country product_id product_name currency minor_digits net_amount total_amount net_money total_money customer_key';
