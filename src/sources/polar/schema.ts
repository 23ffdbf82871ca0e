import { sql } from 'drizzle-orm';
import { bigint, integer, jsonb, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** The SQL schema of everything that comes from Polar. */
export const polar = pgSchema('polar');

/** An instant with microseconds, kept as the string the API sent: a JavaScript `Date` would cut it to milliseconds. */
export const instant = () => timestamp({ withTimezone: true, mode: 'string' });

/** An amount in minor units of a currency. */
export const money = () => bigint({ mode: 'bigint' });

/** The columns of every Polar object; `modified_at` stays null until the first change. */
export const identity = () => ({ id: uuid().primaryKey(), created_at: instant(), modified_at: instant() });

/** The account that a row belongs to. */
export const owned = () => ({ account: text().notNull() });

/** Bookkeeping of an entity whose version is another date of its own. */
export const bookkeeping = () => ({
  ...owned(),
  observed_at: instant().notNull(),
  deleted_at: instant(),
  extra: jsonb()
    .notNull()
    .default(sql`'{}'`),
});

/** Bookkeeping of an entity that has `created_at` and `modified_at`. */
export const versioned = () => ({
  version_at: instant().generatedAlwaysAs(sql`coalesce(modified_at, created_at)`),
  ...bookkeeping(),
});

/** Bookkeeping of an entity that has `created_at` only. */
export const unmodified = () => ({ version_at: instant().generatedAlwaysAs(sql`created_at`), ...bookkeeping() });

/** Place in the API's list. */
export const position = () => integer().notNull();
