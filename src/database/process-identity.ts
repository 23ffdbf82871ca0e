import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** One process for all time: a pid is used again, a pid that started at this moment on this machine is not. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the words of the operating system; empty where that cannot be found out. */
  start: string;
  /** The boot and the pid namespace that the pid belongs to, or the host's name. */
  machine: string;
}

const IS_LINUX = process.platform === 'linux';

/** Returns the identity of this process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, start: (await processStart(process.pid)) ?? '', machine: await thisMachine() };
}

/** Returns what distinguishes the pids that can be seen from here from those of other machines and containers. */
async function thisMachine(): Promise<string> {
  if (!IS_LINUX) return hostname();
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return `${boot} ${await readlink('/proc/self/ns/pid')}`;
}

/** Returns when a process started; empty where that cannot be found out, undefined when there is no such process. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (!IS_LINUX) return ps(pid, 'lstart=');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined); // ended meanwhile, or hidden from us
  if (stat === undefined) return isAlive(pid) ? '' : undefined;
  // The name, in parentheses, may hold anything; state is the first field after it, the start in ticks since the boot the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Returns the command line of a process, with its arguments separated by NUL or spaces; undefined where it cannot be seen. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  const line = IS_LINUX ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : await ps(pid, 'command=');
  return line === '' ? undefined : line;
}

/** True when a process of this number exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
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
