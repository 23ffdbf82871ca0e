import { createHash } from 'node:crypto';
import type { Client, ClientBase } from 'pg';
import { FatalError, formatError, hasCode } from '../model/errors.ts';
import { quote } from './identifiers.ts';
import { isDatabaseError } from './refusals.ts';

/** A view that is recreated whenever its text changes. */
export interface View {
  /** `schema.name`. */
  name: string;
  /** SQL that begins with `create view` and may continue with other statements, such as comments. */
  sql: string;
  /** Comments of columns, if the view has any. */
  columnComments: Readonly<Record<string, string>>;
}

/** Suffix of a view's name once its successor has the name. */
const OLD = '__old';

const viewHash = ({ sql, columnComments }: View) =>
  createHash('sha256').update(sql).update(JSON.stringify(columnComments)).digest('hex');

/** Invalidates the results that older definitions rolled up. */
const UNROLL = 'delete from sync.rolled_up_days';

/**
 * Longest wait for a view's lock: a view cannot be replaced while it is read, and its next reader waits for the
 * replacement.
 */
const LONGEST_LOCK_WAIT = '30s';

/** True for a view that exists; `to_regclass` would need a right on its schema. */
const IS_THERE = `exists (select from pg_class join pg_namespace n on n.oid = relnamespace where concat(nspname, '.', relname) = name)`;

/** Returns true if the views in the database are these, with this text. */
export async function areCurrent(client: ClientBase, views: readonly View[]): Promise<boolean> {
  const { rows } = await client.query<{ name: string; hash: string }>(
    `select name, hash from sync.views where ${IS_THERE}`,
  );
  const stored = new Map(rows.map(({ name, hash }) => [name, hash]));
  return stored.size === views.length && views.every((view) => stored.get(view.name) === viewHash(view));
}

/**
 * Creates the views in this order, in the open transaction, and drops obsolete ones. A view that keeps its columns, or
 * gets more at the end, is replaced in place; of any other, only our own views may depend on it. Grants are kept.
 * Throws a FatalError that lists the dependents of all such views, or names the missing right.
 */
export async function applyViews(client: Client, views: readonly View[]): Promise<void> {
  try {
    await client.query(`set local lock_timeout = '${LONGEST_LOCK_WAIT}'`);
    await createSchemas(client, views);
    await requireFreeNames(client, views);
    const old: string[] = await obsolete(client, views);
    for (const view of views) if (!(await createView(client, view))) old.push(view.name + OLD);
    await drop(client, old);
    await client.query(`delete from sync.views; ${UNROLL}`);
    const [names, hashes] = [views.map(({ name }) => name), views.map(viewHash)];
    await client.query('insert into sync.views select * from unnest($1::text[], $2::text[])', [names, hashes]);
  } catch (error) {
    throw explained(error);
  }
}

/**
 * Drops our own views, which allows a migration to change the columns they read. Returns the statements that restore
 * the grants on those that are still wanted. Throws a FatalError that lists what else depends on them.
 */
export async function dropViews(client: Client, views: readonly View[]): Promise<string[]> {
  const own = await ownViews(client);
  const grants: string[] = [];
  for (const { name } of views) if (own.has(name)) grants.push(...(await viewGrants(client, name)));
  await drop(client, [...own]);
  return grants;
}

/** Returns a name as SQL writes it; names of views are in lower case. */
const sqlName = (name: string) => name.split('.').map(quote).join('.');

async function createSchemas(client: Client, views: readonly View[]): Promise<void> {
  for (const schema of new Set(views.map(({ name }) => name.split('.')[0] ?? ''))) {
    const { rows } = await client.query('select to_regnamespace($1) is null as missing', [schema]);
    if (rows[0]?.missing) await client.query(`create schema ${quote(schema)}`);
  }
}

/** Returns the names of our views; none before the first was created. */
async function ownViews(client: Client): Promise<Set<string>> {
  const { rows: tables } = await client.query(`select where to_regclass('sync.views') is not null`);
  if (tables.length === 0) return new Set();
  const { rows } = await client.query<{ name: string }>('select name from sync.views');
  return new Set(rows.map(({ name }) => name));
}

