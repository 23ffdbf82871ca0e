import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { freePort } from './redis.ts';
import { until } from './service.ts';

/** Settings of PgBouncer beside those of {@link startPgBouncer}. */
export type PgBouncerSettings = Record<string, string | number>;

/** Starts a PgBouncer in front of the database, and returns the database's URL through it. Stopped after the test. */
export async function startPgBouncer(
  databaseUrl: string,
  mode: 'session' | 'transaction' | 'statement',
  settings: PgBouncerSettings = {},
): Promise<string> {
  const program = inject('pgbouncer');
  if (!program) throw new Error('this needs a pgbouncer on the PATH');
  const [directory, port] = [await mkdtemp(join(tmpdir(), 'checkout-sync-pgbouncer-')), await freePort()];
  const file = join(directory, 'pgbouncer.ini');
  await writeFile(file, configuration(databaseUrl, { listen_port: port, pool_mode: mode, ...settings }));
  await Promise.all([chmod(directory, 0o755), chmod(file, 0o644)]); // it may not run as root
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(program, [...asUser, file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true });
  });
  const url = Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port) }).href;
  await until('PgBouncer answers', () => isAnswering(url));
  return url;
}

function configuration(databaseUrl: string, settings: PgBouncerSettings): string {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const server = `* = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${decodeURIComponent(password)}`;
  const all = { listen_addr: '127.0.0.1', unix_socket_dir: '', auth_type: 'any', ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', server, '[pgbouncer]', ...lines, ''].join('\n');
}

async function isAnswering(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // not up yet
  const answered = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end();
  return answered;
}
