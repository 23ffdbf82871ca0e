import { text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { withComments } from '../model/comments.ts';
import { sync } from './sync-schema.ts';

export const views = withComments(
  sync.table('views', { name: text().primaryKey(), hash: text().notNull() }),
  'Views that checkout-sync has created, as they were created last',
  { name: 'View, such as analytics.checkouts', hash: 'SHA-256 of its SQL, with the settings in it' },
);

export const reportKeys = withComments(
  sync.table('report_keys', {
    secret: text()
      .primaryKey()
      .default(sql`replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`),
  }),
  'One row: the key of the hashes that stand for e-mail addresses in schema analytics',
  { secret: 'The key; whoever may read it can test whose a hash is' },
);
