import type { PgTable } from 'drizzle-orm/pg-core';

/** Descriptions of a table and its columns, for `COMMENT ON`, the generated docs and BI tools. */
export interface Comments {
  table: string;
  columns: Readonly<Record<string, string>>;
}

const abouts = new Map<PgTable, Comments>();

type Described<T extends PgTable> = Exclude<keyof T['_']['columns'] & string, CommonColumn>;

type CommonColumn = keyof typeof commonColumns;

const commonColumns = {
  id: 'Identifier at the source',
  created_at: 'When the source created it',
  modified_at: 'When the source last changed it; null until the first change',
  organization_id: 'Organization it belongs to',
  metadata: 'Key-value pairs set by the merchant',
  account: 'Account that stored the row first, and alone writes it; default unless it has a name',
  version_at: 'Which state this is: modified_at, or created_at before the first change',
  observed_at: 'When the response or webhook that this state came from reached us',
  deleted_at: 'When the source was found to have deleted it; null while it exists',
  extra: 'Fields the API sent that have no column here, and values that did not fit their column',
  position: 'Place in the source’s list, from 0',
} as const;

/** Attaches comments to a table and to each of its own columns; shared columns have comments already. */
export function withComments<T extends PgTable>(
  table: T,
  about: string,
  columns: Record<Described<T>, string> & Partial<Record<CommonColumn, string>>,
): T {
  abouts.set(table, { table: about, columns: { ...commonColumns, ...columns } });
  return table;
}

/** Returns the comments given by {@link withComments}. Throws for a table without them. */
export function commentsOf(table: PgTable): Comments {
  const about = abouts.get(table);
  if (!about) throw new Error('a table has no description: wrap it in withComments()');
  return about;
}

/** Returns every table with comments by {@link withComments}: those of all sources, and the bookkeeping. */
export const describedTables = (): PgTable[] => [...abouts.keys()];
