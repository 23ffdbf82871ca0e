import { expect, test } from 'vitest';
import type { SimulatedEvent } from '../../../src/simulator/events.ts';
import type { Polar } from '../../../src/simulator/polar/polar.ts';
import { first, present, simulate } from '../../support/ask.ts';

function heard(polar: Polar, edit: () => unknown): string[] {
  const events: SimulatedEvent[] = [];
  const stop = polar.subscribe((event) => events.push(event));
  edit();
  stop();
  return events.map((event) => event.type);
}

test('each edit of a session causes the event of Polar’s webhook, and opening its page causes none', async () => {
  const { polar } = await simulate();
  let id = '';
  expect(heard(polar, () => (id = polar.createCheckout({ discount_id: null }).id))).toEqual(['checkout.created']);
  expect(heard(polar, () => polar.openCheckout(id))).toEqual([]);
  expect(heard(polar, () => polar.updateCheckout(id, { locale: 'fr' }))).toEqual(['checkout.updated']);
  expect(heard(polar, () => polar.confirm(id))).toEqual(['checkout.updated']);
  expect(heard(polar, () => polar.failPayment(id))).toEqual(['checkout.updated']);
  expect(heard(polar, () => polar.expire(id))).toEqual(['checkout.expired']);
  expect(heard(polar, () => polar.backfillCheckout(id, { customer_id: null }))).toEqual([]);
  expect(heard(polar, () => polar.hardDeleteCheckout(id))).toEqual([]);
});

test('links, custom fields, medias and redemptions never cause an event', async () => {
  const { polar } = await simulate();
  const field = first(polar.customFields.keys());
  const quiet = () => {
    const { id } = polar.createLink();
    polar.updateLink(id, { label: 'a' });
    polar.setLinkProducts(id, [first(polar.products.keys())]);
    polar.deleteLink(id);
    polar.updateCustomField(field, { name: 'b' });
    polar.updateMedia(polar.createMedia().id, { name: 'c' });
    polar.redeemDiscount(first(polar.discounts.keys()));
  };
  expect(heard(polar, quiet)).toEqual([]);
});

test('products, prices, benefits and discounts cause events', async () => {
  const { polar } = await simulate();
  const { id } = polar.createProduct();
  const benefit = polar.createBenefit().id;
  const discount = polar.createDiscount().id;
  expect(heard(polar, () => polar.createProduct())).toEqual(['product.created']);
  expect(heard(polar, () => polar.changePrice(polar.addPrice(id).id, { price_amount: 5 }))).toEqual([
    'product.updated',
    'product.updated',
  ]);
  expect(heard(polar, () => polar.attachBenefit(id, benefit))).toEqual(['product.updated']);
  expect(heard(polar, () => polar.deleteBenefit(benefit))).toEqual(['benefit.updated']);
  expect(heard(polar, () => polar.updateDiscount(discount, { code: 'X' }))).toEqual(['discount.updated']);
  expect(heard(polar, () => polar.deleteDiscount(discount))).toEqual(['discount.deleted']);
});

test('the JSON of an event is the entity as it is now', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout();
  let status: unknown;
  polar.subscribe((event) => {
    const json = polar.json.checkout(event.id);
    status = typeof json === 'object' && json !== null && 'status' in json ? json.status : undefined;
  });
  polar.confirm(id);
  expect(status).toBe('confirmed');
});

test('confirming redeems the discount, a failed payment gives it back', async () => {
  const { polar } = await simulate();
  const discount = polar.createDiscount();
  const { id } = polar.createCheckout({ discount_id: discount.id });
  const count = () => present(polar.discounts.get(discount.id)).redemptions_count;
  polar.confirm(id);
  expect(count()).toBe(1);
  polar.failPayment(id);
  expect(count()).toBe(0);
});
