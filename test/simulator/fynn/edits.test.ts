import { expect, onTestFinished, test } from 'vitest';
import type { SimulatedEvent } from '../../../src/simulator/events.ts';
import { startFynnSimulator } from '../../../src/simulator/fynn-simulator.ts';
import { first, present } from '../../support/ask.ts';

/** Opens a simulated tenant, with a function that returns the status of an address. */
async function tenant() {
  const simulator = await startFynnSimulator({ now: '2026-11-21T08:00:00Z' });
  onTestFinished(() => simulator.close());
  const headers = { authorization: `Bearer ${simulator.apiKey}` };
  const status = async (path: string) => (await fetch(`${simulator.url}${path}`, { headers })).status;
  return { fynn: simulator.fynn, status };
}

test('a link is made with what was asked for, and the rest is drawn', async () => {
  const { fynn, status } = await tenant();
  const price = fynn.createPrice();
  const items = [{ priceId: price.id, type: 'product', quantity: 4 }, {}] as const;
  const link = fynn.createLink({ slug: 'herbst', isEnabled: false, items });
  expect(link).toMatchObject({ slug: 'herbst', isEnabled: false, deletedAt: null });
  const [asked, drawn] = link.itemIds.map((id) => present(fynn.items.get(id)));
  expect(asked).toMatchObject({ linkId: link.id, priceId: price.id, quantity: 4 });
  expect(fynn.prices.has(present(drawn).priceId)).toBe(true);
  expect(fynn.createLink({ items: [] }).itemIds).toEqual([]);
  expect(await status(`/checkout-links/${link.id}`)).toBe(200);
  expect(() => fynn.createLink({ items: [{ priceId: 'none' }] })).toThrow('no price none');
});

test('an item that names no price sells an active one', async () => {
  const { fynn } = await tenant();
  for (const { id } of fynn.prices.values()) fynn.archivePrice(id);
  const { id } = fynn.createPrice();
  const { itemIds } = fynn.createLink({ items: [{}, {}, {}] });
  expect(itemIds.map((item) => fynn.items.get(item)?.priceId)).toEqual([id, id, id]);
});

test('an edit makes a new snapshot and leaves the old one as it was', async () => {
  const { fynn } = await tenant();
  const link = first(fynn.links.values());
  const changed = fynn.updateLink(link.id, { options: { ...link.options, trialDays: 99 }, slug: 'neu' });
  expect(fynn.links.get(link.id)).toBe(changed);
  expect(changed).toEqual({ ...link, options: { ...link.options, trialDays: 99 }, slug: 'neu' });
  expect([link.slug, link.options.trialDays]).not.toContain('neu');
  expect(() => fynn.updateLink('none', {})).toThrow('no link none');
});

test('items are added, moved, changed, taken away and replaced', async () => {
  const { fynn, status } = await tenant();
  const link = fynn.createLink();
  const ids = () => present(fynn.links.get(link.id)).itemIds;
  const one = present(link.itemIds[0]);
  const two = fynn.addItem(link.id).id;
  const zero = fynn.addItem(link.id, {}, 0).id;
  expect(ids()).toEqual([zero, one, two]);
  fynn.moveItem(two, 1);
  expect(ids()).toEqual([zero, two, one]);
  fynn.moveItem(one, 0);
  fynn.moveItem(zero, 2);
  expect(ids()).toEqual([one, two, zero]);
  fynn.updateItem(two, { quantity: 77 });
  expect(fynn.json.link(link.id)).toMatchObject({ items: [{}, { quantity: 77 }, {}] });
  fynn.removeItem(two);
  expect([ids(), fynn.items.has(two)]).toEqual([[one, zero], false]);
  expect(await status(`/checkout-link-items/${two}`)).toBe(404);
  const replaced = fynn.setItems(link.id, [{ id: 'kept' }, {}]);
  expect([replaced.itemIds.length, ids()[0], fynn.items.has(zero)]).toEqual([2, 'kept', false]);
  expect(fynn.setItems(link.id, [{ id: 'kept', quantity: 2 }]).itemIds).toEqual(['kept']);
  expect(await status('/checkout-link-items/kept')).toBe(200);
});

test('a deleted link answers 404 with its items, no price names it, and the truth keeps it', async () => {
  const { fynn, status } = await tenant();
  const price = fynn.createPrice();
  const link = fynn.createLink({ items: [{ priceId: price.id }] });
  expect(fynn.json.pricePlan(price.id)).toMatchObject({ checkoutLinkIds: [link.id] });
  expect(fynn.deleteLink(link.id).deletedAt).toMatch(/^2026-11-21T08:00:00\.\d+Z$/);
  expect(await status(`/checkout-links/${link.id}`)).toBe(404);
  expect(await status(`/checkout-link-items/${link.itemIds[0]}`)).toBe(404);
  expect(fynn.json.pricePlan(price.id)).toMatchObject({ checkoutLinkIds: [] });
  expect(fynn.links.get(link.id)?.itemIds).toEqual(link.itemIds);
});

test('another amount moves updatedAt in the form it was written in, and keeps the id', async () => {
  const { fynn } = await tenant();
  for (const price of [...fynn.prices.values()].slice(0, 12)) {
    const zone = price.price.createdAt.slice(19);
    const changed = fynn.changePrice(price.id, 4321);
    expect(changed).toEqual({
      ...price,
      price: { ...price.price, amount: 4321, updatedAt: `2026-11-21T08:00:00${zone}` },
    });
  }
});

test('products and archived prices cause events, everything else does not', async () => {
  const { fynn } = await tenant();
  const events: SimulatedEvent[] = [];
  const stop = fynn.subscribe((event) => events.push(event));
  const { id } = fynn.createProduct({ name: 'Neu' });
  const price = fynn.createPrice({ productId: id });
  fynn.updateProduct(id, { description: 'Anders' });
  fynn.changePrice(price.id, 1);
  fynn.updatePrice(price.id, { internalName: 'Anders' });
  fynn.updatePlan(first(fynn.plans.keys()), { status: 'draft' });
  fynn.deleteLink(fynn.updateLink(fynn.createLink().id, { slug: 'anders' }).id);
  fynn.archivePrice(price.id);
  fynn.archiveProduct(id);
  stop();
  fynn.updateProduct(id, {});
  expect(events).toEqual([
    { type: 'product.created', id },
    { type: 'product.updated', id },
    { type: 'price_plan.archived', id: price.id },
    { type: 'product.archived', id },
  ]);
});

test('a change of a product or plan shows wherever it is nested', async () => {
  const { fynn } = await tenant();
  const plan = first(fynn.plans.values());
  const price = fynn.createPrice({ productId: plan.originProductId, relations: 'object' });
  const sold = { type: 'plan', priceId: price.id, planId: plan.id, productId: null, quantity: null } as const;
  const { itemIds } = fynn.createLink({ items: [sold] });
  fynn.updateProduct(plan.originProductId, { name: 'Umbenannt' });
  fynn.updatePlan(plan.id, { name: 'Auch umbenannt' });
  expect(fynn.json.item(present(itemIds[0]))).toMatchObject({
    plan: { name: 'Auch umbenannt', originProduct: { name: 'Umbenannt' }, family: { id: plan.familyId } },
    price: { product: { id: plan.originProductId, name: 'Umbenannt' } },
  });
});
