import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { transaction } from '../database/database.ts';
import { quote } from '../database/identifiers.ts';
import { ConfigError, FatalError, hasCode } from '../model/errors.ts';

const VIEWS = 'analytics';
const CONTACTS = 'analytics_contacts';

/**
 * Defaults of the sessions of a reader. A query that takes longer is cancelled: it would keep migrations from replacing the views. JIT
 * compiles most questions to the views, which can take a second longer than it saves.
 */
const READER_SETTINGS = { statement_timeout: '5min', jit: 'off' };

/** Result of granting a role. */
export interface GrantedReader {
  /** Password of a role that was created; null for an existing one. */
  password: string | null;
}

/**
 * Lets a role read the views for reports and, with `contacts`, those with addresses; creates a missing role, with a password.
 * Revokes what it could read of the views before and shall not read now. Throws a ConfigError for a name that no role can have,
 * and a FatalError for a role that reads other tables as well, and for a missing right.
 */
export async function grantReader(
  pool: Pool,
  role: string,
  { contacts }: { contacts: boolean },
): Promise<GrantedReader> {
  requireRoleName(role);
  return asOwner(pool, async (client) => {
    const password = (await exists(client, role)) ? null : await createRole(client, role);
    const granted = contacts ? [VIEWS, CONTACTS] : [VIEWS];
    const owner = await ownerOfViews(client);
    for (const schema of [VIEWS, CONTACTS]) await client.query(revokesSql(schema, role, owner)); // it may have had more
    for (const schema of granted) await client.query(grantsSql(schema, role, owner));
    await grantConnect(client, role);
    await requireNothingElse(client, role, granted);
    await requireEffect(client, role, granted);
    return { password };
  });
}

/** Revokes what {@link grantReader} granted; the role remains. Throws a ConfigError for a role that does not exist. */
export async function revokeReader(pool: Pool, role: string): Promise<void> {
  requireRoleName(role);
  await asOwner(pool, async (client) => {
    if (!(await exists(client, role))) throw new ConfigError('CS6102', `there is no role ${role}`);
    const owner = await ownerOfViews(client);
    for (const schema of [VIEWS, CONTACTS]) await client.query(revokesSql(schema, role, owner));
  });
}

/** Postgres reads `public` as everybody, and others as the current role, even in quotes. */
const RESERVED = /^(public|none|current_role|current_user|session_user|pg_.*)$/i;

function requireRoleName(role: string): void {
  if (!/^[\w$-]{1,63}$/.test(role) || RESERVED.test(role))
    throw new ConfigError(
      'CS6101',
      `${role} cannot be the name of a reader: use letters, digits and _, such as reports`,
    );
}

const exists = async (client: ClientBase, role: string) =>
  (await client.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

async function createRole(client: ClientBase, role: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  try {
    await client.query(`create role ${quote(role)} login password '${password}'`);
  } catch (error) {
    if (!hasCode(error, '42501')) throw error;
    const advice = `have a role with CREATEROLE run create role ${quote(role)} login password '…', then run this again`;
    throw new FatalError(
      'CS6103',
      `there is no role ${role}, and the role of DATABASE_URL may not create it: ${advice}`,
      {
        cause: error,
      },
    );
  }
  for (const [name, value] of Object.entries(READER_SETTINGS))
    await client.query(`alter role ${quote(role)} set ${name} = '${value}'`);
  return password;
}

const NOT_OWNER =
  'nothing was changed: run this as the role that owns the views, and the database where not everybody may connect to it';

const asOwner = <T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> =>
  transaction(pool, async (client) => {
    try {
      return await work(client);
    } catch (error) {
      throw hasCode(error, '42501') ? new FatalError('CS2301', NOT_OWNER, { cause: error }) : error;
    }
  });

/** The role whose later views a reader shall read as well: the one that migrates. */
async function ownerOfViews(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ owner: string }>(
    'select rolname as owner from pg_namespace n join pg_roles r on r.oid = n.nspowner where nspname = $1',
    [VIEWS],
  );
  if (!rows[0]) throw new ConfigError('CS2204', 'the views for reports are missing: run npx checkout-sync migrate');
  return rows[0].owner;
}

const grantsSql = (schema: string, role: string, owner: string) =>
  `grant usage on schema ${schema} to ${quote(role)}; grant select on all tables in schema ${schema} to ${quote(role)};
   alter default privileges for role ${quote(owner)} in schema ${schema} grant select on tables to ${quote(role)}`;

const revokesSql = (schema: string, role: string, owner: string) =>
  `alter default privileges for role ${quote(owner)} in schema ${schema} revoke all on tables from ${quote(role)};
   revoke all on all tables in schema ${schema} from ${quote(role)}; revoke all on schema ${schema} from ${quote(role)}`;

/** Relations of our schemas that a role may write or, beside those given, read; and what lets it do so in another way. */
const FURTHER_RIGHTS = `
with roles as (select * from pg_roles r where pg_has_role($1, r.oid, 'member')), -- also those that it may only switch to
  schemas as (
    select *, case when nspname = any($2) then '' else 'select, ' end as reading from pg_namespace
    where nspname in ('polar', 'fynn', 'sync', 'history', 'reporting', 'bullmq', '${VIEWS}', '${CONTACTS}'))
select format('%I.%I', nspname, relname) as name from pg_class c join schemas n on n.oid = relnamespace
where relkind in ('r', 'p', 'v', 'm', 'S') and exists (
  select from roles m where has_schema_privilege(m.oid, n.oid, 'usage')
    and case relkind when 'S' then has_sequence_privilege(m.oid, c.oid, 'usage, select, update')
      else has_table_privilege(m.oid, c.oid, reading || 'insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(m.oid, c.oid, reading || 'insert, update, references') end)
union all
select format('create in %I', nspname) from schemas n where exists (select from roles m where has_schema_privilege(m.oid, n.oid, 'create'))
union all
select attribute from roles, unnest(array['superuser', 'createrole', 'replication'], array[rolsuper, rolcreaterole, rolreplication]) a(attribute, has) where has
union all
select rolname from roles where rolname in ('pg_read_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
order by 1 limit 3`;

async function requireNothingElse(client: ClientBase, role: string, granted: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(FURTHER_RIGHTS, [role, granted]);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new FatalError(
    'CS6104',
    `${role} has further rights already (${names}), as an owner, a member of another role, by an attribute, or by a grant: nothing was changed; use another role for reports`,
  );
}

/** Lets a role connect where not everybody may. */
async function grantConnect(client: ClientBase, role: string): Promise<void> {
  const { rows } = await client.query<{ database: string; mayConnect: boolean }>(
    `select current_database() as database, has_database_privilege($1, current_database(), 'connect') as "mayConnect"`,
    [role],
  );
  for (const { database, mayConnect } of rows)
    if (!mayConnect) await client.query(`grant connect on database ${quote(database)} to ${quote(role)}`);
}

const MAY_READ = `
select has_database_privilege($1, current_database(), 'connect') and bool_and(has_schema_privilege($1, n.oid, 'usage')
  and has_table_privilege($1, c.oid, 'select')) as "mayRead"
from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = any($2) and relkind = 'v'`;

/** Throws where a grant had no effect: Postgres only warns of that. */
async function requireEffect(client: ClientBase, role: string, granted: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ mayRead: boolean }>(MAY_READ, [role, granted]);
  if (!rows[0]?.mayRead) throw new FatalError('CS2301', NOT_OWNER);
}
