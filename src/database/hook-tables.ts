import { boolean, index, integer, json, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../model/comments.ts';
import { free } from '../model/privacy.ts';
import { account, ACCOUNT, counter, instant, sync } from './sync-schema.ts';

export const hookReceivers = withComments(
  sync.table('hook_receivers', {
    is_on: boolean().primaryKey(),
    turned_on_at: instant().notNull(),
  }),
  'One row while SYNC_HOOK_URL is set; events are queued only then',
  { is_on: 'Always true', turned_on_at: 'When a process with SYNC_HOOK_URL first started' },
);

export const hookDeliveries = withComments(
  sync.table(
    'hook_deliveries',
    {
      id: uuid().primaryKey(),
      type: text().notNull(),
      event: json().notNull(),
      created_at: instant().notNull(),
      attempts: counter(),
      next_attempt_at: instant(),
      delivered_at: instant(),
      given_up_at: instant(),
      last_status: integer(),
      last_error: text(),
    },
    (table) => [index().on(table.next_attempt_at)],
  ),
  'Events for SYNC_HOOK_URL and their delivery; kept for 14 days after they were delivered or given up',
  {
    id: 'Id of the event, sent as webhook-id with each attempt',
    type: 'Type of the event, such as run.completed',
    event: free('The event as it is sent'),
    created_at: 'When it happened',
    attempts: 'Number of attempts so far',
    next_attempt_at: 'When the next attempt is due; null when there is none',
    delivered_at: 'When the receiver accepted it',
    given_up_at: 'When it was given up, after three days or because SYNC_HOOK_URL was removed',
    last_status: 'HTTP status of the last attempt; null without a response',
    last_error: free('Why the last attempt failed'),
  },
);

export const unknownFields = withComments(
  sync.table(
    'unknown_fields',
    {
      account: account(),
      stream: text().notNull(),
      field: text().notNull(),
      first_seen_at: instant().notNull(),
    },
    (table) => [primaryKey({ columns: [table.account, table.stream, table.field] })],
  ),
  'Fields and values from the API that have no column',
  {
    account: ACCOUNT,
    stream: 'Stream whose records had it, such as polar.checkouts',
    field: free('Table and field, such as polar.products.new_field'),
    first_seen_at: 'When a run first found it',
  },
);
