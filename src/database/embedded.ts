import { access, constants, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { ConfigError, formatError, FatalError } from '../model/errors.ts';
import { APPLICATION, connect } from './client.ts';
import { patience, withFileLock, type LockWait } from './file-lock.ts';
import { binaries, initialize, isCluster } from './initdb.ts';
import { readPostmaster, removeStale, runsOn, startPostmaster, stopPostmaster, type Postmaster } from './postmaster.ts';

/** A running embedded Postgres. */
export interface Embedded {
  /** URL of the socket in the data directory, where nobody else can listen. */
  url: string;
  /** URL of the same server for programs without Unix sockets. */
  tcpUrl: string;
  /** Stops the server, unless another process still uses it. */
  close(): Promise<void>;
}

/**
 * Returns true if the data directory of an embedded Postgres exists. Throws a ConfigError if the platform has none, or
 * if the folder cannot be used.
 */
export async function hasEmbedded(path: string): Promise<boolean> {
  await binaries();
  const directory = resolve(path);
  try {
    const isThere = await isCluster(directory);
    if (!isThere) await requireWritable(dirname(directory));
    return isThere;
  } catch (error) {
    throw explainFolder(error, directory);
  }
}

/** Checks that the nearest existing folder is writable. */
async function requireWritable(folder: string): Promise<void> {
  const isThere = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  if (!isThere) await requireWritable(dirname(folder));
}

/**
 * Starts the embedded Postgres on a data directory, or finds it running. Works as root. The server outlives a killed
 * process, and the next one finds it. Throws a ConfigError if the platform has no embedded Postgres, or if the folder
 * cannot be used.
 */
export async function startEmbedded(path: string, wait: LockWait = {}): Promise<Embedded> {
  await binaries(); // throws if there are none
  try {
    const directory = await prepareFolder(resolve(path));
    return await withFileLock(lockOf(directory), () => openEmbeddedServer(directory, wait), wait);
  } catch (error) {
    throw explainFolder(error, resolve(path));
  }
}

const lockOf = (directory: string) => `${directory}.lock`;

/** Returns the real path: Postgres compares paths as text, so all processes must use the same one. */
async function prepareFolder(path: string): Promise<string> {
  if (/[\p{Cc}\ufffd]/u.test(path) || Buffer.byteLength(path) > 900)
    throw new ConfigError(
      'CS2402',
      `DATABASE_URL is not set, and Postgres cannot work in a folder whose path is very long or has line breaks or broken characters: set DATABASE_URL, or run elsewhere (${JSON.stringify(path)})`,
    );
  await mkdir(dirname(path), { recursive: true });
  return join(await realpath(dirname(path)), basename(path));
}

const UNUSABLE_FOLDER = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'ENOENT']);

/** Returns a file system failure as an error with the remedy, and other errors unchanged. */
function explainFolder(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  if (UNUSABLE_FOLDER.has(String(error.code)))
    return new ConfigError(
      'CS2402',
      `DATABASE_URL is not set, and the embedded Postgres cannot use ${path}: set DATABASE_URL, or run where checkout-sync may write (${formatError(error)})`,
    );
  return new FatalError('CS2403', `the embedded Postgres cannot use ${path}: ${formatError(error)}`);
}

async function openEmbeddedServer(directory: string, wait: LockWait): Promise<Embedded> {
  await initialize(directory);
  const password = await readFile(join(directory, 'password'), 'utf8');
  const socket = await shortPath(directory);
  const address = (host: string, { port }: Postmaster) =>
    `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable${host}`;
  const inSocket = `&host=${encodeURIComponent(socket.path)}`;
  try {
    const connectTo: Connect = (server, limits) =>
      connect(address(inSocket, server), { application_name: APPLICATION, ...limits });
    const { server, presence } = await findOrStart(directory, connectTo, wait);
    const url = address(inSocket, server);
    await announcePresence(presence);
    const close = async () => {
      await withFileLock(lockOf(directory), async () => {
        if (await endPresence(presence)) await stopPostmaster(directory);
      });
      await socket.dispose();
    };
    return { url, tcpUrl: address('', server), close };
  } catch (error) {
    await socket.dispose();
    throw error;
  }
}

