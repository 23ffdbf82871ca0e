import { boolean, index, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { pseudonym } from '../../model/privacy.ts';
import { customer } from './customer.ts';
import { withOrganization } from './organization.ts';
import { identity, instant, money, polar, versioned } from './schema.ts';

export const disputes = withComments(
  polar.table(
    'disputes',
    {
      ...identity(),
      status: text(),
      resolved: boolean(),
      closed: boolean(),
      amount: money(),
      tax_amount: money(),
      currency: text(),
      reason: text(),
      evidence_due_by: instant(),
      past_due: boolean(),
      order_id: uuid(),
      payment_id: uuid(),
      customer_id: uuid(),
      case_id: text(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.status),
      index().on(table.order_id),
      index().on(table.payment_id),
      index().on(table.customer_id),
      index().on(table.organization_id),
    ],
  ),
  'Disputes: customers who asked their bank for the money back. Amounts are in minor units of currency',
  {
    status: 'prevented, early_warning, needs_response, under_review, lost or won',
    resolved: 'Whether it is decided',
    closed: 'Whether nothing more can be done',
    amount: 'Amount in dispute, without tax',
    tax_amount: 'Tax in dispute',
    currency: 'ISO 4217 in lower case',
    reason: 'What the customer told the bank, such as fraudulent or product_not_received',
    evidence_due_by: 'Deadline for evidence',
    past_due: 'Whether the deadline has passed',
    order_id: 'Order that it is about',
    payment_id: 'Payment that it is about',
    customer_id: pseudonym('Customer of the order', 'customer'),
    case_id: 'Case at the service that warns of disputes; refunds do not nest it',
    organization_id: 'Organization of its customer; a dispute does not name one',
  },
);

/** Returns the record with the id of the nested customer, which is a column here. */
function withCustomerId(record: JsonObject): JsonObject {
  const { customer: nested } = record;
  const customer_id = isObject(nested) ? nested.id : undefined;
  return withOrganization(customer_id === undefined ? record : { ...record, customer_id });
}

/** A dispute with the whole customer; a refund nests it without. */
export const dispute = entity(disputes, {
  relations: { customer: { kind: 'one', entity: customer } },
  sparse: new Set(['case_id']),
  toColumns: withCustomerId,
});
