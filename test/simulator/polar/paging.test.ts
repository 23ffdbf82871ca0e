import { expect, test } from 'vitest';
import { checkouts, links, simulate } from '../../support/ask.ts';

const ids = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);

test('a page has ten records unless asked otherwise', async () => {
  const simulator = await simulate();
  const page = await checkouts(simulator, '');
  expect(page.items).toHaveLength(10);
  expect(page.pagination).toEqual({ total_count: 40, max_page: 4 });
});

test('a limit above the most is lowered in silence, and the totals follow it', async () => {
  const simulator = await simulate({ checkouts: 230, pageLimit: 50 });
  const page = await checkouts(simulator, 'limit=500');
  expect(page.items).toHaveLength(50);
  expect(page.pagination).toEqual({ total_count: 230, max_page: 5 });
  simulator.polar.settings.pageLimit = 100;
  expect((await checkouts(simulator, 'limit=500')).pagination.max_page).toBe(3);
});

test('beyond the last page there are no records, but the true totals', async () => {
  const simulator = await simulate();
  const page = await checkouts(simulator, 'page=99&limit=20');
  expect(page).toEqual({ items: [], pagination: { total_count: 40, max_page: 2 } });
});

test('an empty organization has no page at all', async () => {
  const simulator = await simulate({ links: 0, checkouts: 0 });
  const nothing = { items: [], pagination: { total_count: 0, max_page: 0 } };
  expect([await links(simulator), await checkouts(simulator)]).toEqual([nothing, nothing]);
});

test('links come oldest first, sessions newest first', async () => {
  const simulator = await simulate();
  const sessions = [...simulator.polar.checkouts.keys()];
  expect(ids(await checkouts(simulator))).toEqual(sessions.toReversed());
  expect(ids(await checkouts(simulator, 'limit=100&sorting=created_at'))).toEqual(sessions);
  const shown = [...simulator.polar.links.values()].filter((link) => link.deleted_at === null).map((link) => link.id);
  expect(ids(await links(simulator))).toEqual(shown);
  expect(ids(await links(simulator, 'limit=100&sorting=-created_at'))).toEqual(shown.toReversed());
});

test('pages are cut by offset: a delete shifts the rest left and hides a link at the boundary', async () => {
  const simulator = await simulate();
  const before = ids(await links(simulator));
  const [, deleted] = ids(await links(simulator, 'limit=5&page=1'));
  simulator.polar.deleteLink(deleted ?? '');
  expect(ids(await links(simulator, 'limit=5&page=2'))).toEqual(before.slice(6, 11));
});

test('an insert shifts newest-first pages right: the boundary session comes twice', async () => {
  const simulator = await simulate();
  const seen = ids(await checkouts(simulator, 'limit=5&page=1'));
  const { id } = simulator.polar.createCheckout();
  const next = ids(await checkouts(simulator, 'limit=5&page=2'));
  expect(next[0]).toBe(seen[4]);
  expect(ids(await checkouts(simulator, 'limit=1'))).toEqual([id]);
});

test('a session inserted with an old created_at lands in the middle', async () => {
  const simulator = await simulate();
  const order = [...simulator.polar.checkouts.values()];
  const created_at = order[20]?.created_at ?? '';
  const { id } = simulator.polar.createCheckout({ created_at });
  const listed = ids(await checkouts(simulator, 'limit=100&sorting=created_at'));
  expect([20, 21]).toContain(listed.indexOf(id));
});
