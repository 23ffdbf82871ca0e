import { spawn } from 'node:child_process';
import { chown, open, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FatalError } from '../model/errors.ts';
import type { LockWait } from './file-lock.ts';
import { asOrdinaryUser, binaries, explainSpawn, PLAIN_ENVIRONMENT, whatFailed } from './initdb.ts';
import { commandLineOf, isAlive, processStart } from './process-identity.ts';

/** A server as its own lock file describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  isReady: boolean;
}

const POSTMASTER_TIMEOUT_MS = 60_000;
const POSTMASTER_POLL_MS = 30;

/** Returns the content of `postmaster.pid` in a data directory; undefined if it does not exist. */
export async function readPostmaster(directory: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(directory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port, isReady: lines[7]?.startsWith('ready') ?? false } : undefined;
}

const pidFile = (directory: string) => join(directory, 'postmaster.pid');

/** Returns true if the process is a Postgres on the data directory; undefined if that cannot be determined. */
export async function runsOn(directory: string, pid: number): Promise<boolean | undefined> {
  const line = await commandLineOf(pid);
  if (line === undefined) return (await processStart(pid)) === undefined ? false : undefined;
  return /postgres/.test(line) && line.split('\0').join(' ').concat(' ').includes(`-D ${directory} `);
}

/**
 * Removes the lock file of a server that has ended and whose pid another process now uses, because Postgres would
 * refuse to start.
 */
export async function removeStale(directory: string, { pid }: Postmaster, { say }: LockWait): Promise<undefined> {
  if (!isAlive(pid)) return undefined; // Postgres detects that itself, unless nobody has reaped the process
  const path = pidFile(directory);
  if ((await runsOn(directory, pid)) === undefined)
    throw new FatalError(
      'CS2403',
      `${path} names process ${pid}, which cannot be inspected from here: end it if it is a Postgres, or remove the file if none runs on the folder`,
    );
  say?.(`${path} is left over: process ${pid} is not its Postgres; removed`);
  await rm(path, { force: true });
  return undefined;
}

/**
 * Starts a server on the data directory and waits until it is ready. It outlives this process. Throws a FatalError with
 * the reason if it does not start.
 */
export async function startPostmaster(directory: string, wait: LockWait): Promise<Postmaster> {
  const deadline = performance.now() + POSTMASTER_TIMEOUT_MS;
  for (;;) {
    const outcome = await startOnce(directory, wait);
    if (typeof outcome !== 'string') return outcome;
    const isTransient = /Address already in use|could not bind|is still in use/.test(outcome);
    if (!isTransient || performance.now() > deadline)
      throw new FatalError(
        'CS2403',
        `the embedded Postgres in ${directory} does not start: ${outcome}; see server.log there`,
      );
    await pause(POSTMASTER_POLL_MS * 10, undefined, { signal: wait.signal }).catch(() => wait.signal?.throwIfAborted());
  }
}

/** Makes one attempt. Returns the server, or the reason why it ended. */
async function startOnce(directory: string, { signal }: LockWait): Promise<Postmaster | string> {
  const log = join(directory, 'server.log');
  const file = await openLog(log, directory);
  const { size } = await file.stat();
  try {
    const { child, failed } = await spawnServer(directory, file.fd);
    for (const began = performance.now(); child.exitCode === null && child.signalCode === null;) {
      const found = await readPostmaster(directory);
      if (found?.pid === child.pid && found?.isReady) return found;
      if (signal?.aborted || performance.now() - began > POSTMASTER_TIMEOUT_MS)
        return await abandonStart(child, signal);
      await Promise.race([pause(POSTMASTER_POLL_MS), failed]);
    }
    const text = (await readFile(log)).subarray(size).toString('utf8');
    return (
      whatFailed(text) ?? (text.trim().split('\n').at(-1) || `it ended with ${child.exitCode ?? child.signalCode}`)
    );
  } finally {
    await file.close();
  }
}

async function openLog(path: string, directory: string) {
  const file = await open(path, 'a', 0o600);
  if (process.getuid?.() === 0) await stat(directory).then(({ uid, gid }) => chown(path, uid, gid));
  return file;
}

async function spawnServer(directory: string, log: number) {
  const { postgres } = await binaries();
  // The working directory is the data directory, which keeps the socket's path short.
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=.', 'jit=off'];
  const args = ['-D', directory, '-p', String(await freePort()), ...settings.flatMap((setting) => ['-c', setting])];
  const command = await asOrdinaryUser(directory, postgres, args);
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', log, log],
    cwd: '/',
    env: PLAIN_ENVIRONMENT,
    detached: true,
  });
  const failed = new Promise<never>((_, fail) => child.on('error', (error) => fail(explainSpawn(error))));
  failed.catch(() => undefined); // the waiting code gets the error
  child.unref();
  return { child, failed };
}

async function abandonStart(child: ReturnType<typeof spawn>, signal: AbortSignal | undefined): Promise<never> {
  if (!signal?.aborted)
    throw new FatalError('CS2403', `the embedded Postgres (process ${child.pid}) does not become ready`);
  child.kill('SIGINT');
  throw signal.reason;
}

/** Returns a port that is free now. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/** Stops the server of the data directory, if it is visible from here, and waits until it has ended. */
export async function stopPostmaster(directory: string): Promise<void> {
  const found = await readPostmaster(directory);
  if (!found || !(await runsOn(directory, found.pid))) return;
  process.kill(found.pid, 'SIGINT');
  for (
    const began = performance.now();
    (await processStart(found.pid)) !== undefined;
    await pause(POSTMASTER_POLL_MS)
  ) {
    if (performance.now() - began > POSTMASTER_TIMEOUT_MS)
      throw new FatalError(
        'CS2403',
        `the embedded Postgres (process ${found.pid}) does not stop; see ${directory}/server.log`,
      );
  }
}
