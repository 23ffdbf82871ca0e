import type { Product } from '../../src/simulator/polar/catalog/records.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';

/** Makes hundreds of edits, of every kind that Polar knows, spread over the data. Returns their number. */
export function editEverything(polar: Polar): number {
  const { edits, count } = counting(polar);
  editProducts(edits);
  editBenefitsAndMedias(edits);
  editFieldsAndDiscounts(edits);
  editLinks(edits);
  editSessions(edits);
  return count();
}

/** The same organization; each call of an edit is counted. */
function counting(polar: Polar): { edits: Polar; count: () => number } {
  let calls = 0;
  const counted = Object.entries(polar).map(([name, member]): [string, unknown] => {
    if (typeof member !== 'function') return [name, member];
    return [name, (...values: unknown[]): unknown => ((calls += 1), Reflect.apply(member, polar, values))];
  });
  return { edits: Object.assign({ ...polar }, Object.fromEntries(counted)), count: () => calls };
}

/** Every `step`th of the items that `fits`, `count` at the most. */
function some<T>(items: Iterable<T>, step: number, count: number, fits: (item: T) => boolean = () => true): T[] {
  return [...items]
    .filter(fits)
    .filter((_, index) => index % step === 0)
    .slice(0, count);
}

const onSale = (polar: Polar) => (product: Product) => {
  const now = polar.products.get(product.id);
  return now !== undefined && !now.is_archived && now.visibility === 'public' && now.price_ids.length > 0;
};

function editProducts(polar: Polar): void {
  const products = some(polar.products.values(), 1, 30, onSale(polar));
  for (const [index, { id }] of products.slice(0, 8).entries()) {
    polar.updateProduct(id, {
      name: `Renamed ${index} “” 🧭`,
      description: index % 2 ? null : 'Line\none\\two "three"',
    });
    polar.updateProduct(id, { metadata: { index, half: 0.5, long: 'x'.repeat(500), yes: true } });
  }
  for (const { price_ids } of products) {
    const price = polar.prices.get(price_ids.at(-1) ?? '');
    if (price)
      polar.changePrice(
        price.id,
        price.price_amount === undefined ? { tax_behavior: 'inclusive' } : { price_amount: price.price_amount + 101 },
      );
  }
  for (const { id } of products.slice(2, 6))
    polar.addPrice(id, { price_currency: 'jpy', price_amount: 9_007_199_254_740 });
  const two = polar.addPrice(products[1]?.id ?? '', { price_currency: 'chf' });
  polar.archivePrice(two.id);
  for (const { id } of products.slice(-2)) polar.archiveProduct(id);
  for (const { id } of some(polar.products.values(), 1, 1, (product) => product.is_archived))
    polar.unarchiveProduct(id);
}

function editBenefitsAndMedias(polar: Polar): void {
  const products = some(polar.products.values(), 1, 12, onSale(polar));
  const benefits = some(
    polar.benefits.values(),
    1,
    20,
    (benefit) => benefit.visibility === 'public' && !benefit.is_deleted,
  );
  for (const [index, { id, benefit_ids }] of products.entries()) {
    if (index % 3 === 0 && benefit_ids[0]) polar.detachBenefit(id, benefit_ids[0]);
    else polar.attachBenefit(id, benefits[index % benefits.length]?.id ?? '', index % 2);
  }
  for (const benefit of benefits.slice(0, 5))
    polar.updateBenefit(benefit.id, { description: `${benefit.description}!` });
  const credit = polar.createBenefit({
    type: 'meter_credit',
    properties: { units: 12_000, rollover: true, meter_id: crypto.randomUUID() },
  });
  polar.attachBenefit(products[0]?.id ?? '', credit.id, 0);
  polar.updateBenefit(benefits[6]?.id ?? '', { visibility: 'private' });
  polar.deleteBenefit(benefits[7]?.id ?? '');
  for (const [index, { id, media_ids }] of products.entries()) {
    const [first] = media_ids;
    polar.attachMedia(id, polar.createMedia({ version: `${index}` }).id, index % 2);
    if (first && index % 2) polar.detachMedia(id, first);
    else if (first) polar.updateMedia(first, { name: `media-${index}.png`, size: 5_000_000_000 + index });
  }
}

