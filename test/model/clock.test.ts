import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

let clock: typeof import('../../src/model/clock.ts');
beforeEach(async () => {
  vi.resetModules();
  clock = await import('../../src/model/clock.ts');
});

const NOON = Date.parse('2026-05-05T12:00:00Z');

/** Makes a reading now that takes `tookMs` and shows `pastNoonMs` past noon. */
function read(pastNoonMs: number, tookMs: number): void {
  const now = performance.now();
  clock.setClock({ time: (NOON + pastNoonMs) * 1000, askedAt: now - tookMs / 2, answeredAt: now + tookMs / 2 });
}

const pastNoon = () => clock.presentMs() - NOON;

test('the clock is this machine’s until the database’s was read, and then that one, whatever this machine’s does', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(NOON + 7000);
  expect(pastNoon()).toBe(7000);
  read(0, 2);
  vi.setSystemTime(NOON + 86_400_000);
  expect(pastNoon()).toBeLessThan(5000);
  vi.useRealTimers();
});

test('libraries tell the time by the clock of the database, in whole milliseconds, and this machine’s until it was read', () => {
  const undo = clock.shareClock();
  onTestFinished(undo);
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  read(0, 2);
  expect(Date.now() - NOON).toBeGreaterThanOrEqual(0);
  expect(Date.now() - NOON).toBeLessThan(60_000);
  expect(Number.isInteger(Date.now())).toBe(true);
  undo();
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
});

test('a reading that took long does not replace an exact one that it agrees with', () => {
  read(0, 2);
  read(40_000, 100_000);
  expect(pastNoon()).toBeLessThan(30_000);
});

test('a reading that contradicts the last one replaces it: a clock was set', () => {
  read(0, 2);
  read(10_000, 1000);
  expect(pastNoon()).toBeGreaterThan(9000);
  read(-86_400_000, 1000);
  expect(pastNoon()).toBeLessThan(-86_000_000);
});

test('each observation is later than the last, also after a reading that is more exact; only a clock that was set goes back', () => {
  read(0, 500);
  const first = clock.timestampMicros();
  read(-100, 2);
  const second = clock.timestampMicros();
  expect(second > first).toBe(true);
  read(-10_000, 2);
  expect(clock.timestampMicros() < first).toBe(true);
});

test('observations have microseconds and are ISO instants', () => {
  read(0, 2);
  expect(clock.timestampMicros()).toMatch(/^2026-05-05T1[12]:\d\d:\d\d\.\d{6}Z$/);
});
