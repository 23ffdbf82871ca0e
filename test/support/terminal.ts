import { spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A command on a pseudo-terminal of its own. */
export interface Terminal {
  /** Types text, as a person would. */
  type: (text: string) => void;
  /** Waits until the output since the last match matches, and returns it up to the match. */
  shows: (pattern: RegExp) => Promise<string>;
  /** All that was shown. */
  screen: () => string;
  ended: Promise<number | null>;
}

/** True where a program is installed. */
export const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Runs a line of shell on a pseudo-terminal, by `script` of util-linux. */
export function openTerminal(line: string, { env, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Terminal {
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { env, cwd });
  onTestFinished(() => void child.kill());
  let [screen, seen] = ['', 0];
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((check) => check());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    wake();
  });
  const ended = new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  const shows = (pattern: RegExp) =>
    new Promise<string>((done, fail) => {
      const check = () => {
        const match = pattern.exec(screen.slice(seen));
        if (!match) return;
        const from = seen;
        seen += match.index + match[0].length;
        waiting.delete(check);
        done(screen.slice(from, seen));
      };
      waiting.add(check);
      check();
      void ended.then(() => fail(new Error(`it ended without showing ${pattern}: ${screen.slice(seen)}`)));
    });
  return { type: (text) => void child.stdin.write(text), shows, screen: () => screen, ended };
}
