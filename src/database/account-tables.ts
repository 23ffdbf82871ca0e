import { index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { withComments } from '../model/comments.ts';
import { free } from '../model/privacy.ts';
import { account, ACCOUNT, instant, sync } from './sync-schema.ts';

export const accounts = withComments(
  sync.table(
    'accounts',
    {
      source: text().notNull(),
      account: account(),
      identity: text().array().notNull(),
      missing_scopes: text().array().notNull().default([]),
      scopes_asked_at: instant(),
      first_seen_at: instant().notNull(),
      last_seen_at: instant().notNull(),
    },
    (table) => [primaryKey({ columns: [table.source, table.account] })],
  ),
  'Accounts that were synced, with their identity: a credential that shows another identity is refused',
  {
    source: 'Source, such as polar',
    account: ACCOUNT,
    identity: 'What the account belongs to: organizations at Polar, the address of the API at Fynn',
    missing_scopes: 'Scopes that the credential lacks, as far as known; optional streams that need one are left out',
    scopes_asked_at:
      'When the scopes of optional streams were last tried; null before that, and if there are no such streams',
    first_seen_at: 'When the account was first synced',
    last_seen_at: 'When it was last synced',
  },
);

export const sightings = withComments(
  sync.table(
    'sightings',
    {
      account: account(),
      kind: text().notNull(),
      id: text().notNull(),
      address: text().notNull(),
      credential: text().notNull(),
      first_seen_at: instant().notNull(),
    },
    (table) => [primaryKey({ columns: [table.kind, table.id, table.account, table.address, table.credential] })],
  ),
  'Sightings: what the source showed to each credential; the owners if records name theirs, otherwise the records. A 404 proves a deletion only of what is listed here',
  {
    account: ACCOUNT,
    kind: 'What the id identifies: polar.organization_id, or a stream such as fynn.price_plans',
    id: 'Id of the owner or of the record',
    address: 'Address of the API that showed it',
    credential: 'Fingerprint of the credential that it was shown to; not the credential itself',
    first_seen_at: 'When it was first shown',
  },
);

export const budgets = withComments(
  sync.table('budgets', {
    key: text().primaryKey(),
    points: integer().notNull(),
    began_at: instant().notNull(),
    ends_at: instant().notNull(),
    paused_at: instant(),
    paused_until: instant(),
  }),
  'Recent requests, counted for all processes together. Unlogged: a crash of Postgres empties the table',
  {
    key: 'Source, address of its API, and fingerprint of the credential',
    points: 'Requests in the current slice of a minute',
    began_at: 'When the slice began; one in the future was counted by a clock that was ahead, and is ignored',
    ends_at: 'When the slice ends',
    paused_at: 'When the source last refused a request with 429',
    paused_until: 'Time until which no process sends requests because of that',
  },
);

export const webhookEvents = withComments(
  sync.table(
    'webhook_events',
    {
      account: account(),
      source: text().notNull(),
      webhook_id: text().notNull(),
      type: text().notNull(),
      record_id: text(),
      received_at: instant().notNull(),
      outcome: text().notNull(),
      reason: text(),
    },
    (table) => [
      primaryKey({ columns: [table.source, table.account, table.webhook_id] }),
      index().on(table.received_at),
    ],
  ),
  'Webhooks received, kept for 90 days',
  {
    account: ACCOUNT,
    source: 'Source, such as polar',
    webhook_id: 'Id that the source gave it, the same in each delivery',
    type: 'Type, such as checkout.updated',
    record_id: free('Id of the record it is about, if it has one'),
    received_at: 'When it arrived; also the observed_at of what it brought',
    outcome:
      'applied (an older state than the stored one changes nothing), ignored (a type without a table, or a record that the settings exclude) or rejected',
    reason: free('Why it was rejected, or its record left out'),
  },
);
