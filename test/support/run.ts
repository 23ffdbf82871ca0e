import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Terminal } from '../../src/commands/invocation.ts';
import { runProgram } from '../../src/program.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Output and exit code of a command. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running command. */
export interface Started {
  kill: (signal: NodeJS.Signals) => void;
  /** Returns its errors so far. */
  stderr: () => string;
  ended: Promise<Ended>;
}

const SETTING = /^((POLAR|FYNN|SYNC|DATABASE|REDIS|LOG)_.*|HOST|PORT|ADMIN_TOKEN|PG[A-Z]+|\w+_proxy)$/i;

/** Starts checkout-sync in a process of its own, with these settings and none of the surroundings'. */
export function start(args: readonly string[], settings: Record<string, string> = {}, cwd = process.cwd()): Started {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTING.test(name)));
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...clean, ...settings },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done, fail) =>
    child.on('error', fail).on('close', (code) => done({ code, stdout, stderr })),
  );
  return { kill: (signal) => void child.kill(signal), stderr: () => stderr, ended };
}

/** Runs checkout-sync in a process of its own to its end, with these settings and none of the surroundings'. */
export const run = (...started: Parameters<typeof start>): Promise<Ended> => start(...started).ended;

/** Runs checkout-sync in this process to its end, with these settings and nothing else; its log is silent unless they say otherwise. */
export async function call(
  args: readonly string[],
  settings: Record<string, string> = {},
  { input = '', terminal }: { input?: string; terminal?: Terminal } = {},
): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const code = await runProgram(args, {
    environment: () => ({ LOG_LEVEL: 'silent', ...settings }),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    terminal: () => terminal,
    readInput: () => Promise.resolve(input),
    signal: new AbortController().signal,
  });
  return { code, stdout, stderr };
}
