import { expect, test } from 'vitest';
import { micros } from '../../../src/simulator/instants.ts';
import { ask, present, simulate } from '../../support/ask.ts';

test('a session gets the link’s metadata, then reference_id and utm_* of the address where the key is free', async () => {
  const { polar } = await simulate();
  const link = polar.createLink({ metadata: { link: 'spring', utm_source: 'mail', rank: 2 } });
  const session = polar.visitLink(link.id, { utm_source: 'docs', utm_term: 'sync', reference_id: 'r1' });
  expect(session.metadata).toEqual({
    link: 'spring',
    rank: 2,
    utm_source: 'mail',
    utm_term: 'sync',
    reference_id: 'r1',
  });
  polar.updateLink(link.id, { metadata: {} });
  expect(polar.checkouts.get(session.id)?.metadata).toEqual(session.metadata);
});

test('a session does not name its link, and has its products, discount, trial and addresses', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const product_ids = [...polar.products.values()]
    .filter(({ name }) => name === 'Halyard Pro' || name === 'Rigging icons')
    .map(({ id }) => id);
  const { id: discount_id } = polar.createDiscount();
  const link = polar.createLink({
    product_ids,
    discount_id,
    trial_interval: 'day',
    trial_interval_count: 14,
    success_url: 'https://halyard.example.com/thanks?checkout_id={CHECKOUT_ID}',
    allow_discount_codes: false,
    require_billing_address: true,
  });
  const session = polar.visitLink(link.id);
  expect(session).toMatchObject({
    product_ids,
    product_id: product_ids[0],
    discount_id,
    trial_interval_count: 14,
    trial_end: expect.any(String),
    success_url: `https://halyard.example.com/thanks?checkout_id=${session.id}`,
    allow_discount_codes: false,
    require_billing_address: true,
    truth: { link_id: link.id },
  });
  const { text } = await ask(simulator, `/v1/checkouts/${session.id}`);
  expect(text).not.toContain(link.id);
  expect(text).not.toContain(link.client_secret);
});

test('the address of a link prefills e-mail address and name', async () => {
  const { polar } = await simulate();
  const { id } = polar.createLink();
  const contact = { customer_email: 'ada@example.com', customer_name: 'Ada' };
  expect(polar.visitLink(id, contact)).toMatchObject({ ...contact, customer_id: null });
  expect(Object.keys(polar.visitLink(id, contact).metadata)).not.toContain('customer_email');
});

test('a link gives no discount that is deleted, or that has no amount in the session’s currency', async () => {
  const { polar } = await simulate();
  const sold = present([...polar.products.values()].find(({ name }) => name === 'Rigging icons'));
  const euros = polar.createDiscount({ type: 'fixed', amount: 100, currency: 'eur', amounts: { eur: 100 } });
  const link = polar.createLink({ product_ids: [sold.id], discount_id: euros.id });
  expect(polar.visitLink(link.id, {}, { currency: 'usd' }).discount_id).toBeNull();
  const gone = polar.createDiscount();
  polar.updateLink(link.id, { discount_id: gone.id });
  expect(polar.visitLink(link.id).discount_id).toBe(gone.id);
  polar.deleteDiscount(gone.id);
  expect(polar.visitLink(link.id).discount_id).toBeNull();
});

test('some links share their metadata with others, some have none, and some their own', async () => {
  const { polar } = await simulate({ links: 100 });
  const sets = Map.groupBy(polar.links.values(), ({ metadata }) => JSON.stringify(metadata));
  const sizes = [...sets].filter(([metadata]) => metadata !== '{}').map(([, links]) => links.length);
  expect(sets.get('{}')?.length).toBeGreaterThan(10);
  expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(10);
  expect(sizes.filter((size) => size > 1).length).toBeGreaterThan(3);
});

test('most seeded sessions come from a link that existed, with its metadata and one of its products', async () => {
  const { polar } = await simulate({ checkouts: 1000, links: 40 });
  let visits = 0;
  for (const { truth, metadata, created_at, product_id } of polar.checkouts.values()) {
    const link = polar.links.get(truth.link_id ?? '');
    if (!link) continue;
    visits += 1;
    expect(metadata).toMatchObject(link.metadata);
    expect(micros(link.created_at)).toBeLessThan(micros(created_at));
    expect(micros(link.deleted_at ?? '2030-01-01T00:00:00Z')).toBeGreaterThan(micros(created_at));
    if (product_id !== null) expect(link.product_ids).toContain(product_id);
  }
  expect(visits).toBeGreaterThan(500);
  expect(visits).toBeLessThan(800);
});