const LONGEST_SOCKET = 100;

/** Returns a short path to the folder, because the system limits the length of a socket's path. */
async function shortPath(directory: string): Promise<{ path: string; dispose: () => Promise<void> }> {
  if (Buffer.byteLength(join(directory, '.s.PGSQL.65535')) <= LONGEST_SOCKET)
    return { path: directory, dispose: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-'));
  await symlink(directory, join(folder, 'db'));
  return { path: join(folder, 'db'), dispose: () => rm(folder, { recursive: true, force: true }) };
}

interface RunningServer {
  server: Postmaster;
  /** The session that keeps other processes from stopping the server while it is open. */
  presence: Client;
}

const START_TIMEOUT_MS = 60_000;
const RECONNECT_MS = 50;
/**
 * Timeout of one attempt to connect: a running server responds sooner, and signals are checked between the attempts.
 */
const PRESENCE_CONNECTION = { connectionTimeoutMillis: 1000 };

type Connect = (server: Postmaster, limits?: ClientConfig) => Promise<Client>;

async function findOrStart(directory: string, connectTo: Connect, wait: LockWait): Promise<RunningServer> {
  const running = await findRunning(directory, connectTo, wait);
  if (running) return running;
  const server = await startPostmaster(directory, wait);
  return { server, presence: await connectTo(server) };
}

/** Returns the server that runs on the directory. Waits while it starts or stops. */
async function findRunning(directory: string, connectTo: Connect, wait: LockWait): Promise<RunningServer | undefined> {
  const sayOnce = patience(wait);
  for (const began = performance.now(); ; await pause(RECONNECT_MS)) {
    wait.signal?.throwIfAborted();
    const server = await readPostmaster(directory);
    if (!server) return undefined;
    try {
      return { server, presence: await connectTo(server, PRESENCE_CONNECTION) };
    } catch (error) {
      if (!(await mayYetAnswer(directory, server, error))) return removeStale(directory, server, wait);
      if (performance.now() - began > START_TIMEOUT_MS)
        throw new FatalError(
          'CS2403',
          `the embedded Postgres in ${directory} (process ${server.pid}) does not respond: end that process, and see server.log there (${formatError(error)})`,
        );
      sayOnce(`waiting for the embedded Postgres in ${directory} (process ${server.pid}) to respond`);
    }
  }
}

async function mayYetAnswer(directory: string, { pid }: Postmaster, error: unknown): Promise<boolean> {
  const code = sqlStateOf(error);
  if (code === '57P03') return true; // it is starting, recovering or stopping
  const isMute = code === 'ECONNREFUSED' || code === 'ENOENT' || formatError(error).includes('timeout expired');
  if (!isMute) throw error;
  return (await runsOn(directory, pid)) === true;
}

const sqlStateOf = (error: unknown) => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
};

// A shared lock, held by the session that each process keeps open while it uses the server.
const PRESENCE = '1131375728, 1';

/** Marks the server as used by this process. */
const announcePresence = (presence: Client) => presence.query(`select pg_advisory_lock_shared(${PRESENCE})`);

const END_PRESENCE = `select count(*)::int as others, pg_advisory_unlock_shared(${PRESENCE}) from pg_locks
  where locktype = 'advisory' and (classid, objid) = (${PRESENCE}) and pid <> pg_backend_pid()`;

/** Removes that mark. Returns true if no other process uses the server. */
async function endPresence(presence: Client): Promise<boolean> {
  try {
    const { rows } = await presence.query<{ others: number }>(END_PRESENCE);
    await presence.end();
    return rows[0]?.others === 0;
  } catch {
    return false; // it has crashed or was stopped: a running server belongs to others
  }
}
