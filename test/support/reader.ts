import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { administer, withClient } from './database-pool.ts';
import { connectClient } from './database.ts';
import { call } from './run.ts';

/** The name of a role for reports that does not exist yet; dropped after the test. */
export function newReader({ url }: Database): string {
  const role = `reader_${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await withClient(url, async (client) => {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      if (rowCount === 1) await client.query(`drop owned by ${role}`);
    });
    await administer(`drop role if exists ${role}`);
  });
  return role;
}

/** Runs `grant`, and connects as the role that it made. */
export async function connectReader({ url }: Database, role: string, ...options: string[]): Promise<Client> {
  const { stdout, stderr, code } = await call(['grant', role, ...options, '--json'], { DATABASE_URL: url });
  if (code !== 0) throw new Error(stderr);
  const { password }: { password: string } = JSON.parse(stdout);
  return connectClient(Object.assign(new URL(url), { username: role, password }).href);
}
