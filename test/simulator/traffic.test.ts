import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { ask, simulate } from '../support/ask.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A simulator with live traffic, whose time the test moves. */
async function busy(perSecond: number): Promise<{ simulator: Simulator; events: string[] }> {
  const simulator = await simulate();
  const events: string[] = [];
  simulator.polar.subscribe((event) => events.push(`${event.type} ${event.id}`));
  simulator.live({ perSecond });
  return { simulator, events };
}

test('live traffic makes new sessions, payments and catalog edits, the same for the same seed', async () => {
  const [one, two] = [await busy(100), await busy(100)];
  vi.advanceTimersByTime(10_000);
  expect(one.events.length).toBeGreaterThan(600);
  expect(one.events.length).toBeLessThan(1100);
  expect(one.events).toEqual(two.events);
  const types = new Set(one.events.map((event) => event.split(' ')[0]));
  for (const type of ['checkout.created', 'checkout.updated', 'product.updated']) expect(types).toContain(type);
  const { polar } = one.simulator;
  const succeeded = [...polar.checkouts.values()].filter((session) => session.status === 'succeeded');
  expect(succeeded.length).toBeGreaterThan(60);
  expect([...polar.links.values()].some((link) => link.label?.startsWith('Campaign'))).toBe(true);
});

test('live traffic ends when it is stopped, and when the simulator closes', async () => {
  const { simulator, events } = await busy(50);
  vi.advanceTimersByTime(2000);
  const made = events.length;
  expect(made).toBeGreaterThan(20);
  simulator.live(null);
  vi.advanceTimersByTime(2000);
  expect(events).toHaveLength(made);
  const other = await busy(50);
  await other.simulator.close();
  vi.advanceTimersByTime(2000);
  expect(other.events).toEqual([]);
});

test('what live traffic leaves behind can be read to the last record', async () => {
  const { simulator } = await busy(100);
  vi.advanceTimersByTime(20_000);
  for (const resource of ['checkouts', 'checkout-links']) {
    const { status } = await ask(simulator, `/v1/${resource}/?limit=100&page=1`);
    expect(status).toBe(200);
  }
  const { polar } = simulator;
  for (const id of polar.checkouts.keys()) expect(polar.json.checkout(id)).toMatchObject({ id });
  for (const link of polar.links.values()) {
    if (link.deleted_at === null) expect(polar.json.link(link.id)).toMatchObject({ id: link.id });
  }
});
