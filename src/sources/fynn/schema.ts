import { sql } from 'drizzle-orm';
import { jsonb, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

/** The SQL schema of everything that comes from Fynn. */
export const fynn = pgSchema('fynn');

/** An instant, kept as the string the API sent. */
export const instant = () => timestamp({ withTimezone: true, mode: 'string' });

/** The account that a row belongs to. */
export const owned = () => ({ account: text().notNull() });

/** Bookkeeping of every entity. Fynn's objects have no date of change: their order is that of their observation. */
export const bookkeeping = () => ({
  version_at: instant(),
  ...owned(),
  observed_at: instant().notNull(),
  deleted_at: instant(),
  extra: jsonb()
    .notNull()
    .default(sql`'{}'`),
});
