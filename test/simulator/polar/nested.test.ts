import type { models } from '@polar-sh/sdk/2026-10';
import { expect, test } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import { present, read, simulate } from '../../support/ask.ts';

/** A product with two prices, and a link and a session for it alone. */
async function setUp(): Promise<{
  simulator: Simulator;
  product: string;
  link: () => Promise<models.CheckoutLink>;
  session: () => Promise<models.Checkout>;
}> {
  const simulator = await simulate();
  const { polar } = simulator;
  const product = polar.createProduct({
    recurring_interval: 'month',
    recurring_interval_count: 1,
    metadata: { tier: 'one' },
  }).id;
  polar.addPrice(product, { price_amount: 1000 });
  polar.addPrice(product, { price_amount: 900, price_currency: 'eur' });
  const link = polar.createLink({ product_ids: [product], discount_id: null });
  const session = polar.createCheckout({ product_ids: [product], currency: 'usd', discount_id: null });
  return {
    simulator,
    product,
    link: () => read(simulator, `/v1/checkout-links/${link.id}`),
    session: () => read(simulator, `/v1/checkouts/${session.id}`),
  };
}

test('old sessions show the product of today', async () => {
  const { simulator, product, session } = await setUp();
  simulator.polar.updateProduct(product, { name: 'Renamed' });
  expect((await session()).product?.name).toBe('Renamed');
  expect((await session()).products[0]?.name).toBe('Renamed');
});

test('an edited price takes the place of the old one, which only the session that chose it still shows', async () => {
  const { simulator, link, session } = await setUp();
  const old = present((await session()).product_price_id);
  const { id } = simulator.polar.changePrice(old, { price_amount: 1500 });
  const { product_price, products, prices } = await session();
  expect(product_price).toMatchObject({ id: old, is_archived: true });
  for (const listed of [products[0]?.prices, Object.values(present(prices))[0], (await link()).products[0]?.prices]) {
    expect(present(listed).map((price) => price.id)).toContain(id);
    expect(present(listed).map((price) => price.id)).not.toContain(old);
  }
});

test('prices are listed fixed and custom first, then metered, then the rest, each by age', async () => {
  const { simulator, product, link } = await setUp();
  const { polar } = simulator;
  const seats = polar.addPrice(product, {
    amount_type: 'seat_based',
    seat_tiers: { seat_tier_type: 'volume', tiers: [], minimum_seats: 1, maximum_seats: null },
  });
  const metered = polar.addPrice(product, { amount_type: 'metered_unit', unit_amount: '0.5' });
  const custom = polar.addPrice(product, { amount_type: 'custom', minimum_amount: 100 });
  const listed = (await link()).products[0]?.prices.map((price) => price.id);
  expect(listed?.slice(2)).toEqual([custom.id, metered.id, seats.id]);
});

test('a session with prices of its own shows these for the product, and the catalog’s otherwise', async () => {
  const { simulator, product, session } = await setUp();
  const before = await session();
  expect(before.prices?.[product]?.map((price) => price.source)).toEqual(['catalog', 'catalog']);
  const { id } = simulator.polar.addAdHocPrice(before.id, { price_amount: 77 });
  const after = await session();
  expect(after.prices?.[product]?.map((price) => [price.id, price.source])).toEqual([[id, 'ad_hoc']]);
  expect(after.products[0]?.prices.map((price) => price.source)).toEqual(['catalog', 'catalog']);
});

test('products have metadata in links and none in sessions', async () => {
  const { link, session } = await setUp();
  expect((await link()).products[0]?.metadata).toEqual({ tier: 'one' });
  expect((await session()).products[0]).not.toHaveProperty('metadata');
  expect((await session()).product).not.toHaveProperty('metadata');
});

test('a product without prices counts as recurring, and so does one with legacy prices only', async () => {
  const { simulator } = await setUp();
  const { polar } = simulator;
  const { id, is_recurring } = polar.createProduct();
  expect(is_recurring).toBe(true);
  const price = polar.addPrice(id);
  expect(polar.products.get(id)?.is_recurring).toBe(false);
  polar.changePrice(price.id, { legacy: true, type: 'recurring', recurring_interval: 'month' });
  expect(polar.products.get(id)?.is_recurring).toBe(true);
});

test('benefits show when they are public, in order, and properties only of meter credits', async () => {
  const { simulator, product, link } = await setUp();
  const { polar } = simulator;
  const shown = polar.createBenefit({ description: 'shown' });
  const hidden = polar.createBenefit({ visibility: 'private' });
  const credit = polar.createBenefit({
    type: 'meter_credit',
    properties: { units: 5, rollover: true, meter_id: hidden.id },
  });
  for (const { id } of [shown, hidden]) polar.attachBenefit(product, id);
  polar.attachBenefit(product, credit.id, 0);
  const benefits = present((await link()).products[0]).benefits;
  expect(benefits.map((benefit) => benefit.id)).toEqual([credit.id, shown.id]);
  expect(benefits[0]).toMatchObject({ properties: { units: 5, meter_id: hidden.id } });
  expect(benefits[0]).not.toHaveProperty('properties.rollover');
  expect(benefits[1]).not.toHaveProperty('properties');
  expect(benefits[1]).not.toHaveProperty('visibility');
});

