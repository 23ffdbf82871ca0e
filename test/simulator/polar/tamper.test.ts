import { expect, test } from 'vitest';
import { ask, checkouts, first, links, present, read, simulate } from '../../support/ask.ts';

test('a tampered session shows it in lists and by id, until it is left alone again', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const id = first(polar.checkouts.keys());
  const path = `/v1/checkouts/${id}`;
  polar.tamper(id, ({ amount: _amount, ...json }) => ({ ...json, currency: 7, invented: { deep: [1] } }));
  const shown = await read<Record<string, unknown>>(simulator, path);
  expect(shown).toMatchObject({ id, currency: 7, invented: { deep: [1] } });
  expect(shown).not.toHaveProperty('amount');
  expect((await checkouts(simulator, 'limit=100&sorting=created_at')).items[0]).toEqual(shown);
  polar.tamper(id, null);
  expect(await read(simulator, path)).toMatchObject({ currency: polar.checkouts.get(id)?.currency });
});

test('a tampered product, price, benefit or discount shows wherever it is nested', async () => {
  const simulator = await simulate({ links: 0, checkouts: 0 });
  const { polar } = simulator;
  const product = present([...polar.products.values()].find((each) => each.name === 'Halyard Pro'));
  const discount = first(polar.discounts.keys());
  polar.createLink({ product_ids: [product.id], discount_id: discount });
  polar.createCheckout({ product_ids: [product.id], discount_id: discount });
  const nested = [product.id, present(product.price_ids[0]), present(product.benefit_ids[0]), discount];
  for (const id of nested) polar.tamper(id, (json) => ({ ...json, invented: id }));
  for (const page of [await links(simulator), await checkouts(simulator)]) {
    const text = JSON.stringify(page);
    for (const id of nested) expect(text).toContain(`"invented":"${id}"`);
  }
});

test('a tamper may send anything in the place of a record', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const [id, other] = polar.checkouts.keys();
  polar.tamper(present(id), () => null);
  polar.tamper(present(other), (json) => Object.assign(json, { metadata: 'broken' }));
  const { items } = await checkouts(simulator, 'limit=100&sorting=created_at');
  expect(items[0]).toBeNull();
  expect(items[1]?.metadata).toBe('broken');
  expect((await ask(simulator, `/v1/checkouts/${id}`)).text).toBe('null');
});

test('a tamper cannot harm the truth, however deep it reaches', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const product = present([...polar.products.values()].find((each) => 'tier' in each.metadata && !each.is_archived));
  const { id } = polar.createLink({ product_ids: [product.id], metadata: { kept: true } });
  for (const tampered of [product.id, id]) {
    polar.tamper(tampered, (json) => {
      if (typeof json.metadata === 'object' && json.metadata !== null) Object.assign(json.metadata, { kept: false });
      return json;
    });
  }
  const shown = (await links(simulator)).items.find((link) => link.id === id);
  expect([shown?.metadata, shown?.products[0]?.metadata.kept]).toEqual([{ kept: false }, false]);
  expect(polar.links.get(id)?.metadata).toEqual({ kept: true });
  expect(polar.products.get(product.id)?.metadata).toEqual(product.metadata);
  expect(product.metadata).not.toHaveProperty('kept');
});
