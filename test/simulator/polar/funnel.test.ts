import { expect, test } from 'vitest';
import type { Polar } from '../../../src/simulator/polar/polar.ts';
import { first, present, read, simulate } from '../../support/ask.ts';

const blank = { line1: null, line2: null, postal_code: null, city: null, state: null };

/** The types of webhooks that an edit causes. */
function webhooksOf(polar: Polar, edit: () => unknown): string[] {
  const types: string[] = [];
  const stop = polar.subscribe(({ type }) => types.push(type));
  edit();
  stop();
  return types;
}

const productNamed = (polar: Polar, wanted: string) =>
  present([...polar.products.values()].find(({ name }) => name === wanted)).id;

test('a session of a link has the country of its IP address when it is made, and nothing else of the address', async () => {
  const { polar } = await simulate();
  const session = polar.visitLink(polar.createLink().id);
  expect(session.customer_ip_address).toEqual(expect.any(String));
  expect(session.customer_billing_address).toEqual({ ...blank, country: expect.stringMatching(/^[A-Z]{2}$/) });
  expect(session).toMatchObject({ modified_at: null, customer_id: null });
});

test('a session that the merchant’s code makes has a country only where it has an IP address', async () => {
  const { polar } = await simulate();
  const made = Array.from({ length: 40 }, () => polar.createCheckout());
  for (const { customer_ip_address, customer_billing_address } of made)
    expect(customer_billing_address === null).toBe(customer_ip_address === null);
  expect(new Set(made.map(({ customer_ip_address }) => customer_ip_address === null))).toEqual(new Set([true, false]));
});

test('the street and the postal code come when the buyer types them, and the tax of the place with them', async () => {
  const { polar } = await simulate();
  const link = polar.createLink({ product_ids: [productNamed(polar, 'Rigging icons')], discount_id: null });
  const visits = Array.from({ length: 40 }, () => polar.visitLink(link.id));
  const american = present(visits.find((visit) => visit.customer_billing_address?.country === 'US'));
  expect([american.tax_amount, american.tax_behavior]).toEqual([null, null]);
  const typed = polar.typeAddress(american.id);
  expect(typed.customer_billing_address).toMatchObject({ line1: expect.any(String), postal_code: expect.any(String) });
  expect([typed.tax_amount, typed.tax_behavior]).toEqual([expect.any(Number), 'exclusive']);
});

test('a form that does not ask for the address leaves the country alone, also of a paid session', async () => {
  const { polar } = await simulate({ checkouts: 1500, links: 40 });
  const paid = [...polar.checkouts.values()].filter(({ status }) => status === 'succeeded');
  const isTyped = ({ customer_billing_address: address }: (typeof paid)[number]) =>
    (address?.line1 ?? address?.postal_code ?? null) !== null;
  for (const session of paid) expect(isTyped(session)).toBe(session.billing_address_fields.line1 === 'required');
  expect(paid.filter(isTyped).length).toBeGreaterThan(50);
  expect(paid.filter((session) => !isTyped(session)).length).toBeGreaterThan(50);
});

test('opening the page moves modified_at once, sends no webhook, and shows nowhere else', async () => {
  const simulator = await simulate();
  const { polar } = simulator;
  const session = polar.createCheckout();
  const shown = () => read<Record<string, unknown>>(simulator, `/v1/checkouts/${session.id}`);
  const before = await shown();
  expect(webhooksOf(polar, () => polar.openCheckout(session.id, '2026-11-21T08:20:00Z'))).toEqual([]);
  expect(await shown()).toEqual({ ...before, modified_at: '2026-11-21T08:20:00Z' });
  polar.openCheckout(session.id, '2026-11-21T08:30:00Z');
  expect(await shown()).toEqual({ ...before, modified_at: '2026-11-21T08:20:00Z' });
});

test('many sessions that the merchant’s code made are never opened, and some are paid all the same', async () => {
  const { polar } = await simulate({ checkouts: 1500, links: 40 });
  const sessions = [...polar.checkouts.values()];
  const unopened = sessions.filter(({ truth }) => truth.opened_at === null);
  const fromCode = sessions.filter(({ truth }) => truth.link_id === null);
  expect(unopened.filter(({ truth }) => truth.link_id === null).length).toBeGreaterThan(fromCode.length / 10);
  expect(unopened.filter(({ truth }) => truth.link_id !== null).length).toBeGreaterThan(20);
  expect(unopened.filter(({ status }) => status === 'succeeded').length).toBeGreaterThan(5);
});

test('merchants prefill e-mail addresses and names of sessions that nobody opened', async () => {
  const { polar } = await simulate({ checkouts: 1500, links: 40 });
  const unopened = [...polar.checkouts.values()].filter(
    ({ truth, status }) => !truth.opened_at && status === 'expired',
  );
  const emails = unopened.filter(({ customer_email }) => customer_email !== null);
  expect(emails.length).toBeGreaterThan(10);
  expect(emails.filter(({ customer_name }) => customer_name !== null).length).toBeGreaterThan(5);
  expect(unopened.length - emails.length).toBeGreaterThan(10);
});

test('the form sets payment_method_type before any attempt, and it is null where nothing is to be paid', async () => {
  const { polar } = await simulate();
  const paid = polar.createCheckout({ product_id: productNamed(polar, 'Rigging icons'), discount_id: null });
  expect(polar.chooseMethod(paid.id, 'link')).toMatchObject({ status: 'open', payment_method_type: 'link' });
  expect(polar.confirm(paid.id).payment_method_type).toBe('link');
  expect(polar.failPayment(paid.id)).toMatchObject({ status: 'open', payment_method_type: 'link' });
  const free = polar.createCheckout({ product_id: productNamed(polar, 'Halyard Free') });
  expect(polar.chooseMethod(free.id)).toMatchObject({ payment_method_type: null });
  expect(polar.succeed(polar.confirm(free.id).id)).toMatchObject({ payment_method_type: null, total_amount: 0 });
});

test('a discount of everything makes a session free and takes the payment method away', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout({ product_id: productNamed(polar, 'Rigging icons'), discount_id: null });
  polar.chooseMethod(id);
  const discount_id = polar.createDiscount({ basis_points: 10_000 }).id;
  expect(polar.updateCheckout(id, { discount_id })).toMatchObject({
    net_amount: 0,
    tax_amount: 0,
    tax_behavior: null,
    total_amount: 0,
    payment_method_type: null,
  });
});

test('the buyer who opens, types and pays is one and the same person', async () => {
  const { polar } = await simulate();
  const { id, customer_ip_address } = polar.visitLink(polar.createLink().id, {});
  const { customer_email, customer_name } = polar.identify(id);
  const paid = polar.succeed(polar.confirm(id).id);
  expect(paid).toMatchObject({ customer_email, customer_name, customer_ip_address, customer_id: expect.any(String) });
  expect(first(polar.stepsOf(id))).toEqual({ at: paid.created_at, action: 'created' });
});
