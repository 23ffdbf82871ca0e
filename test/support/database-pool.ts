import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** The database that each test's own is like: as migrations leave it. */
export const TEMPLATE = 'template_migrated';

/** Makes the list of databases that a test has given back. */
export const IDLE_DATABASES = 'create table idle_databases (name text primary key)';

/** A migrated database as it is before a test uses it. */
export interface Pristine {
  /** A digest of its catalogs. */
  shape: string;
  /** Whatever has a higher number was made later. */
  lastOid: number;
  /** The tables that migrations fill. */
  filled: string[];
}

// A row of these that was added, changed or removed shows in their number or in the youngest transaction.
const counted =
  'attribute attrdef constraint default_acl description enum event_trigger extension index inherits policy proc publication rewrite sequence statistic_ext trigger type'
    .split(' ')
    .map((name) => `pg_catalog.pg_${name}`);

// Emptying a table replaces its row in pg_class: of these, values are compared that it leaves alone.
const listed = `
  (select string_agg(concat_ws(' ', oid, relname, relnamespace, relowner, relkind, relacl, relrowsecurity, relforcerowsecurity,
    reloptions, relchecks, relreplident, relpersistence), ',' order by oid) from pg_class where oid >= 16384),
  (select string_agg(concat_ws(' ', oid, nspname, nspowner, nspacl), ',' order by oid) from pg_namespace where nspname !~ '^pg_(toast_)?temp'),
  (select concat_ws(' ', datdba, datallowconn, datconnlimit, datacl) from pg_database where datname = current_database()),
  (select count(*) from pg_db_role_setting join pg_database d on d.oid = setdatabase where datname = current_database())`;

const tables = `select oid, reltuples, oid::regclass::text as name from pg_class where relkind = 'r' and relpersistence <> 't' and oid >= 16384`;

const shapeSql = (filled: readonly string[]) => {
  const parts = [...counted, ...filled].map(
    (name) => `(select concat(count(*), ' ', max(xmin::text::bigint)) from ${name})`,
  );
  return `select md5(concat_ws('|', ${[...parts, listed].join()})) as shape`;
};

// A cascade may take along what a later statement names.
const dropNewer = (lastOid: number) => `do $$ declare made text; newer text[] := array(
    select format('drop schema if exists %I cascade', nspname) from pg_namespace where oid > ${lastOid} and nspname !~ '^pg_(toast_)?temp'
    union all select format('drop routine if exists %s cascade', oid::regprocedure) from pg_proc where oid > ${lastOid}
    union all select format('drop %s if exists %s cascade', kinds.name, oid::regclass) from pg_class
      join (values ('r', 'table'), ('v', 'view'), ('m', 'materialized view'), ('S', 'sequence')) kinds (kind, name) on relkind = kind::"char"
      where oid > ${lastOid} and relpersistence <> 't'
    union all select format('drop type if exists %s cascade', oid::regtype) from pg_type where oid > ${lastOid} and typtype in ('d', 'e', 'r'));
  begin foreach made in array newer loop execute made; end loop; end $$`;

// A truncate makes new files of a table and its indexes: for a few rows that takes ten times as long as a delete, which
// leaves statistics as they are.
const emptyTables = (filled: readonly string[]) => `do $$ declare used record; begin
    set local session_replication_role = replica;
    for used in select name, pg_relation_size(oid) > 65536 or reltuples >= 0 as is_large from (${tables}) t
      where pg_relation_size(oid) > 0 and name not in (${filled.map((name) => `'${name}'`).join()})
    loop execute case when used.is_large then 'truncate ' || used.name || ' cascade' else 'delete from ' || used.name end; end loop;
    perform setval(seqrelid, seqstart, false) from pg_sequence;
  end $$`;

const endOthers = `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;

/** Describes a database that no test has used yet. */
export async function describePristine(url: string): Promise<Pristine> {
  return withClient(url, async (client) => {
    await client.query('set search_path = pg_catalog');
    const { rows: named } = await client.query<{ name: string }>(
      `select name from (${tables}) t where pg_relation_size(oid) > 0`,
    );
    const filled = named.map(({ name }) => name);
    const newest = await client.query<{ oid: number }>(
      `select max(oid::bigint)::float8 as oid from (${['class', 'proc', 'type', 'namespace'].map((name) => `select oid from pg_${name}`).join(' union all ')}) all_objects`,
    );
    const { rows } = await client.query<{ shape: string }>(shapeSql(filled));
    return { shape: rows[0]?.shape ?? '', lastOid: newest.rows[0]?.oid ?? 0, filled };
  });
}

/** Empties a database that a test has used. False when it cannot be made what it was. */
async function restore(url: string): Promise<boolean> {
  const { shape, lastOid, filled } = inject('pristine');
  return withClient(url, async (client) => {
    const steps = [
      'set search_path = pg_catalog',
      endOthers,
      dropNewer(lastOid),
      emptyTables(filled),
      shapeSql(filled),
    ];
    const results: unknown = await client.query(steps.join('; '));
    const last: pg.QueryResult<{ shape: string }> | undefined = Array.isArray(results) ? results.at(-1) : undefined;
    return last?.rows[0]?.shape === shape;
  });
}

/** Runs a function with one session of its own, which no timeout that a test left in its database or role ends. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: '-c idle_session_timeout=0 -c statement_timeout=0' });
  client.on('error', () => undefined); // the next query fails
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

let administrator: Promise<pg.Client> | undefined;

/** Runs a statement outside of the databases of tests, where this process keeps one session. */
export async function administer(sql: string, values?: unknown[]): Promise<pg.QueryResult<{ name: string }>> {
  administrator ??= new pg.Client({ connectionString: inject('postgresUrl') }).connect();
  return (await administrator).query(sql, values);
}

const newName = () => `test_${randomBytes(6).toString('hex')}`;
export const urlOf = (name: string) => new URL(`/${name}`, inject('postgresUrl')).href;

export async function createDatabase(template: string): Promise<string> {
  const name = newName();
  await administer(`create database ${name} template ${template}`);
  return name;
}

export const dropDatabase = (name: string) => administer(`drop database ${name} with (force)`);

const claim = `delete from idle_databases where name = (select name from idle_databases limit 1 for update skip locked) returning name`;

/** True for a database that lets nobody in, or where somebody still is: no test can have it. */
const isClosed = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === '55000' || error.code === '55006');

/** Makes a database that a test has used as good as new, under a new name: what outlived its test does not find it. */
async function renew(used: string, name: string): Promise<boolean> {
  try {
    if (!(await restore(urlOf(used)))) return false;
    await administer(`alter database ${used} rename to ${name}`);
    return true;
  } catch (error) {
    if (isClosed(error)) return false;
    throw error;
  }
}

/** The name of an empty, migrated database; one that was used before costs a tenth of a new one. */
export async function takeDatabase(): Promise<string> {
  for (;;) {
    const { rows } = await administer(claim);
    const [idle] = rows;
    if (!idle) return createDatabase(TEMPLATE);
    const name = newName();
    if (await renew(idle.name, name)) return name;
    await dropDatabase(idle.name);
  }
}

/** Gives a database back: nobody uses it any more. */
export const giveBack = (name: string) => administer('insert into idle_databases values ($1)', [name]);
