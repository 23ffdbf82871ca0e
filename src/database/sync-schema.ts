import { integer, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

/** The SQL schema of our own bookkeeping. */
export const sync = pgSchema('sync');

/** A moment, with microseconds. */
export const instant = () => timestamp({ withTimezone: true, mode: 'string' });

/** A counter. */
export const counter = () => integer().notNull().default(0);

/** The account that a row is about. */
export const account = () => text().notNull();

/** Comment of the column {@link account}. */
export const ACCOUNT = 'Account; default unless it has a name';
