import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAhead } from '../../src/extract/read-ahead.ts';

const never = new AbortController().signal;

/** Reads pages 1 to 40, twelve at most, and notes how many were started whenever one is yielded. */
async function startedAtEach(read: (page: number) => Promise<number>): Promise<number[]> {
  const startedAt: number[] = [];
  let started = 0;
  const range = { first: 1, last: 40, concurrency: 12 };
  const pages = readAhead(range, (page) => ((started += 1), read(page)), never);
  for await (const page of pages) {
    startedAt.push(started - page);
    await turn(); // what the source has sent meanwhile arrives
  }
  return startedAt;
}

test('a fast source is read a few pages ahead', async () => {
  const ahead = await startedAtEach((page) => Promise.resolve(page));
  expect(ahead).toHaveLength(40);
  expect(Math.max(...ahead)).toBe(3);
});

test('a slow source is read as many pages ahead as are allowed', async () => {
  const held: (() => void)[] = [];
  const ahead = startedAtEach((page) => new Promise<number>((resolve) => held.push(() => resolve(page))));
  for (let answered = 0; answered < 40; answered += 1) {
    while (held.length === 0) await turn();
    held.shift()?.();
    await turn();
  }
  expect(Math.max(...(await ahead))).toBe(11);
});

test('one read at a time starts the next one when the last was taken', async () => {
  let started = 0;
  const pages = readAhead(
    { first: 1, last: 3, concurrency: 1 },
    (page) => ((started += 1), Promise.resolve(page)),
    never,
  );
  for await (const page of pages) expect(started).toBe(page);
});

test('a failure is thrown in its turn, and ends the reads that were started', async () => {
  const ended: number[] = [];
  const read = (page: number, signal: AbortSignal) =>
    page === 2
      ? Promise.reject(new Error('page 2 failed'))
      : new Promise<number>((resolve) => {
          if (page === 1) resolve(page);
          signal.addEventListener('abort', () => {
            ended.push(page);
            resolve(page);
          });
        });
  const taken: number[] = [];
  const reading = async () => {
    for await (const page of readAhead({ first: 1, last: 9, concurrency: 4 }, read, never)) taken.push(page);
  };
  await expect(reading()).rejects.toThrow('page 2 failed');
  expect(taken).toEqual([1]);
  expect(ended).toContain(3);
});