/** Throws if somebody else's view or table has the name of one of ours: it would be replaced. */
async function requireFreeNames(client: Client, views: readonly View[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) name where ${IS_THERE} and name not in (select name from sync.views)`,
    [views.map(({ name }) => name)],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new FatalError(
    'CS2206',
    `checkout-sync makes views with these names, and others are there that are not its own: ${names}. Rename these, and run npx checkout-sync migrate`,
  );
}

/** Returns our views that exist and are no longer wanted. */
async function obsolete(client: Client, views: readonly View[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from sync.views where ${IS_THERE} and name <> all($1)`,
    [views.map(({ name }) => name)],
  );
  return rows.map(({ name }) => name);
}

/** Replaces or creates a view. Returns false if the old one had another form, and was renamed with {@link OLD}. */
async function createView(client: Client, view: View): Promise<boolean> {
  await client.query('savepoint view');
  try {
    await client.query(view.sql.replace('create view', 'create or replace view'));
  } catch (error) {
    if (!hasCode(error, '42P16')) throw error; // invalid_table_definition: it has other columns
    await client.query('rollback to savepoint view');
    await succeed(client, view);
    return false;
  } finally {
    await client.query('release savepoint view').catch(() => undefined); // the transaction has failed, with its own error
  }
  await commentColumns(client, view);
  return true;
}

/** Gives the name and the grants of a view to its successor. */
async function succeed(client: Client, view: View): Promise<void> {
  const grants = await viewGrants(client, view.name);
  await client.query(`alter view ${sqlName(view.name)} rename to ${quote(view.name.split('.')[1] + OLD)}`);
  await client.query(view.sql);
  await commentColumns(client, view);
  for (const grant of grants) await client.query(grant);
}

async function viewGrants(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ grant: string }>(
    `select format('grant %s on %s to %s', privilege_type, $1::text, case grantee when 0 then 'public' else grantee::regrole::text end) as grant
     from pg_class, aclexplode(relacl) where oid = to_regclass($1) and grantee <> relowner`,
    [name],
  );
  return rows.map(({ grant }) => grant);
}

async function commentColumns(client: Client, { name, columnComments }: View): Promise<void> {
  const { rows } = await client.query<{ column: string }>(
    'select attname as column from pg_attribute where attrelid = $1::regclass and attnum > 0',
    [name],
  );
  const texts = rows.flatMap(({ column }) => {
    const text = columnComments[column];
    return text === undefined
      ? []
      : [`comment on column ${sqlName(name)}.${quote(column)} is ${client.escapeLiteral(text)}`];
  });
  if (texts.length > 0) await client.query(texts.join('; '));
}

/** Drops views together: they may depend on each other, and an error lists the dependents of all. */
async function drop(client: Client, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  try {
    await client.query(`drop view if exists ${names.map(sqlName).join(', ')}`);
  } catch (error) {
    if (!isDatabaseError(error) || !isDependency(error)) throw error;
    const dependents = (error.detail ?? '').replaceAll(OLD, '').split('\n').join('; ');
    throw new FatalError(
      'CS2206',
      `views for reports have to be dropped, and objects that are not checkout-sync's depend on them: ${dependents}. Keep the definitions of these objects, drop them, run npx checkout-sync migrate, and create them again`,
    );
  }
}

/** Returns true if an object cannot be dropped because another one depends on it. */
const isDependency = (error: unknown) => hasCode(error, '2BP01');

/** Returns true if a table cannot be changed because a view reads it, in another way or at all. */
export const isReadByView = (error: unknown) => isDependency(error) || hasCode(error, '0A000');

/** Remedies for errors of Postgres, by code. */
const ADVICE: Readonly<Record<string, string>> = {
  '42501':
    ': run npx checkout-sync migrate once as the owner of the tables, or grant this role to create them (docs/operations.md, database rights)',
  '55P03': ': a query has read them for a long time; end it, or try again later',
};

function explained(error: unknown): unknown {
  if (error instanceof FatalError) return error;
  const advice = Object.entries(ADVICE).find(([code]) => hasCode(error, code))?.[1] ?? '';
  return new FatalError('CS2206', `the views for reports cannot be brought up to date: ${formatError(error)}${advice}`);
}
