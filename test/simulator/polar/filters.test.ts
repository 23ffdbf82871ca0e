import { expect, test } from 'vitest';
import { checkouts, links, present, simulate } from '../../support/ask.ts';

const other = '6f1f5d0e-2c51-4a8c-9a0a-2f1f5d0e2c51';

test('a status filter may be repeated, and its totals count the matches', async () => {
  const simulator = await simulate({ checkouts: 900 });
  const truth = [...simulator.polar.checkouts.values()].filter(
    ({ status }) => status === 'open' || status === 'confirmed',
  );
  const page = await checkouts(simulator, 'status=open&status=confirmed&limit=100');
  expect(page.items.map((session) => session.id).toSorted()).toEqual(truth.map((session) => session.id).toSorted());
  expect(page.pagination).toEqual({ total_count: truth.length, max_page: 1 });
  expect(new Set(page.items.map((session) => session.status))).toEqual(new Set(['open', 'confirmed']));
});

test('sessions are filtered by product, customer, external customer and organization', async () => {
  const simulator = await simulate({ checkouts: 300 });
  const all = [...simulator.polar.checkouts.values()];
  const sample = present(all.find((session) => session.external_customer_id !== null && session.product_id !== null));
  for (const key of ['product_id', 'customer_id', 'external_customer_id'] as const) {
    const matching = all.filter((session) => session[key] === sample[key]);
    const { pagination } = await checkouts(simulator, `${key}=${sample[key]}`);
    expect(pagination.total_count).toBe(matching.length);
  }
  const { organizationId } = simulator.polar;
  expect((await checkouts(simulator, `organization_id=${organizationId}`)).pagination.total_count).toBe(300);
  expect((await checkouts(simulator, `organization_id=${other}`)).pagination.total_count).toBe(0);
  expect((await links(simulator, `organization_id=${other}&organization_id=${organizationId}`)).items).toHaveLength(10);
});

test('a query matches any part of the email, in any case', async () => {
  const simulator = await simulate();
  const { id } = simulator.polar.createCheckout({ customer_email: 'Grace.Hopper@example.com' });
  for (const query of ['hopper', 'GRACE', 'g%r@']) {
    const { items } = await checkouts(simulator, `query=${encodeURIComponent(query)}`);
    expect(items.map((session) => session.id)).toEqual([id]);
  }
});

test('unknown parameters are ignored: there is no filter on modified_at', async () => {
  const simulator = await simulate();
  expect((await checkouts(simulator, 'modified_after=2099-01-01')).pagination.total_count).toBe(40);
});

test('links filtered by product show only that product', async () => {
  const simulator = await simulate({ links: 60 });
  const two = present(
    [...simulator.polar.links.values()].find((link) => link.product_ids.length > 1 && !link.deleted_at),
  );
  const [wanted] = two.product_ids;
  const { items } = await links(simulator, `product_id=${wanted}&limit=100`);
  const truncated = present(items.find((link) => link.id === two.id));
  expect(truncated.products.map((product) => product.id)).toEqual([wanted]);
});

test('links filtered by two products are counted once a product and may be split over pages', async () => {
  const simulator = await simulate({ links: 0, shuffleTies: false });
  const [one, two] = [...simulator.polar.products.values()].filter((product) => !product.is_archived);
  const product_ids = [present(one).id, present(two).id];
  const { id } = simulator.polar.createLink({ product_ids });
  const query = product_ids.map((product) => `product_id=${product}`).join('&');
  const whole = await links(simulator, `${query}&limit=100`);
  expect(whole.pagination).toEqual({ total_count: 2, max_page: 1 });
  expect(whole.items.map((link) => link.products.length)).toEqual([2]);
  const halves = [await links(simulator, `${query}&limit=1`), await links(simulator, `${query}&limit=1&page=2`)];
  expect(halves.map((page) => page.items.map((link) => link.id))).toEqual([[id], [id]]);
  expect(halves.flatMap((page) => page.items.map((link) => link.products.length))).toEqual([1, 1]);
});
