import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freshDatabaseUrl } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/service.ts';
import { CORE_STREAMS } from '../support/source.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Runs a command line of a shell in which `$cli` is checkout-sync; `code` is checkout-sync's own. */
async function shell(line: string, settings: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, cli: `${process.execPath} ${cli}`, LOG_LEVEL: 'error', ...settings };
  const child = spawn('sh', ['-c', `{ ${line.replace('|', '; echo "code $?" >&2; } |')}`], { env, stdio: 'pipe' });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr: stderr.replace(/code \d+\n/, ''), code: Number(/code (\d+)/.exec(stderr)?.[1]) };
}

test('a reader that goes away ends a command without a word: --help | true', async () => {
  expect(await shell('$cli --help | true')).toEqual({ stdout: '', stderr: '', code: 0 });
});

test('verify | head ends with 1, the comparison unfinished, without a word', async () => {
  const polar = await startPolar({ links: 300, checkouts: 0 });
  const settings = {
    DATABASE_URL: await freshDatabaseUrl(),
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    ...CORE_STREAMS,
  };
  const { stdout, stderr, code } = await shell('$cli verify | head -n 1', settings);
  expect(stdout).toMatch(/^polar\.\w+ \S+ is not stored\n$/);
  expect([stderr, code]).toEqual(['', 1]);
});

test('a full disk under stdout is said in one line, with exit code 1', async () => {
  const { stderr, code } = await shell('$cli --help > /dev/full | true');
  expect(stderr).toBe('checkout-sync: CS6209: stdout cannot be written: ENOSPC: no space left on device, write\n');
  expect(code).toBe(1);
});

test('a full disk under stderr ends no worker: it serves, and ends with 0 when it is told to', async () => {
  const port = await freePort();
  const env = { PATH: process.env.PATH, DATABASE_URL: await freshDatabaseUrl(), PORT: String(port) };
  const child = spawn(process.execPath, [cli, 'worker'], {
    env,
    stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('it has logged, and is ready', async () => child.exitCode !== null || (await isReady()));
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
