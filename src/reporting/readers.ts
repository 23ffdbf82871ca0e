import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { transaction } from '../database/database.ts';
import { quote } from '../database/identifiers.ts';
import { hasCode } from '../database/views.ts';
import { ConfigError, FatalError } from '../model/errors.ts';

const VIEWS = 'analytics';
const CONTACTS = 'analytics_contacts';

/** A query of a reader that takes longer is cancelled: it would keep migrations from replacing the views. */
const LONGEST_QUERY = '5min';

/** What a role was given. */
export interface GrantedReader {
  /** The password of a role that was made; null for one that was there. */
  password: string | null;
}

/**
 * Lets a role read the views for reports and, with `contacts`, those with addresses; a role that does not exist is made, with a
 * password. What it could read of the views before and shall not, is taken away. Throws a ConfigError for a name that no role
 * can have, and a FatalError for a role that reads other tables as well, and where a right is missing.
 */
export async function grantReader(
  pool: Pool,
  role: string,
  { contacts }: { contacts: boolean },
): Promise<GrantedReader> {
  requireRoleName(role);
  return transaction(pool, async (client) => {
    const password = (await exists(client, role)) ? null : await createRole(client, role);
    await client.query(grantsSql(VIEWS, role));
    await client.query(contacts ? grantsSql(CONTACTS, role) : revokesSql(CONTACTS, role));
    await requireNothingElse(client, role, contacts ? [VIEWS, CONTACTS] : [VIEWS]);
    return { password };
  });
}

/** Takes from a role what {@link grantReader} gave; the role stays. Throws a ConfigError for a role that does not exist. */
export async function revokeReader(pool: Pool, role: string): Promise<void> {
  requireRoleName(role);
  await transaction(pool, async (client) => {
    if (!(await exists(client, role))) throw new ConfigError(`there is no role ${role}`);
    await client.query([revokesSql(VIEWS, role), revokesSql(CONTACTS, role)].join('; '));
  });
}

/** Postgres takes `public` for everybody, and others for the role that speaks, even in quotes. */
const RESERVED = /^(public|none|current_role|current_user|session_user|pg_.*)$/i;

function requireRoleName(role: string): void {
  if (!/^[\w$-]{1,63}$/.test(role) || RESERVED.test(role))
    throw new ConfigError(`${role} cannot be the name of a reader: take letters, digits and _, such as reports`);
}

const exists = async (client: ClientBase, role: string) =>
  (await client.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

async function createRole(client: ClientBase, role: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  try {
    await client.query(`create role ${quote(role)} login password '${password}'`);
  } catch (error) {
    if (!hasCode(error, '42501')) throw error;
    const advice = `have somebody create it who may (create role ${quote(role)} login password '…'), and run this again`;
    throw new FatalError(`there is no role ${role}, and this one must not create it: ${advice}`, { cause: error });
  }
  await client.query(`alter role ${quote(role)} set statement_timeout = '${LONGEST_QUERY}'`);
  return password;
}

const grantsSql = (schema: string, role: string) =>
  `grant usage on schema ${schema} to ${quote(role)}; grant select on all tables in schema ${schema} to ${quote(role)};
   alter default privileges in schema ${schema} grant select on tables to ${quote(role)}`;

const revokesSql = (schema: string, role: string) =>
  `alter default privileges in schema ${schema} revoke all on tables from ${quote(role)};
   revoke all on all tables in schema ${schema} from ${quote(role)}; revoke all on schema ${schema} from ${quote(role)}`;

/** Relations of our schemas, beside those given, that a role may read or write. */
const FURTHER_RIGHTS = `
select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
where nspname in ('polar', 'fynn', 'sync', 'history', 'reporting', 'bullmq', '${VIEWS}', '${CONTACTS}') and nspname <> all($2)
  and relkind in ('r', 'p', 'v', 'm', 'S') and has_schema_privilege($1, n.oid, 'usage')
  and case relkind when 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update')
    else has_table_privilege($1, c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege($1, c.oid, 'select') end
order by 1 limit 3`;

async function requireNothingElse(client: ClientBase, role: string, granted: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(FURTHER_RIGHTS, [role, granted]);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new FatalError(
    `${role} has rights on ${names} already, as a superuser, an owner, a member of another role, or by a grant: nothing was changed; take another role for reports`,
  );
}
