import type { Client } from 'pg';
import { examine, fine, failedCheck, skipped, type CheckResult } from '../model/check.ts';
import { ConfigError, FatalError } from '../model/errors.ts';
import { APPLICATION, connect } from './client.ts';
import { EMBEDDED_DIRECTORY } from './database.ts';
import { hasEmbedded, startEmbedded } from './embedded.ts';
import type { LockWait } from './file-lock.ts';
import { requireTablesAsWritten } from './check-tables.ts';
import { pendingMigrations, requireServer, requireUtf8 } from './migrate.ts';
import { detectPooler, type Pooler } from './pooler.ts';
import { tryWriteOn } from './try-write.ts';
import { areCurrent, type View } from './views.ts';

/** The check of the connection, and a session if it succeeded. */
export interface Opened {
  check: CheckResult;
  session?: { client: Client; pooler: Pooler; close: () => Promise<void> };
}

const CONNECTION = 'database.connection';
const SESSION_TIMEOUT_MS = 8000;

/**
 * Opens a session on the database at the URL, or on the embedded one. Opens none if that fails, or if it would create a
 * database.
 */
export async function openSession(databaseUrl: string | undefined, wait: LockWait): Promise<Opened> {
  try {
    return databaseUrl === undefined ? await openEmbedded(wait) : await openAt(databaseUrl);
  } catch (error) {
    return {
      check: failedCheck(CONNECTION, error, 'start the server and let checkout-sync in, or correct DATABASE_URL'),
    };
  }
}

async function openAt(url: string): Promise<Required<Opened>> {
  const limits = { connectionTimeoutMillis: SESSION_TIMEOUT_MS, query_timeout: SESSION_TIMEOUT_MS };
  const pooler = await detectPooler(url, limits);
  const client = await connect(url, { application_name: APPLICATION, ...limits });
  const { database, host, port } = client;
  const through = pooler === 'none' ? '' : ` through a pooler in ${pooler} mode`;
  const check = fine(CONNECTION, `database ${database} at ${host}:${port} responds${through}`);
  return { check, session: { client, pooler, close: () => client.end() } };
}

async function openEmbedded(wait: LockWait): Promise<Opened> {
  const found = `DATABASE_URL is not set: the embedded Postgres in ${EMBEDDED_DIRECTORY}`;
  if (!(await hasEmbedded(EMBEDDED_DIRECTORY)))
    return { check: fine(CONNECTION, `${found} is used, which the first sync creates`) };
  const server = await startEmbedded(EMBEDDED_DIRECTORY, wait);
  const { session } = await openAt(server.url);
  const close = () => session.close().then(() => server.close());
  return { check: fine(CONNECTION, `${found} responds`), session: { ...session, close } };
}

/** Names of the checks of {@link checkDatabase}. */
export const databaseChecks = [
  'database.version',
  'database.encoding',
  'database.grants',
  'database.migrations',
  'database.tables',
  'database.views',
  'database.write',
] as const;

/**
 * Checks the server's version, the encoding, the role's rights in the schemas, the migrations, the tables, the views,
 * and a write that is rolled back.
 */
export async function checkDatabase(
  client: Client,
  schemas: readonly string[],
  views: readonly View[],
): Promise<CheckResult[]> {
  const [version, encoding, grants, migrations, tables, reports] = databaseChecks;
  const seeGrants = 'let the role read the database; docs/operations.md lists its rights';
  const isPending = (await pendingMigrations({ pool: client }).catch(() => 1)) > 0; // a failure is the migrations' problem
  const checks = [
    await examine(version, async () => `Postgres ${await requireServer(client)}`, seeGrants),
    await examine(encoding, () => requireUtf8(client), seeGrants),
    await examine(grants, () => requireGrants(client, schemas), seeGrants),
    await examine(migrations, () => requireMigrations(client), seeGrants),
    isPending
      ? skipped(tables, `see ${migrations}`)
      : await examine(tables, () => requireTablesAsWritten(client, schemas), seeGrants),
    isPending
      ? skipped(reports, `see ${migrations}`)
      : await examine(reports, () => requireViews(client, views), seeGrants),
  ];
  return [...checks, await checkWrite(client, schemas, checks)];
}

