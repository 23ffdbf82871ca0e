import { expect, test } from 'vitest';
import type { Price } from '../../../src/simulator/polar/catalog/records.ts';
import type { CheckoutRow } from '../../../src/simulator/polar/checkouts/record.ts';
import type { Polar } from '../../../src/simulator/polar/polar.ts';
import { checkouts, simulate } from '../../support/ask.ts';

const germany = { country: 'DE', line1: null, line2: null, postal_code: null, city: null, state: null };
const texas = { ...germany, country: 'US', state: 'US-TX' };

/** An open session at a price of 100.00 and half off, of somebody in Germany. */
function halfPrice(polar: Polar, price: Partial<Price> = {}, fields: Partial<CheckoutRow> = {}) {
  const product = polar.createProduct();
  polar.addPrice(product.id, { price_amount: 10_000, ...price });
  const { id: discount_id } = polar.createDiscount({ basis_points: 5000 });
  const own = { product_id: product.id, discount_id, customer_billing_address: germany, metadata: {} };
  return { discount_id, session: polar.createCheckout({ ...own, ...fields }) };
}

/** Returns the cost of a session's discount. */
const discountGiven = ({ amount, net_amount, tax_amount, tax_behavior }: CheckoutRow) =>
  amount - net_amount - (tax_behavior === 'inclusive' ? (tax_amount ?? 0) : 0);

test('an inclusive tax is taken out of the net amount, an exclusive one comes on top', async () => {
  const { polar } = await simulate();
  const inclusive = halfPrice(polar, { tax_behavior: 'inclusive' }).session;
  expect(inclusive).toMatchObject({ amount: 10_000, tax_behavior: 'inclusive', tax_amount: 798 });
  expect(inclusive).toMatchObject({ discount_amount: 5000, net_amount: 4202, total_amount: 5000 });
  const exclusive = halfPrice(polar, { tax_behavior: 'exclusive' }).session;
  expect(exclusive).toMatchObject({ tax_behavior: 'exclusive', tax_amount: 950, net_amount: 5000, total_amount: 5950 });
  expect([discountGiven(inclusive), discountGiven(exclusive)]).toEqual([5000, 5000]);
});

test('a price without a tax behavior of its own has that of the place, and no tax is known before the place is', async () => {
  const { polar } = await simulate();
  expect(halfPrice(polar, { tax_behavior: 'location' }).session.tax_behavior).toBe('inclusive');
  const american = { customer_billing_address: texas };
  expect(halfPrice(polar, { tax_behavior: 'location' }, american).session).toMatchObject({
    tax_behavior: 'exclusive',
    tax_amount: 350,
    total_amount: 5350,
  });
  for (const customer_billing_address of [null, { ...texas, state: null }])
    expect(halfPrice(polar, {}, { customer_billing_address }).session).toMatchObject({
      tax_behavior: null,
      tax_amount: null,
      net_amount: 5000,
      total_amount: 5000,
    });
});

test('a changed discount changes discount_amount of old sessions, and nothing that they owe', async () => {
  const { polar } = await simulate();
  const { session, discount_id } = halfPrice(polar, { tax_behavior: 'inclusive' });
  polar.succeed(polar.confirm(session.id).id);
  const before = polar.checkouts.get(session.id);
  polar.updateDiscount(discount_id, { basis_points: 1000 });
  expect(polar.checkouts.get(session.id)).toEqual({ ...before, discount_amount: 1000 });
});

test('an update of an open session prices it again under the discount of the moment, and one of a paid session does not', async () => {
  const { polar } = await simulate();
  const { session, discount_id } = halfPrice(polar, { tax_behavior: 'exclusive' });
  polar.updateDiscount(discount_id, { basis_points: 1000 });
  expect(polar.updateCheckout(session.id, { locale: 'de' })).toMatchObject({ net_amount: 9000, tax_amount: 1710 });
  polar.succeed(polar.confirm(session.id).id);
  polar.updateDiscount(discount_id, { basis_points: 2000 });
  expect(polar.updateCheckout(session.id, { locale: 'fr' })).toMatchObject({ net_amount: 9000, discount_amount: 2000 });
});

test('flags and trial follow the product of today, amounts and trial_end do not', async () => {
  const { polar } = await simulate();
  const product = polar.createProduct({ recurring_interval: 'month', is_recurring: true });
  const price = polar.addPrice(product.id, { price_amount: 10_000 });
  const { id } = polar.createCheckout({ product_id: product.id, discount_id: null, allow_trial: true });
  const before = polar.checkouts.get(id);
  polar.changePrice(price.id, { price_amount: 0 });
  polar.updateProduct(product.id, { trial_interval: 'month', trial_interval_count: 1 });
  expect(polar.checkouts.get(id)).toEqual({
    ...before,
    is_free_product_price: true,
    is_discount_applicable: false,
    is_payment_setup_required: false,
    active_trial_interval: before?.trial_interval ?? 'month',
    active_trial_interval_count: before?.trial_interval_count ?? 1,
  });
});

test('seeded sessions add up: net and tax are the total, and a discount costs no less than nothing', async () => {
  const { polar } = await simulate({ checkouts: 1500, links: 40 });
  const sessions = [...polar.checkouts.values()];
  for (const session of sessions) {
    expect(session.net_amount + (session.tax_amount ?? 0)).toBe(session.total_amount);
    expect(discountGiven(session)).toBe(session.discount_amount);
  }
  const behaviors = new Set(sessions.filter(({ tax_amount }) => tax_amount).map(({ tax_behavior }) => tax_behavior));
  expect(behaviors).toEqual(new Set(['inclusive', 'exclusive']));
});

test('some sell in yen, which have no minor digits, and some in dinars, which have three', async () => {
  const simulator = await simulate({ checkouts: 400, links: 40 });
  const sold = (currency: string) =>
    [...simulator.polar.checkouts.values()].filter((session) => session.currency === currency && session.amount > 0);
  expect(sold('jpy').length).toBeGreaterThan(5);
  expect(sold('kwd').length).toBeGreaterThan(5);
  const starter = [...simulator.polar.products.values()].find(({ name }) => name === 'Halyard Pro');
  const prices = (starter?.price_ids ?? []).map((id) => simulator.polar.prices.get(id));
  const amountOf = (currency: string) => prices.find((price) => price?.price_currency === currency)?.price_amount;
  expect([amountOf('usd'), amountOf('jpy'), amountOf('kwd')]).toEqual([2900, 4300, 8900]);
  const { items } = await checkouts(simulator, 'limit=100');
  expect(items.some(({ currency }) => currency === 'jpy' || currency === 'kwd')).toBe(true);
});

test('a fixed discount is given in the currencies that it has an amount in', async () => {
  const { polar } = await simulate({ checkouts: 1500, links: 40 });
  const fixed = [...polar.checkouts.values()].flatMap(({ discount_id, currency }) => {
    const amounts = polar.discounts.get(discount_id ?? '')?.amounts;
    return amounts ? [amounts[currency]] : [];
  });
  expect(fixed.length).toBeGreaterThan(20);
  expect(fixed).not.toContain(undefined);
});
