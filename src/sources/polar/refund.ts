import { boolean, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { BY_AGE, entity } from '../../model/entity.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { pseudonym } from '../../model/privacy.ts';
import { dispute, disputes } from './dispute.ts';
import { identity, money, polar, versioned } from './schema.ts';

export const refunds = withComments(
  polar.table(
    'refunds',
    {
      ...identity(),
      status: text(),
      reason: text(),
      amount: money(),
      tax_amount: money(),
      currency: text(),
      order_id: uuid(),
      subscription_id: uuid(),
      customer_id: uuid(),
      dispute_id: uuid().references(() => disputes.id),
      revoke_benefits: boolean(),
      metadata: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.order_id),
      index().on(table.subscription_id),
      index().on(table.customer_id),
      index().on(table.dispute_id),
      index().on(table.organization_id),
    ],
  ),
  'Refunds of orders, in part or in full. Amounts are in minor units of currency',
  {
    status: 'pending, succeeded, failed or canceled; only succeeded refunds count, and these can still fail',
    reason:
      'duplicate, fraudulent, customer_request, service_disruption, satisfaction_guarantee, dispute_prevention or other',
    amount: 'Amount without tax',
    tax_amount: 'Tax',
    currency: 'ISO 4217 in lower case',
    order_id: 'Order that is refunded',
    subscription_id: 'Subscription of the order',
    customer_id: pseudonym('Customer of the order', 'customer'),
    dispute_id: 'Dispute that it prevents or follows',
    revoke_benefits: 'Whether the customer loses the benefits',
  },
);

/**
 * Returns the record with the id of the nested dispute, which is a column here. The dispute does not name its customer and
 * organization: they are the refund's.
 */
function withDisputeId(record: JsonObject): JsonObject {
  const { dispute: nested, organization_id, customer_id } = record;
  if (nested === undefined) return record;
  if (!isObject(nested)) return { ...record, dispute_id: null };
  const owners = {
    ...(organization_id !== undefined && { organization_id }),
    ...(customer_id !== undefined && { customer_id }),
  };
  return { ...record, dispute_id: nested.id ?? null, dispute: { ...nested, ...owners } };
}

/** A refund, with its dispute where it has one. */
export const refund = entity(refunds, {
  relations: { dispute: { kind: 'one', entity: dispute } },
  toColumns: withDisputeId,
  expiry: BY_AGE,
});
