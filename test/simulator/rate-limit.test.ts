import { expect, test } from 'vitest';
import { defaultSettings } from '../../src/simulator/polar/settings.ts';
import { fixedWindow } from '../../src/simulator/rate-limit.ts';
import { ask, simulate } from '../support/ask.ts';

test('the request over the limit is a 429 without body and content type, to be retried after the whole window', async () => {
  const simulator = await simulate({ requestsPerMinute: 2 });
  const answers = [await ask(simulator, '/v1/checkouts/'), await ask(simulator, '/v1/checkout-links/')];
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  const refused = await ask(simulator, '/v1/checkouts/');
  expect([refused.status, refused.text, refused.header('content-type')]).toEqual([429, '', null]);
  expect([refused.header('retry-after'), refused.header('polar-version')]).toEqual(['60', '2026-10']);
});

test('the limit is 500 a minute, and 100 in the sandbox', () => {
  expect(defaultSettings(false).rateLimit).toEqual({ requests: 500, windowMs: 60_000 });
  expect(defaultSettings(true).rateLimit).toEqual({ requests: 100, windowMs: 60_000 });
});

test('a window is fixed: it starts with the first request, and the next one starts afresh', () => {
  let now = 5000;
  const within = fixedWindow(() => now);
  const limit = { requests: 2, windowMs: 60_000 };
  expect([within(limit), within(limit), within(limit)]).toEqual([true, true, false]);
  now = 64_999;
  expect(within(limit)).toBe(false);
  now = 65_000;
  expect([within(limit), within(limit), within(limit)]).toEqual([true, true, false]);
});

test('another limit and window can be set while the simulator runs', async () => {
  const simulator = await simulate();
  simulator.polar.settings.rateLimit = { requests: 1, windowMs: 3_600_000 };
  expect((await ask(simulator, '/v1/checkouts/')).status).toBe(200);
  const refused = await ask(simulator, '/v1/checkouts/');
  expect([refused.status, refused.header('retry-after')]).toEqual([429, '3600']);
  simulator.polar.settings.rateLimit = null;
  expect((await ask(simulator, '/v1/checkouts/')).status).toBe(200);
});
