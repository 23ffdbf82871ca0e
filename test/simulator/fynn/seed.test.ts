import { expect, onTestFinished, test } from 'vitest';
import type { Fynn } from '../../../src/simulator/fynn/fynn.ts';
import { startFynnSimulator, type FynnSimulatorOptions } from '../../../src/simulator/fynn-simulator.ts';

interface PricePlan {
  [key: string]: unknown;
  id: string;
  type: string;
  price: { createdAt: string };
}

async function tenant(options: FynnSimulatorOptions = {}): Promise<Fynn> {
  const simulator = await startFynnSimulator({ now: '2026-11-21T08:00:00Z', ...options });
  onTestFinished(() => simulator.close());
  return simulator.fynn;
}

test('values come in the variety that the documentation leaves open', async () => {
  const fynn = await tenant({ prices: 80 });
  const all = [...fynn.prices.keys()].map((id) => fynn.json.pricePlan(id) as PricePlan);
  const kinds = (key: string) => new Set(all.map((price) => price[key]));
  expect(kinds('type')).toEqual(new Set(['flat_fee', 'per_unit', 'tiered', 'volume', 'stair_step', 'percentage']));
  expect(kinds('status')).toEqual(new Set(['active', 'archived']));
  expect(kinds('billingInterval')).toEqual(new Set(['1M', '1Y', null]));
  expect([kinds('salesChannel'), kinds('currencyCode')]).toEqual([new Set([null]), new Set(['EUR', null])]);
  const form = (value: unknown) => (typeof value === 'string' ? value.replace(/[^/]+$/, '') : value && typeof value);
  const forms = (key: string) => new Set(all.map((price) => form(price[key])));
  expect(forms('product')).toEqual(new Set(['', '/products/', 'object']));
  expect(forms('customer')).toEqual(new Set(['', '/customers/', 'object', null]));
  expect(new Set(all.map(({ price }) => price.createdAt.slice(19)))).toEqual(new Set(['Z', '+00:00']));
  const ulids = all.filter(({ id }) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id));
  const uuids = all.filter(({ id }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
  expect(ulids.length).toBeGreaterThan(0);
  expect(uuids.length).toBeGreaterThan(60);
  expect(ulids.length + uuids.length).toBe(80);
  for (const price of all) expect(Array.isArray(price.tiers)).toBe(/^(tiered|volume|stair_step)$/.test(price.type));
});

test('with the option, some of what is not there is an empty object', async () => {
  const fynn = await tenant({ emptyObjects: true });
  const channels = [...fynn.prices.values(), fynn.createPrice()].map((price) => price.salesChannel);
  expect(channels).toContainEqual({});
  expect(channels).toContain(null);
});

test('the same seed and present give the same data, another seed another', async () => {
  const links = async (options: FynnSimulatorOptions) => {
    const fynn = await tenant(options);
    return [...[...fynn.links.keys()].map((id) => fynn.json.link(id)), fynn.createLink(), fynn.createPrice()];
  };
  const once = await links({ seed: 7 });
  expect(await links({ seed: 7 })).toEqual(once);
  expect(await links({ seed: 8 })).not.toEqual(once);
});
