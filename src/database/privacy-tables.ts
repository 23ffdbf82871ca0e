import { bigint, boolean, text } from 'drizzle-orm/pg-core';
import { withComments } from '../model/comments.ts';
import { instant, sync } from './sync-schema.ts';

export const forgotten = withComments(
  sync.table('forgotten', {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity({ cache: 1 }),
    source: text(),
    account: text(),
    salt: text().notNull(),
    hash: text().notNull(),
    forgotten_at: instant().notNull(),
  }),
  'Keyed hashes of the ids and e-mail addresses of forgotten people: their data is masked in everything that arrives. See docs/privacy.md',
  {
    id: 'Number of the entry; a page that was prepared before it is masked again',
    source: 'Source whose records it concerns; null for all',
    account: 'Account whose records it concerns; null for all',
    salt: 'Key of the hash, in hexadecimal',
    hash: 'HMAC-SHA256 of email:, customer: or external: and the value, in hexadecimal; e-mail addresses and customer ids in lower case',
    forgotten_at: 'When the person was forgotten',
  },
);

export const retention = withComments(
  sync.table('retention', {
    is_on: boolean().primaryKey(),
    cutoff: instant().notNull(),
    emptied_until: instant(),
  }),
  'One row while KEEP_PERSONAL_DATA is set: the date up to which personal data is emptied',
  {
    is_on: 'Always true',
    cutoff: 'Records created before this are stored without personal data once they are settled; it moves daily',
    emptied_until: 'Creation date up to which stored records were emptied; null before the first time',
  },
);
