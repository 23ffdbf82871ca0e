import { expect, test } from 'vitest';
import { micros } from '../../../src/simulator/instants.ts';
import { random } from '../../../src/simulator/random.ts';
import { present, simulate } from '../../support/ask.ts';

const at = (second: number) => `2026-11-21T08:20:0${second}Z`;

test('the edit log has every change of a session with its true moment, and the session before and after', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout({ discount_id: null, customer_email: null });
  polar.openCheckout(id, at(1));
  polar.identify(id, at(2));
  polar.typeAddress(id, at(3));
  polar.chooseMethod(id, 'card', at(4));
  polar.confirm(id, at(5));
  polar.failPayment(id, at(6));
  polar.confirm(id, at(7));
  polar.succeed(id, at(8));
  const entries = polar.log.checkouts.filter((entry) => entry.id === id);
  expect(entries.map(({ action, at: moment, after }) => [action, moment, after?.status])).toEqual([
    ['created', polar.checkouts.get(id)?.created_at, 'open'],
    ['opened', at(1), 'open'],
    ['identified', at(2), 'open'],
    ['address_typed', at(3), 'open'],
    ['method_chosen', at(4), 'open'],
    ['confirmed', at(5), 'confirmed'],
    ['payment_failed', at(6), 'open'],
    ['confirmed', at(7), 'confirmed'],
    ['succeeded', at(8), 'succeeded'],
  ]);
  expect(entries.map(({ before }) => before)).toEqual([null, ...entries.slice(0, -1).map(({ after }) => after)]);
  expect(polar.checkouts.get(id)).toMatchObject(present(entries.at(-1)?.after));
  expect(polar.stepsOf(id)).toEqual(entries.map(({ action, at: moment }) => ({ action, at: moment })));
});

test('changes by hand and removals are in the log, what changes nothing is not', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout();
  polar.openCheckout(id);
  polar.openCheckout(id);
  polar.failPayment(id);
  polar.backfillCheckout(id, { locale: 'de' });
  polar.expire(id);
  polar.hardDeleteCheckout(id);
  const entries = polar.log.checkouts.filter((entry) => entry.id === id);
  expect(entries.map(({ action }) => action)).toEqual(['created', 'opened', 'backfilled', 'expired', 'removed']);
  expect(entries.at(-1)).toMatchObject({ before: { locale: 'de', status: 'expired' }, after: null });
});

test('changes of products, prices, discounts and links are in the log, with the moment also of those that move no modified_at', async () => {
  const { polar } = await simulate();
  const link = polar.createLink();
  polar.updateLink(link.id, { label: 'a' }, at(1));
  polar.setLinkProducts(link.id, [present(link.product_ids[0])]);
  polar.deleteLink(link.id, at(2));
  polar.restoreLink(link.id, at(3));
  expect(polar.log.links.map(({ action }) => action)).toEqual(['created', 'updated', 'updated', 'deleted', 'restored']);
  expect(polar.log.links.map((entry) => entry.at)).toEqual([link.created_at, at(1), expect.any(String), at(2), at(3)]);

  const discount = polar.createDiscount();
  polar.updateDiscount(discount.id, { basis_points: 2000 }, at(4));
  polar.redeemDiscount(discount.id);
  expect(polar.log.discounts.map(({ after }) => [after?.basis_points, after?.redemptions_count])).toEqual([
    [1000, 0],
    [2000, 0],
    [2000, 1],
  ]);
  expect(micros(present(polar.log.discounts[2]).at)).toBeGreaterThan(micros('2026-11-21T08:00:00Z'));

  const price = present([...polar.products.values()].find((product) => !product.is_archived)?.price_ids[0]);
  const { id: successor } = polar.changePrice(price, { tax_behavior: 'exclusive' }, at(5));
  expect(polar.log.prices.map((entry) => [entry.id, entry.action, entry.at])).toEqual([
    [price, 'updated', at(5)],
    [successor, 'created', at(5)],
  ]);
  expect(polar.log.products).toHaveLength(1);
});

test('numbers put the changes of all kinds in one order', async () => {
  const { polar } = await simulate();
  polar.createProduct();
  const { id } = polar.createCheckout({ discount_id: null });
  polar.createLink();
  polar.openCheckout(id);
  const { products, checkouts, links } = polar.log;
  expect([...products, ...checkouts, ...links].map(({ number }) => number)).toEqual([0, 1, 3, 2]);
});

test('the steps of a seeded session lead to its status and its modified_at', async () => {
  const { polar } = await simulate({ checkouts: 600, links: 40 });
  const last = { open: ['created', 'opened', 'identified', 'address_typed', 'method_chosen', 'payment_failed'] };
  const expected: Record<string, string[]> = {
    ...last,
    confirmed: ['confirmed'],
    succeeded: ['succeeded'],
    expired: ['expired'],
  };
  let failed = 0;
  for (const { id, status, created_at, modified_at, truth, expires_at } of polar.checkouts.values()) {
    const steps = polar.stepsOf(id);
    const moments = steps.map((step) => micros(step.at));
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(steps[0]).toEqual({ at: created_at, action: 'created' });
    expect(expected[status]).toContain(steps.at(-1)?.action);
    expect(steps.length > 1 ? steps.at(-1)?.at : null).toBe(modified_at);
    expect(steps.find(({ action }) => action === 'opened')?.at ?? null).toBe(truth.opened_at);
    if (status === 'expired') expect(micros(present(modified_at)) - micros(expires_at)).toBeLessThan(16 * 60_000_000);
    failed += steps.filter(({ action }) => action === 'payment_failed').length;
  }
  expect(failed).toBeGreaterThan(30);
});

test('background traffic is in the log', async () => {
  const { polar } = await simulate({ checkouts: 600, links: 40 });
  const chance = random(1, 'traffic');
  const steps = polar.traffic();
  for (let turn = 0; turn < 600; turn++) chance.pick(steps)[1](chance);
  const actions = new Set(polar.log.checkouts.map(({ action }) => action));
  for (const action of ['created', 'opened', 'identified', 'address_typed', 'method_chosen', 'confirmed'] as const)
    expect(actions).toContain(action);
  expect(actions).toContain('payment_failed');
  const made = polar.log.checkouts.filter(({ action }) => action === 'created');
  expect(new Set(made.map(({ after }) => after?.truth.link_id === null))).toEqual(new Set([true, false]));
});
