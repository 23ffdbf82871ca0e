import type { PgTable } from 'drizzle-orm/pg-core';
import { free, MARKS, type ClassifiedText, type ColumnPrivacy } from './privacy.ts';

/** Descriptions of a table and its columns, for `COMMENT ON`, the generated docs and BI tools. */
export interface Comments {
  table: string;
  /** Each ends with the mark of the column's privacy class. */
  columns: Readonly<Record<string, string>>;
}

/** A column's description; without a privacy class, the column is plain. */
export type Description = string | ClassifiedText;

const abouts = new Map<PgTable, Comments & { privacy: ReadonlyMap<string, ClassifiedText> }>();

type Described<T extends PgTable> = Exclude<keyof T['_']['columns'] & string, CommonColumn>;

type CommonColumn = keyof typeof commonColumns;

const commonColumns = {
  id: 'Identifier at the source',
  created_at: 'When the source created it',
  modified_at: 'When the source last changed it; null until the first change',
  organization_id: 'Organization it belongs to',
  metadata: free('Key-value pairs set by the merchant'),
  account: 'Account that stored the row first, and that alone may write it; default unless it has a name',
  version_at: 'Version of the row: modified_at, or created_at before the first change',
  observed_at: 'When the response or webhook with this state arrived',
  deleted_at: 'When it was found to be deleted at the source; null while it exists',
  extra: free('Fields from the API without a column, and values that did not fit their column'),
  position: 'Position in the source’s list, from 0',
} as const;

/** Attaches comments to a table and to each of its own columns; shared columns have comments already. */
export function withComments<T extends PgTable>(
  table: T,
  about: string,
  columns: Record<Described<T>, Description> & Partial<Record<CommonColumn, Description>>,
): T {
  const described = Object.entries<Description>({ ...commonColumns, ...columns });
  const classified = described.map(([name, description]) => [name, classify(description)] as const);
  abouts.set(table, {
    table: about,
    columns: Object.fromEntries(classified.map(([name, { text, privacy }]) => [name, text + MARKS[privacy]])),
    privacy: new Map(classified),
  });
  return table;
}

const classify = (description: Description): ClassifiedText =>
  typeof description === 'string' ? { text: description, privacy: 'plain' } : description;

/** Returns the comments given by {@link withComments}. Throws for a table without them. */
export function commentsOf(table: PgTable): Comments {
  const about = abouts.get(table);
  if (!about) throw new Error('a table has no description: wrap it in withComments()');
  return about;
}

/** Returns the descriptions given by {@link withComments}, with their classes, for a copy of the table. */
export const descriptionsOf = (table: PgTable): Record<string, ClassifiedText> =>
  Object.fromEntries(abouts.get(table)?.privacy ?? []);

const PLAIN: ColumnPrivacy = { privacy: 'plain' };

/** Returns the privacy of a column; that of a plain column for a table without comments. */
export const privacyOf = (table: PgTable, column: string): ColumnPrivacy =>
  abouts.get(table)?.privacy.get(column) ?? PLAIN;

/** Returns every table with comments by {@link withComments}: those of all sources, and the bookkeeping. */
export const describedTables = (): PgTable[] => [...abouts.keys()];
