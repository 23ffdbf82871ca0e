import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { withFileLock } from '../../src/database/file-lock.ts';
import { thisProcess } from '../../src/database/process-identity.ts';
import { until } from '../support/service.ts';

afterEach(() => void vi.useRealTimers());

const me = await thisProcess();
const TOKEN = '00000000-0000-4000-8000-000000000000';

async function lockPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'postgres.lock');
}

const beside = (path: string) => readdir(join(path, '..'));

/** Work that notes how many do it side by side. */
function counted() {
  const most = { atOnce: 0, done: 0 };
  let now = 0;
  const work = async () => {
    most.atOnce = Math.max(most.atOnce, (now += 1));
    await new Promise((done) => setImmediate(done));
    now -= 1;
    most.done += 1;
  };
  return { most, work };
}

/** Lets time pass, by the clock of the code, until the condition holds; returns how much. */
async function passing(holds: () => boolean): Promise<number> {
  const began = performance.now();
  await until('it comes true as time passes', () => (vi.advanceTimersByTime(200), holds()), 600_000);
  return performance.now() - began;
}

const stale = {
  'an empty file, as a full disk leaves it': '',
  'a file that was cut off': '{"token":"00000000-0000-4000-8000',
  'a number alone': String(process.pid),
  'something else': 'null',
  'a process that has ended': JSON.stringify({ ...me, token: TOKEN, pid: 2 ** 30 }),
  'a pid that another process uses now': JSON.stringify({ ...me, token: TOKEN, start: '1' }),
};

test.each(Object.entries(stale))('a lock with no living holder holds nobody up: %s', async (_, content) => {
  const path = await lockPath();
  await writeFile(path, content);
  const { most, work } = counted();
  await Promise.all(Array.from({ length: 12 }, () => withFileLock(path, work)));
  expect(most).toEqual({ atOnce: 1, done: 12 });
  expect(await beside(path)).toEqual([]);
});

test('a holder that cannot be seen from here counts as gone once it has said nothing for ten seconds', async () => {
  const path = await lockPath();
  vi.useFakeTimers({ toFake: ['performance'] });
  await writeFile(path, JSON.stringify({ ...me, token: TOKEN, machine: 'another container' }));
  const said: string[] = [];
  const { most, work } = counted();
  const both = Promise.all([1, 2].map(() => withFileLock(path, work, { say: (message) => said.push(message) })));
  const waited = await passing(() => said.length === 2);
  expect(waited).toBeGreaterThan(1000);
  expect(said[0]).toMatch(/postgres\.lock, which a process in another container or on another machine holds$/);
  expect(most.done).toBe(0);
  expect(waited + (await passing(() => most.done === 2))).toBeGreaterThan(10_000);
  await both;
  expect(most).toEqual({ atOnce: 1, done: 2 });
});

test('who waits for a lock says whom for, and stops at a signal', async () => {
  const path = await lockPath();
  const held = Promise.withResolvers<void>();
  const holder = withFileLock(path, () => held.promise);
  await until('the lock is held', async () => (await beside(path)).includes('postgres.lock'));
  vi.useFakeTimers({ toFake: ['performance'] });
  const said: string[] = [];
  const stop = new AbortController();
  const waiting = withFileLock(path, async () => 'worked', { signal: stop.signal, say: (text) => said.push(text) });
  await passing(() => said.length > 0);
  expect(said).toEqual([`waiting for ${path}, which process ${process.pid} holds`]);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  held.resolve();
  await holder;
  expect(await beside(path)).toEqual([]);
});

test('a folder in place of the lock is refused with what to do', async () => {
  const path = await lockPath();
  await mkdir(path);
  await expect(withFileLock(path, async () => undefined)).rejects.toThrow(
    `${path} is a folder where a lock file belongs: remove it`,
  );
});