function checkWrite(
  client: Client,
  schemas: readonly string[],
  before: readonly CheckResult[],
): CheckResult | Promise<CheckResult> {
  const [, , grants, migrations, , , write] = databaseChecks;
  const wrong = before.find(({ check, state }) => state === 'problem' && (check === grants || check === migrations));
  if (wrong) return skipped(write, `see ${wrong.check}`);
  const look = async () =>
    `${await tryWriteOn(client, schemas)} tables can be written; the test writes were rolled back`;
  return examine(write, look, "see the server's log, and that its disk is not full");
}

async function requireMigrations(client: Client): Promise<string> {
  const pending = await pendingMigrations({ pool: client });
  if (pending > 0)
    throw new ConfigError(
      'CS2204',
      `${pending} pending: run npx checkout-sync migrate; sync and worker do so when they start`,
    );
  return 'the schema is up to date';
}

async function requireViews(client: Client, views: readonly View[]): Promise<string> {
  if (await areCurrent(client, views))
    return `${views.length} views for reports are as this version and the settings want them`;
  throw new ConfigError(
    'CS2204',
    'the views for reports are missing, or of another version or other settings: run npx checkout-sync migrate; sync and worker do so when they start',
  );
}

/** The role's rights; lists hold names as SQL writes them. */
interface Grants {
  role: string;
  database: string;
  isReadOnly: boolean;
  isReplica: boolean;
  mayCreate: boolean;
  /** Tables and sequences that it may not read and write. */
  closed: string[];
  /** Tables that it may not change, because another role owns them. */
  foreign: string[];
}

// The sequences of identity columns need no rights.
const GRANTS = `
with relation as (
  select format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'S' as is_sequence, pg_has_role(c.relowner, 'usage') as is_own,
    has_schema_privilege(n.oid, 'usage') and case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'usage')
      else has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
       and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete') end as is_open
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p', 'S')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'))
select quote_ident(current_user) as role, quote_ident(current_database()) as database,
  current_setting('transaction_read_only') = 'on' as "isReadOnly", pg_is_in_recovery() as "isReplica",
  has_database_privilege(current_database(), 'create') as "mayCreate",
  coalesce(array_agg(name order by name) filter (where not is_open), '{}') as closed,
  coalesce(array_agg(name order by name) filter (where not is_own and not is_sequence), '{}') as foreign
from relation`;

/** Returns the rights of the session's role in the schemas. */
export async function grantsOf(client: Client, schemas: readonly string[]): Promise<Grants> {
  const { rows } = await client.query<Grants>(GRANTS, [schemas]);
  if (!rows[0]) throw new Error('the question for grants was not answered');
  return rows[0];
}

/** Throws unless the role may read and write every table, and may migrate if migrations are pending. */
async function requireGrants(client: Client, schemas: readonly string[]): Promise<string> {
  const { role, database, isReadOnly, isReplica, mayCreate, closed, foreign } = await grantsOf(client, schemas);
  const everySchema = `schema ${schemas.join(', ')} to ${role}`;
  if (isReadOnly)
    throw new FatalError(
      'CS2302',
      `database ${database} can only be read: ${isReplica ? 'set DATABASE_URL to the primary server, not a replica' : 'default_transaction_read_only is on for the server, the database or the role; some providers set it while the disk is full'}`,
    );
  if (closed.length > 0)
    throw new FatalError(
      'CS2301',
      `role ${role} may not read and write ${several(closed)}: as their owner, grant usage on ${everySchema}, and as docs/operations.md says on all tables and sequences`,
    );
  if ((await pendingMigrations({ pool: client })) === 0) return `role ${role} may read and write all tables`;
  if (!mayCreate)
    throw new FatalError(
      'CS2301',
      `role ${role} may not create schemas, and migrations are pending: as the owner, grant create on database ${database} to ${role}, or run npx checkout-sync migrate`,
    );
  if (foreign.length > 0)
    throw new FatalError(
      'CS2301',
      `role ${role} does not own ${several(foreign)}, and migrations are pending: run npx checkout-sync migrate as their owner`,
    );
  return `role ${role} may create and change the schema`;
}

const several = ([first, ...others]: readonly string[]) =>
  others.length === 0 ? String(first) : `${first} and ${others.length} more`;
