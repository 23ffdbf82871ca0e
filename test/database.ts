import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { openDatabase, type Database } from '../src/load/database.ts';

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

async function administer(sql: string, url = inject('postgresUrl')): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function createDatabase(template: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  const drop = () => administer(`drop database ${name} with (force)`);
  return { url: new URL(`/${name}`, inject('postgresUrl')).href, drop };
}

/** The URL of a new, migrated database; dropped after the test. */
export async function freshDatabaseUrl(template = 'template_migrated'): Promise<string> {
  const { url, drop } = await createDatabase(template);
  opened.push(drop);
  return url;
}

/** One migrated database for all tests of a file, which calls this outside of them. What a test leaves is there in the next. */
export function sharedDatabase(): () => Database {
  let shared: Database | undefined;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const { url, drop } = await createDatabase('template_migrated');
    closing.push(drop);
    shared = await openDatabase(url);
    closing.push(() => (shared ? shared.close() : Promise.resolve()));
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });
  return () => {
    if (!shared) throw new Error('the database is there inside of tests only');
    return shared;
  };
}

/** A new, migrated database; closed and dropped after the test. */
export async function freshDatabase(): Promise<Database> {
  const db = await openDatabase(await freshDatabaseUrl());
  opened.push(() => db.close());
  return db;
}

/** The database's URL with a new role that owns nothing; the role is dropped after the test. */
export async function asNewRole(url: string, password: string): Promise<{ url: string; role: string }> {
  const role = `role_${randomBytes(6).toString('hex')}`;
  await administer(`create role ${role} login password '${password}'`);
  opened.push(() => administer(`drop owned by ${role}; drop role ${role}`, url));
  return { role, url: Object.assign(new URL(url), { username: role, password }).href };
}

/** A session of its own; closed after the test. */
export async function connectClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a test may cut it
  await client.connect();
  opened.push(() => client.end());
  return client;
}
