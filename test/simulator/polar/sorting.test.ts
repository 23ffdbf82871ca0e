import { expect, test } from 'vitest';
import { checkouts, links, simulate } from '../../support/ask.ts';

const ids = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);

test('rows that the criterion cannot tell apart come in another order with the next request', async () => {
  const simulator = await simulate();
  const created_at = '2026-11-21T08:30:00.000001Z';
  for (let count = 0; count < 12; count++) simulator.polar.createLink({ created_at });
  const orders = await Promise.all(Array.from({ length: 6 }, () => links(simulator)));
  expect(new Set(orders.map((page) => ids(page).join())).size).toBeGreaterThan(1);
  expect(new Set(orders.map((page) => ids(page).toSorted().join())).size).toBe(1);
});

test('a tie across a page boundary gives a record twice and another never', async () => {
  const simulator = await simulate({ links: 0 });
  const created_at = '2026-11-21T08:30:00.000001Z';
  for (let count = 0; count < 20; count++) simulator.polar.createLink({ created_at });
  const seen = [...ids(await links(simulator, 'limit=10')), ...ids(await links(simulator, 'limit=10&page=2'))];
  expect(seen).toHaveLength(20);
  expect(new Set(seen).size).toBeLessThan(20);
});

test('with ties left alone the same rows come in the same order', async () => {
  const simulator = await simulate({ shuffleTies: false });
  const created_at = '2026-11-21T08:30:00.000001Z';
  for (let count = 0; count < 12; count++) simulator.polar.createCheckout({ created_at });
  const pages = await Promise.all(Array.from({ length: 4 }, () => checkouts(simulator, 'limit=20')));
  expect(new Set(pages.map((page) => ids(page).join())).size).toBe(1);
});

test('several criteria count in turn, each with its own direction', async () => {
  const simulator = await simulate({ links: 60 });
  const { items } = await links(simulator, 'limit=100&sorting=allow_discount_codes&sorting=-created_at');
  const sorted = items.toSorted(
    (a, b) => Number(a.allow_discount_codes) - Number(b.allow_discount_codes) || (a.created_at < b.created_at ? 1 : -1),
  );
  expect(items.map((link) => link.id)).toEqual(sorted.map((link) => link.id));
  expect(new Set(items.map((link) => link.allow_discount_codes)).size).toBe(2);
});

test.for([
  ['sorting=label', false],
  ['sorting=-label', true],
] as const)('%s puts links without a label at the end that Postgres does', async ([query, nullsFirst]) => {
  const simulator = await simulate({ links: 60 });
  const labels = (await links(simulator, `limit=100&${query}`)).items.map((link) => link.label);
  expect(labels).toContain(null);
  expect(labels.indexOf(null) === 0).toBe(nullsFirst);
});

test('sessions sort by status and by expires_at', async () => {
  const simulator = await simulate();
  const byStatus = (await checkouts(simulator, 'limit=100&sorting=status')).items.map((session) => session.status);
  expect(byStatus).toEqual(byStatus.toSorted());
  const byEnd = (await checkouts(simulator, 'limit=100&sorting=-expires_at')).items.map(
    (session) => session.expires_at,
  );
  expect(byEnd).toEqual(byEnd.toSorted().reverse());
});
