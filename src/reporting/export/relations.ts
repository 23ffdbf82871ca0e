import { closest } from 'fastest-levenshtein';
import type { ClientBase } from 'pg';
import { quote } from '../../database/identifiers.ts';
import { ConfigError } from '../../model/errors.ts';

/** A column as Postgres has it. */
export interface ExportColumn {
  name: string;
  /** The type as Postgres writes it, such as `numeric(17,12)`. */
  type: string;
}

/** A view or table that can be exported. */
export interface ExportRelation {
  /** `schema.name`. */
  name: string;
  schema: string;
  /** The name for SQL. */
  sqlName: string;
  kind: 'view' | 'table';
  /** True when the role of DATABASE_URL may read it. */
  isReadable: boolean;
  comment: string | null;
  columns: ExportColumn[];
}

/** The schema that is exported if nothing is named. */
const DEFAULT_SCHEMA = 'analytics';

const LIST_RELATIONS = `
select n.nspname as schema, c.relname as relation, case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
  has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as "isReadable",
  obj_description(c.oid, 'pg_class') as comment,
  (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
   from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm')
  and (n.nspname in ('analytics', 'analytics_contacts', 'history') or n.nspname = any($1) or (n.nspname, c.relname) = ('sync', 'changes'))
order by 1, 2`;

type ListedRelation = Pick<ExportRelation, 'schema' | 'kind' | 'isReadable' | 'comment' | 'columns'> & {
  relation: string;
};

/**
 * Returns the relations that can be exported, including the tables of these sources. Throws a ConfigError for a database
 * without any.
 */
export async function listRelations(client: ClientBase, sources: readonly string[]): Promise<ExportRelation[]> {
  const { rows } = await client.query<ListedRelation>(LIST_RELATIONS, [sources]);
  if (rows.length === 0)
    throw new ConfigError('CS2204', 'the database has no tables of checkout-sync: run npx checkout-sync migrate');
  return rows.map(({ relation, ...row }) => ({
    ...row,
    name: `${row.schema}.${relation}`,
    sqlName: `${quote(row.schema)}.${quote(relation)}`,
  }));
}

/**
 * Returns the views and tables with these names, each once: `checkouts` and `analytics.checkouts` are the same view, and the
 * name of a schema stands for all of it. Throws a ConfigError for an unknown name, and for one that the role may not read.
 */
export function chooseRelations(all: readonly ExportRelation[], names: readonly string[]): ExportRelation[] {
  const wanted = names.length === 0 ? [DEFAULT_SCHEMA] : names;
  const chosen = [...new Set(wanted.flatMap((name) => findRelations(all, name)))];
  const hidden = chosen.filter(({ isReadable }) => !isReadable);
  if (hidden.length > 0)
    throw new ConfigError(
      'CS6202',
      `the role of DATABASE_URL may not read ${hidden.map(({ name }) => name).join(', ')}`,
    );
  return chosen;
}

function findRelations(all: readonly ExportRelation[], name: string): ExportRelation[] {
  const found = all.filter(
    (relation) => relation.name === name || relation.schema === name || relation.name === `${DEFAULT_SCHEMA}.${name}`,
  );
  if (found.length > 0) return found;
  const known = all.filter(({ isReadable }) => isReadable).map((relation) => shortName(relation));
  throw new ConfigError(
    'CS6201',
    `${name} is not a view or table: did you mean ${closest(name, known)}? export --list shows all of them`,
  );
}

/** Returns the name by which a relation is requested: views for reports need no schema. */
const shortName = ({ name, schema }: Pick<ExportRelation, 'name' | 'schema'>): string =>
  schema === DEFAULT_SCHEMA ? name.slice(schema.length + 1) : name;

/** True when the role of the session may read a relation of ours. */
export async function mayRead(client: ClientBase, schema: string, relation: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `select where has_schema_privilege($1, 'usage') and has_table_privilege($1 || '.' || $2, 'select')`,
    [schema, relation],
  );
  return rowCount === 1;
}
