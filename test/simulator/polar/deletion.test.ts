import { expect, test } from 'vitest';
import { ask, checkouts, errorOf, first, links, present, simulate } from '../../support/ask.ts';

test('a deleted link vanishes from the list and answers 404, but stays in the truth', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const id = present((await links(simulator)).items[3]).id;
  const at = '2026-11-21T08:10:00.000001Z';
  expect(polar.deleteLink(id, at)).toMatchObject({ deleted_at: at, modified_at: at });
  const after = await links(simulator);
  expect(after.items.map((link) => link.id)).not.toContain(id);
  expect(after.pagination.total_count).toBe(11);
  const answer = await ask(simulator, `/v1/checkout-links/${id}`);
  expect([answer.status, errorOf(answer).error, answer.header('polar-version')]).toEqual([
    404,
    'ResourceNotFound',
    '2026-10',
  ]);
  expect(polar.links.get(id)?.deleted_at).toBe(at);
  polar.restoreLink(id);
  expect((await links(simulator)).items.map((link) => link.id)).toContain(id);
});

test('some seeded links are deleted already, beside those that were asked for', async () => {
  const simulator = await simulate({ links: 60 });
  const deleted = [...simulator.polar.links.values()].filter((link) => link.deleted_at !== null);
  expect(deleted).toHaveLength(3);
  expect((await links(simulator)).pagination.total_count).toBe(60);
});

test('archiving a product takes it off its links, deletes a link it leaves empty, and unarchiving restores neither', async () => {
  const simulator = await simulate({ links: 0 });
  const { polar } = simulator;
  const [kept, gone] = [...polar.products.values()]
    .filter((product) => !product.is_archived)
    .map((product) => product.id);
  const both = polar.createLink({ product_ids: [present(gone), present(kept)] });
  const alone = polar.createLink({ product_ids: [present(gone)] });
  polar.archiveProduct(present(gone), '2026-11-21T08:10:00Z');
  const { items } = await links(simulator);
  expect(items.map((link) => [link.id, link.modified_at, link.products.map(({ id }) => id)])).toEqual([
    [both.id, null, [kept]],
  ]);
  expect(polar.links.get(alone.id)?.deleted_at).toBe('2026-11-21T08:10:00Z');
  polar.unarchiveProduct(present(gone));
  expect((await links(simulator)).items[0]?.products).toHaveLength(1);
  expect((await ask(simulator, `/v1/checkout-links/${alone.id}`)).status).toBe(404);
});

test('sessions stay listed when their product is archived', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const session = polar.createCheckout();
  polar.archiveProduct(present(session.product_id));
  const [shown] = (await checkouts(simulator, 'limit=1')).items;
  expect(shown?.product).toMatchObject({ id: session.product_id, is_archived: true });
  expect(shown?.products.map((product) => product.id)).toEqual(session.product_ids);
});

test('a session that is removed by hand is gone everywhere', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const added = polar.createCheckout().id;
  for (const id of [first(polar.checkouts.keys()), added]) {
    polar.hardDeleteCheckout(id);
    expect((await ask(simulator, `/v1/checkouts/${id}`)).status).toBe(404);
    expect(polar.checkouts.has(id)).toBe(false);
  }
  expect((await checkouts(simulator)).pagination.total_count).toBe(39);
  expect([...polar.checkouts.keys()]).toHaveLength(39);
});

test('a link whose first product lists no price breaks every answer it is in', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const product = polar.createProduct();
  const { id } = polar.createLink({ product_ids: [product.id] });
  for (const path of [`/v1/checkout-links/${id}`, '/v1/checkout-links/?limit=100']) {
    const answer = await ask(simulator, path);
    expect([answer.status, answer.text, answer.header('content-type')]).toEqual([
      500,
      'Internal Server Error',
      'text/plain; charset=utf-8',
    ]);
  }
  expect(polar.addPrice(product.id)).toMatchObject({ amount_type: 'fixed', source: 'catalog' });
  expect((await ask(simulator, `/v1/checkout-links/${id}`)).status).toBe(200);
});