function editFieldsAndDiscounts(polar: Polar): void {
  const products = some(polar.products.values(), 1, 10, onSale(polar));
  const fields = [...polar.customFields.values()];
  for (const [index, { id, custom_fields }] of products.entries()) {
    const field = fields[index % fields.length];
    if (field) polar.attachCustomField(id, field.id, { required: index % 2 === 0, order: index });
    const [first] = custom_fields;
    if (first && index % 2) polar.detachCustomField(id, first.custom_field_id);
  }
  const created = polar.createCustomField({ type: 'select', properties: { options: [{ value: 'a', label: 'Ä' }] } });
  polar.attachCustomField(products[0]?.id ?? '', created.id, { required: true });
  for (const field of fields.slice(0, 4))
    polar.updateCustomField(field.id, { name: `${field.name}?`, metadata: { changed: true } });
  for (const discount of polar.discounts.values()) {
    for (let times = 0; times < 5; times++) polar.redeemDiscount(discount.id);
  }
  const [first, second, third] = [...polar.discounts.values()];
  if (!first || !second || !third) return;
  polar.updateDiscount(first.id, {
    name: 'Launch fortnight',
    basis_points: 3333,
    ends_at: null,
    max_redemptions: null,
  });
  polar.updateDiscount(second.id, { code: null, metadata: { reason: 'abuse' }, starts_at: polar.clock.now() });
  polar.deleteDiscount(third.id);
}

function editLinks(polar: Polar): void {
  const alive = (id: string) => polar.links.get(id)?.deleted_at === null;
  const links = some(polar.links.values(), 7, 400, ({ id }) => alive(id));
  const product = some(polar.products.values(), 1, 5, onSale(polar))[3]?.id ?? '';
  const discount = polar.createDiscount({
    type: 'fixed',
    amount: 250,
    currency: 'usd',
    amounts: { usd: 250, eur: 240 },
  });
  for (const [index, { id, product_ids }] of links.entries()) {
    if (index % 8 === 0) polar.deleteLink(id);
    else if (index % 8 === 1) polar.setLinkProducts(id, [product]);
    else if (index % 8 === 2) polar.setLinkProducts(id, product_ids.toReversed());
    else if (index % 8 === 3) polar.updateLink(id, { label: null, seats: 3, metadata: {}, success_url: null });
    else if (index % 8 === 4) polar.updateLink(id, { discount_id: index % 16 === 4 ? discount.id : null });
    else if (index % 8 === 5) polar.updateLink(id, {});
  }
  for (const { id } of some(
    polar.links.values(),
    40,
    5,
    (link) =>
      link.deleted_at !== null &&
      link.product_ids.length > 0 &&
      link.product_ids.every((other) => other === product || !polar.products.get(other)?.is_archived),
  ))
    polar.restoreLink(id);
  for (let index = 0; index < 15; index++)
    polar.createLink(index % 3 === 0 ? { created_at: links[index]?.created_at ?? '' } : {});
}

function editSessions(polar: Polar): void {
  const recent = [...polar.checkouts.values()].slice(-300);
  const open = recent.filter(({ status }) => status === 'open');
  for (const { id } of open.slice(0, 20)) polar.confirm(id);
  for (const { id } of open.slice(0, 10)) polar.succeed(id);
  for (const { id } of open.slice(10, 15)) polar.failPayment(id);
  for (const { id } of open.slice(20, 30)) polar.expire(id);
  for (const { id } of open.slice(30, 40)) polar.openCheckout(id);
  for (const [index, { id }] of open.slice(40, 60).entries()) {
    if (index % 2)
      polar.updateCheckout(id, {
        customer_email: `new${index}@example.com`,
        amount: 9_007_199_254_740_991,
        seats: null,
      });
    else polar.addAdHocPrice(id, { price_amount: 100 + index });
  }
  for (let index = 0; index < 40; index++) polar.createCheckout(index % 10 === 0 ? { product_id: null } : {});
  const old = [...polar.checkouts.values()].filter((_, index) => index % 997 === 3);
  for (const { id } of old.slice(0, 20))
    polar.backfillCheckout(id, { metadata: { backfilled: true }, customer_id: null, discount_id: null });
  for (const { id } of old.slice(20, 26)) polar.hardDeleteCheckout(id);
}
