import { sql } from 'drizzle-orm';
import { index, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free, personal, pseudonym } from '../../model/privacy.ts';
import { customer, customers } from './customer.ts';
import { bookkeeping, instant, polar } from './schema.ts';

export const polarEvents = withComments(
  polar.table(
    'events',
    {
      id: uuid().primaryKey(),
      timestamp: instant(),
      name: text(),
      source: text(),
      label: text(),
      customer_id: uuid().references(() => customers.id),
      external_customer_id: text(),
      member_id: uuid(),
      external_member_id: text(),
      parent_id: uuid(),
      child_count: integer(),
      metadata: jsonb(),
      organization_id: uuid(),
      version_at: instant().generatedAlwaysAs(sql`"timestamp"`),
      ...bookkeeping(),
    },
    (table) => [
      index().on(table.timestamp),
      index().on(table.name, table.timestamp),
      index().on(table.customer_id),
      index().on(table.organization_id),
    ],
  ),
  'Events that Polar recorded for orders, refunds, disputes and subscriptions, with the exchange rates and fees behind its revenue figures; usage events are not stored',
  {
    timestamp: 'When it happened; events of an order have the order’s created_at, and appear once it is paid',
    name: 'order.paid, balance.order, balance.refund, balance.dispute, subscription.created, …',
    source: 'system',
    label: 'Name for display',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    external_customer_id: personal('Customer in the merchant’s own system', { identifies: 'external' }),
    member_id: pseudonym('Member of the customer’s team', 'customer'),
    external_member_id: personal('Member in the merchant’s own system', { identifies: 'external' }),
    parent_id: 'Parent event',
    child_count: 'Number of events that have it as parent',
    metadata: free(
      'What the event is about, such as order_id, amount and fee in minor units, exchange_rate, and tax_country',
    ),
    version_at: 'Version of the row: timestamp, because events do not change',
  },
);

/** An event, with the whole customer if it has one. */
export const event = entity(polarEvents, {
  relations: { customer: { kind: 'one', entity: customer } },
  expiry: { since: 'timestamp', until: 'timestamp' },
});
