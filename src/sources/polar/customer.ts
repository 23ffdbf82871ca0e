import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import type { JsonObject } from '../../model/json.ts';
import { personal, pseudonym } from '../../model/privacy.ts';
import { identity, instant, polar, versioned } from './schema.ts';

export const customers = withComments(
  polar.table(
    'customers',
    {
      ...identity(),
      external_id: text(),
      email: text(),
      email_verified: boolean(),
      type: text(),
      name: text(),
      billing_name: text(),
      billing_address: jsonb(),
      tax_id: jsonb(),
      locale: text(),
      avatar_url: text(),
      default_payment_method_id: uuid(),
      first_user_event_at: instant(),
      polar_deleted_at: instant(),
      metadata: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.organization_id),
      index().on(table.created_at),
      index().on(table.email),
      index().on(table.external_id),
      index('customers_buyer_index')
        .on(sql`lower(email)`, table.organization_id, table.id, table.email)
        .where(sql`deleted_at is null and polar_deleted_at is null`),
    ],
  ),
  'Customers, created at the first attempt to pay or by the merchant’s code',
  {
    id: pseudonym('Identifier at the source', 'customer'),
    external_id: personal('Customer in the merchant’s own system; kept by Polar when it deletes the customer', {
      identifies: 'external',
    }),
    email: personal('E-mail address; replaced when the customer is anonymized, null for some teams', {
      identifies: 'email',
    }),
    email_verified: 'Whether the customer has confirmed the e-mail address',
    type: 'individual or team',
    name: personal('Name; replaced when the customer is anonymized'),
    billing_name: personal('Name on the invoice'),
    billing_address: personal('country, line1, line2, postal_code, city, state; null once the customer is anonymized', {
      keeps: ['country', 'state'],
    }),
    tax_id: personal('Tax number and its format, such as eu_vat'),
    locale: 'Language, such as en or fr-CA',
    avatar_url: personal('Picture; usually a Gravatar address, which contains a hash of the e-mail address'),
    default_payment_method_id: 'Payment method charged by default',
    first_user_event_at: 'When the first event about the customer was ingested',
    polar_deleted_at: 'deleted_at, as the API calls it: when Polar deleted it, as seen in webhooks and nested copies',
  },
);

/** Renames the API's `deleted_at`, which has the name of the tombstone: a nested copy proves no deletion. */
function toColumns({ deleted_at, ...record }: JsonObject): JsonObject {
  return deleted_at === undefined ? record : { ...record, polar_deleted_at: deleted_at };
}

/** A customer, of the same form wherever it is sent, except in `customer.state_changed`. */
export const customer = entity(customers, { toColumns, expiry: { until: 'polar_deleted_at' } });
