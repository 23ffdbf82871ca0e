import { text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { withComments } from '../model/comments.ts';
import { sync } from './sync-schema.ts';

export const views = withComments(
  sync.table('views', { name: text().primaryKey(), hash: text().notNull() }),
  'Views that checkout-sync created, with the hash of their last version',
  { name: 'View, such as analytics.checkouts', hash: 'SHA-256 of its SQL, with the settings in it' },
);

export const reportKeys = withComments(
  sync.table('report_keys', {
    secret: text()
      .primaryKey()
      .default(sql`replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`),
  }),
  'One row: the key of the hashes that replace e-mail addresses in schema analytics',
  { secret: 'The key; whoever can read it can test which address a hash belongs to' },
);
