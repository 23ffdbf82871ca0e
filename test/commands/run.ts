import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** What a command printed and how it ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs checkout-sync in a process of its own, with these settings and none of the surroundings'. */
export function run(
  args: readonly string[],
  settings: Record<string, string> = {},
  cwd = process.cwd(),
): Promise<Ended> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(POLAR|FYNN|SYNC|DATABASE|REDIS|LOG)_/.test(name)),
  );
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...clean, ...settings },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => done({ code, stdout, stderr })));
}
