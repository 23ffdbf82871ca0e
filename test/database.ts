import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, inject } from 'vitest';
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

/** The URL of a new, migrated database; dropped after the test. */
export async function freshDatabaseUrl(template = 'template_migrated'): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  opened.push(() => administer(`drop database ${name} with (force)`));
  return new URL(`/${name}`, inject('postgresUrl')).href;
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
