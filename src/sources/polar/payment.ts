import { index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { BY_AGE, entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { identity, money, polar, versioned } from './schema.ts';

export const payments = withComments(
  polar.table(
    'payments',
    {
      ...identity(),
      processor: text(),
      status: text(),
      amount: money(),
      currency: text(),
      method: text(),
      method_metadata: jsonb(),
      trigger: text(),
      decline_reason: text(),
      decline_message: text(),
      checkout_id: uuid(),
      order_id: uuid(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.status),
      index().on(table.checkout_id),
      index().on(table.order_id),
      index().on(table.organization_id),
    ],
  ),
  'Attempts to pay, including failed ones: only these say why a session or a renewal was not paid. Amounts are in minor units of currency',
  {
    processor: 'stripe',
    status: 'pending, succeeded or failed',
    amount: 'Amount charged, with tax',
    currency: 'ISO 4217 in lower case',
    method: 'card, kr_card, link, sepa_debit, …; wallets pay by card',
    method_metadata: free(
      'Brand of a card; the last digits are not stored, because a payment does not say whose they are',
    ),
    trigger:
      'purchase, subscription_cycle, retry_dunning, retry_customer, retry_payment_method_update or retry_admin; null for older ones',
    decline_reason: 'Why it failed, such as insufficient_funds or card_declined',
    decline_message: 'decline_reason as a sentence',
    checkout_id: 'Checkout session that the attempt was for',
    order_id: 'Order that the attempt was for; for the first order of a session, set once the payment succeeded',
  },
);

/** An attempt to pay. */
export const payment = entity(payments, { dropped: new Set(['processor_metadata']), expiry: BY_AGE });
