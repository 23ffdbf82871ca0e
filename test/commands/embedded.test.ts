import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { withFileLock } from '../../src/database/file-lock.ts';
import { until } from '../support/service.ts';
import { start } from '../support/run.ts';

test('a command that waits for the embedded Postgres says whom for, and SIGTERM ends it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-wait-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, '.data'));
  await withFileLock(join(directory, '.data/postgres.lock'), async () => {
    const waiting = start(['status'], {}, directory);
    await until('it says so', () => waiting.stderr().includes(`which process ${process.pid} holds`));
    waiting.kill('SIGTERM');
    const { code, stderr } = await waiting.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/checkout-sync: CS5103: interrupted/)]);
  });
  expect(await readdir(join(directory, '.data'))).toEqual([]);
});

test('where no file can grow, as on a full disk, a command fails in one line and leaves nothing that holds others up', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-full-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const env = { PATH: process.env.PATH };
  const command = ['-c', 'ulimit -f 0 && exec "$0" "$@"', process.execPath, cli, 'status'];
  const { status, stderr } = spawnSync('sh', command, { cwd: directory, env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^checkout-sync: CS2403: the embedded Postgres cannot use .*EFBIG.*\n$/),
  ]);
  expect(await readdir(join(directory, '.data'))).toEqual([]);
});
