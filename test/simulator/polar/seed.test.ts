import { expect, test } from 'vitest';
import { micros } from '../../../src/simulator/instants.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';
import { ask, checkouts, first, read, simulate } from '../../support/ask.ts';

const paths = ['/v1/checkout-links/?limit=100', '/v1/checkouts/?limit=100', '/v1/checkouts/?limit=100&page=2'];

test('the same seed, present and sizes give the same bytes, edits included', async () => {
  const texts = [];
  for (let turn = 0; turn < 2; turn++) {
    const simulator = await simulate({ links: 40, checkouts: 150, seed: 7 });
    const { id } = simulator.polar.createCheckout();
    simulator.polar.confirm(id);
    simulator.polar.createLink();
    texts.push((await Promise.all(paths.map((path) => ask(simulator, path)))).map((answer) => answer.text));
  }
  expect(texts[0]).toEqual(texts[1]);
  const other = await simulate({ links: 40, checkouts: 150, seed: 8 });
  expect((await ask(other, paths[0] ?? '')).text).not.toBe(texts[0]?.[0]);
});

test('timestamps have microseconds, and none of the fraction when it is zero', async () => {
  const { polar } = await simulate({ checkouts: 2000 });
  const created = [...polar.checkouts.values()].map((session) => session.created_at);
  const whole = created.filter((stamp) => /T\d\d:\d\d:\d\dZ$/.test(stamp));
  const exact = created.filter((stamp) => /T\d\d:\d\d:\d\d\.\d{6}Z$/.test(stamp));
  expect(whole.length).toBeGreaterThan(10);
  expect(whole.length + exact.length).toBe(2000);
  expect(exact.some((stamp) => !stamp.endsWith('000Z'))).toBe(true);
});

test('sessions spread over nine months before the present, no two at the same instant', async () => {
  const { polar } = await simulate({ checkouts: 2000 });
  const created = [...polar.checkouts.values()].map((session) => micros(session.created_at));
  expect(new Set(created).size).toBe(2000);
  expect(created).toEqual(created.toSorted((a, b) => a - b));
  const days = (created.at(-1)! - created[0]!) / 86_400_000_000;
  expect(days).toBeGreaterThan(265);
  expect(days).toBeLessThan(275);
});

test('people have names and mail at example.com, from several countries and in several currencies', async () => {
  const { polar } = await simulate({ checkouts: 500 });
  const sessions = [...polar.checkouts.values()];
  const emails = sessions.flatMap((session) => session.customer_email ?? []);
  expect(emails.length).toBeGreaterThan(200);
  expect(emails.every((email) => email.endsWith('@example.com'))).toBe(true);
  expect(new Set(sessions.map((session) => session.customer_billing_address?.country)).size).toBeGreaterThan(8);
  expect(new Set(sessions.map((session) => session.currency))).toEqual(new Set(['usd', 'eur', 'gbp', 'jpy', 'kwd']));
});

test('fifty thousand sessions and two thousand links start in two seconds', async () => {
  const start = cpuTimeMs();
  const simulator = await simulate({ checkouts: 50_000, links: 2000 });
  expect(cpuTimeMs() - start).toBeLessThan(2000);
  expect((await checkouts(simulator, 'limit=1')).pagination.total_count).toBe(50_000);
});

test('a million sessions take no memory of their own, and any page comes immediately', async () => {
  const simulator = await simulate({ checkouts: 1_000_000 });
  const ids = new Set<string>();
  const start = cpuTimeMs();
  for (const page of [1, 5000, 9999]) {
    for (const { id } of (await checkouts(simulator, `limit=100&page=${page}`)).items) ids.add(id);
  }
  expect(cpuTimeMs() - start).toBeLessThan(1000);
  expect(ids.size).toBe(300);
  const id = first(ids);
  expect(await read(simulator, `/v1/checkouts/${id}`)).toMatchObject({ id });
});

test('a page of a hundred sessions is ready in a few milliseconds', async () => {
  const simulator = await simulate({ checkouts: 5000 });
  const times: number[] = [];
  for (let page = 1; page <= 30; page++) {
    const start = cpuTimeMs();
    await ask(simulator, `/v1/checkouts/?limit=100&page=${page}`);
    times.push(cpuTimeMs() - start);
  }
  // The fastest: among the others some collect garbage.
  expect(Math.min(...times)).toBeLessThan(20);
});

test('without a present the clock is the real one', async () => {
  const simulator = await startSimulator({ links: 0, checkouts: 0 });
  const before = Date.now();
  const { created_at } = simulator.polar.createCheckout();
  expect(Math.abs(micros(created_at) / 1000 - before)).toBeLessThan(2000);
  await simulator.close();
});