test('a deleted benefit leaves every product', async () => {
  const { simulator, product, link, session } = await setUp();
  const { polar } = simulator;
  const { id } = polar.createBenefit();
  polar.attachBenefit(product, id);
  expect((await session()).product?.benefits).toHaveLength(1);
  expect(polar.deleteBenefit(id)).toMatchObject({ is_deleted: true, deleted_at: expect.any(String) });
  expect([(await link()).products[0]?.benefits, (await session()).product?.benefits]).toEqual([[], []]);
});

test('a media has no modified_at, and may lack checksums and dates', async () => {
  const { simulator, product, link } = await setUp();
  const { polar } = simulator;
  const media = polar.createMedia({ checksum_etag: null, last_modified_at: null });
  polar.attachMedia(product, media.id);
  const [shown] = present((await link()).products[0]).medias;
  expect(shown).toEqual(media);
  expect(shown).not.toHaveProperty('modified_at');
  expect([...polar.medias.values()].some((each) => each.version === null && each.last_modified_at === null)).toBe(true);
});

test('sessions show a discount in its reduced form, links in full, and both keep a deleted one', async () => {
  const { simulator, link, session } = await setUp();
  const { polar } = simulator;
  const discount = polar.createDiscount({ duration: 'repeating', duration_in_months: 3, metadata: { a: 1 } });
  polar.updateLink((await link()).id, { discount_id: discount.id });
  polar.updateCheckout((await session()).id, { discount_id: discount.id });
  polar.deleteDiscount(discount.id);
  expect(Object.keys(present((await session()).discount)).sort()).toEqual([
    'basis_points',
    'code',
    'duration',
    'duration_in_months',
    'id',
    'name',
    'type',
  ]);
  expect((await link()).discount).toMatchObject({
    id: discount.id,
    metadata: { a: 1 },
    created_at: discount.created_at,
    redemptions_count: 0,
  });
  expect((await link()).discount).not.toHaveProperty('deleted_at');
});

test('discount_amount follows the discount and flags follow the product, without an edit of the session, and what it owes stays', async () => {
  const { simulator, product, session } = await setUp();
  const { polar } = simulator;
  const { id: discount_id } = polar.createDiscount({ basis_points: 5000 });
  polar.updateCheckout((await session()).id, { discount_id, trial_end: null, tax_amount: null });
  const before = await session();
  expect([before.amount, before.discount_amount, before.total_amount]).toEqual([1000, 500, 500]);
  polar.updateDiscount(discount_id, { basis_points: 2000 });
  polar.updateProduct(product, { trial_interval: 'day', trial_interval_count: 7 });
  const after = await session();
  expect([after.discount_amount, after.net_amount, after.total_amount, after.modified_at]).toEqual([
    200,
    500,
    500,
    before.modified_at,
  ]);
  polar.updateCheckout(after.id, { allow_trial: true, trial_interval: null, trial_interval_count: null });
  expect(await session()).toMatchObject({ active_trial_interval: 'day', active_trial_interval_count: 7 });
});

test('custom fields are those of the selected product, and null without one', async () => {
  const { simulator, product, session } = await setUp();
  const { polar } = simulator;
  const { deleted_at: _deleted, ...field } = polar.createCustomField({ type: 'number', properties: { ge: 1 } });
  polar.attachCustomField(product, field.id, { order: 3, required: true });
  expect((await session()).attached_custom_fields).toEqual([
    { custom_field_id: field.id, custom_field: field, order: 3, required: true },
  ]);
  const bare = polar.createCheckout({ product_id: null });
  const shown = await read<models.Checkout>(simulator, `/v1/checkouts/${bare.id}`);
  expect(shown).toMatchObject({
    product: null,
    product_id: null,
    product_price: null,
    products: [],
    prices: null,
    attached_custom_fields: null,
  });
});

test('the deprecated aliases are on the wire', async () => {
  const { simulator, product, link, session } = await setUp();
  const [price] = present(simulator.polar.products.get(product)).price_ids;
  const shown = await link();
  expect(shown).toMatchObject({
    product_id: product,
    product_price_id: price,
    product: shown.products[0],
    product_price: shown.products[0]?.prices[0],
  });
  expect(shown.products[0]?.prices[0]).toMatchObject({ type: 'recurring', recurring_interval: 'month' });
  const { external_customer_id, net_amount } = await session();
  const aliases = {
    customer_external_id: external_customer_id,
    subtotal_amount: net_amount,
    customer_billing_address_fields: { country: true },
  };
  expect(await session()).toMatchObject(aliases);
});

test('secrets are recognizable, unique, and repeated in the addresses', async () => {
  const { polar } = await simulate({ links: 50, checkouts: 500 });
  const secrets = [...polar.links.values(), ...polar.checkouts.values()].map(({ client_secret, url }) => {
    expect(url).toContain(client_secret);
    expect(client_secret).toMatch(/^polar_(cl|c)_[A-Za-z0-9]{43}$/);
    return client_secret;
  });
  expect(new Set(secrets).size).toBe(552);
});
