import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { hasCode } from '../model/errors.ts';

/** A unique process: a pid is reused, but not with the same start on the same machine. */
export interface ProcessIdentity {
  pid: number;
  /** The start time as the operating system writes it; empty if unknown. */
  start: string;
  /** The boot and the pid namespace that the pid belongs to, or the host's name. */
  machine: string;
}

const IS_LINUX = process.platform === 'linux';

/** Returns the identity of this process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, start: (await processStart(process.pid)) ?? '', machine: await thisMachine() };
}

/** Returns the scope of the pids that are visible from here; other machines and containers have their own. */
async function thisMachine(): Promise<string> {
  if (!IS_LINUX) return hostname();
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return `${boot} ${await readlink('/proc/self/ns/pid')}`;
}

/** Returns the start time of a process; empty if it is unknown, undefined if there is no such process. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (!IS_LINUX) return ps(pid, 'lstart=');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined); // ended meanwhile, or hidden from us
  if (stat === undefined) return isAlive(pid) ? '' : undefined;
  // The name, in parentheses, may contain anything; the 20th field after it is the start, in ticks since the boot.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/**
 * Returns the command line of a process, with its arguments separated by NUL or spaces; undefined if it cannot be read.
 */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  const line = IS_LINUX ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : await ps(pid, 'command=');
  return line === '' ? undefined : line;
}

/** Returns true if a process with this pid exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

const execute = promisify(execFile);

async function ps(pid: number, column: string): Promise<string> {
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' };
  return execute('ps', ['-ww', '-o', column, '-p', String(pid)], { env }).then(
    ({ stdout }) => stdout.trim(),
    () => '', // no ps, or no such process any more
  );
}
