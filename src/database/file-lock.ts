import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError, hasCode } from '../model/errors.ts';
import { processStart, thisProcess, type ProcessIdentity } from './process-identity.ts';

/** Options of waiting for a lock. */
export interface LockWait {
  /** Ends the wait, which throws its reason. */
  signal?: AbortSignal | undefined;
  /** Called once with a sentence that names the holder, after a second of waiting. */
  say?: ((message: string) => void) | undefined;
}

type Holder = ProcessIdentity & { token: string };

const holderShape: z.ZodType<Holder> = z.object({
  token: z.uuid(),
  pid: z.int().positive(),
  start: z.string(),
  machine: z.string(),
});

/** The content of a lock file. Without a holder it is empty, damaged or not ours, and locks nothing. */
interface LockFile {
  token: string;
  holder: Holder | undefined;
  changedAt: bigint;
}

const SAY_AFTER_MS = 1000;
const LOCK_POLL_MS = 50;
/** A holder touches its lock this often: the only sign of life from another container or machine. */
const LOCK_HEARTBEAT_MS = 1000;
const SILENT_FOR_MS = 10_000;

/**
 * Runs the work while no other process runs work under the same path. Only a live process holds a lock: a waiting
 * process takes over a lock whose holder has ended, or that names none. Throws a ConfigError if the path is a folder.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, wait: LockWait = {}): Promise<T> {
  const { token } = await acquire(path, wait);
  const heartbeat = setInterval(() => void touch(path), LOCK_HEARTBEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await read(path))?.token === token) await rm(path, { force: true });
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined); // a lock that is gone needs no heartbeat
}

async function acquire(path: string, wait: LockWait): Promise<Holder> {
  const me = { token: randomUUID(), ...(await thisProcess()) };
  const [isSilent, sayOnce] = [silenceWatch(), patience(wait)];
  for (;;) {
    wait.signal?.throwIfAborted();
    const found = await read(path);
    if (!found) {
      if (await place(path, me)) return me;
    } else if (await isStale(found, me, isSilent)) await removeLock(path, found.token, wait);
    else {
      sayOnce(`waiting for ${path}, which ${describeHolder(found, me)} holds`);
      await pause(LOCK_POLL_MS, undefined, { signal: wait.signal }).catch(() => wait.signal?.throwIfAborted());
    }
  }
}

/** Returns a function that reports the first message it gets after a second of waiting. */
export function patience({ say }: LockWait): (message: string) => void {
  const began = performance.now();
  let hasSaid = false;
  return (message) => {
    if (hasSaid || performance.now() - began < SAY_AFTER_MS) return;
    hasSaid = true;
    say?.(message);
  };
}

const describeHolder = ({ holder }: LockFile, { machine }: Holder) =>
  holder?.machine === machine ? `process ${holder.pid}` : 'a process in another container or on another machine';

/** Creates the lock with its content in one step: a kill or a full disk leaves a complete lock or none. */
async function place(path: string, me: Holder): Promise<boolean> {
  const draft = `${path}.${me.token}.tmp`;
  try {
    await writeFile(draft, JSON.stringify(me), { mode: 0o644, flush: true });
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(path: string): Promise<LockFile | undefined> {
  try {
    const [text, { ino, mtimeNs }] = await Promise.all([readFile(path, 'utf8'), stat(path, { bigint: true })]);
    const holder = parse(text);
    return { token: holder?.token ?? `${ino}-${mtimeNs}`, holder, changedAt: mtimeNs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'EISDIR'))
      throw new ConfigError('CS2402', `${path} is a folder where a lock file belongs: remove it`);
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    return holderShape.parse(JSON.parse(text));
  } catch {
    return undefined; // empty, cut off, or written by something else
  }
}

async function isStale(found: LockFile, me: Holder, isSilent: (found: LockFile) => boolean): Promise<boolean> {
  const { holder } = found;
  if (!holder) return true;
  return holder.machine === me.machine ? (await processStart(holder.pid)) !== holder.start : isSilent(found);
}

/**
 * Returns a function that detects a lock that was not touched for a while, by our own clock, because clocks of machines
 * differ and jump.
 */
function silenceWatch(): (found: LockFile) => boolean {
  let last: { token: string; changedAt: bigint; since: number } | undefined;
  return ({ token, changedAt }) => {
    if (last?.token !== token || last.changedAt !== changedAt) last = { token, changedAt, since: performance.now() };
    return performance.now() - last.since > SILENT_FOR_MS;
  };
}

/** Removes a stale lock under a second lock, which keeps it from removing the new lock of a faster process. */
function removeLock(path: string, token: string, wait: LockWait): Promise<void> {
  return withFileLock(
    `${path}.${token}`,
    async () => {
      if ((await read(path))?.token === token) await rm(path, { force: true });
    },
    wait,
  );
}
