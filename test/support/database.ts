import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase, type Database } from '../../src/database/database.ts';
import {
  administer,
  createDatabase,
  dropDatabase,
  giveBack,
  takeDatabase,
  TEMPLATE,
  urlOf,
  withClient,
} from './database-pool.ts';
import { atEnd, shared } from './shared.ts';

/** The URL of a new, migrated database; given back at the end. */
export async function freshDatabaseUrl(template = TEMPLATE): Promise<string> {
  const name = template === TEMPLATE ? await takeDatabase() : await createDatabase(template);
  atEnd(() => (template === TEMPLATE ? giveBack(name) : dropDatabase(name)));
  return urlOf(name);
}

/** One migrated database for all tests of a file, which calls this outside of them. What a test leaves is there in the next. */
export const sharedDatabase = (): (() => Database) => shared(() => freshDatabase());

/** The tests' own Postgres is behind no pooler, and need not be asked. */
const DIRECT = { pooler: 'none' } as const;

/** A new database, migrated if its template is; closed and given back at the end. */
export async function freshDatabase(template = TEMPLATE): Promise<Database> {
  const db = await openDatabase(await freshDatabaseUrl(template), DIRECT);
  atEnd(() => db.close());
  return db;
}

/** The database's URL with a new role that owns nothing; the role is dropped at the end. */
export async function asNewRole(url: string, password: string): Promise<{ url: string; role: string }> {
  const role = `role_${randomBytes(6).toString('hex')}`;
  await administer(`create role ${role} login password '${password}'`);
  atEnd(() => withClient(url, async (client) => void (await client.query(`drop owned by ${role}; drop role ${role}`))));
  return { role, url: Object.assign(new URL(url), { username: role, password }).href };
}

/** SQL that somebody has to run before changing columns that our views read. */
export const DROP_VIEWS = 'drop schema if exists analytics, analytics_contacts, reporting cascade';

/** A session of its own; closed at the end. */
export async function connectClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a test may cut it
  await client.connect();
  atEnd(() => client.end());
  return client;
}
