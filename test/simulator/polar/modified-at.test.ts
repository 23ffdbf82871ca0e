import { expect, test } from 'vitest';
import type { Polar } from '../../../src/simulator/polar/polar.ts';
import { present, simulate } from '../../support/ask.ts';

/** Everything that has a modified_at, by kind and id. */
function stamps(polar: Polar): Map<string, string | null> {
  const { links, checkouts, products, prices, benefits, discounts, customFields } = polar;
  const all = Object.entries({ links, checkouts, products, prices, benefits, discounts, customFields });
  return new Map(
    all.flatMap(([kind, records]) =>
      [...records.values()].map((record) => [`${kind} ${record.id}`, record.modified_at] as const),
    ),
  );
}

/** Returns the records whose modified_at an edit changed, and new ones with theirs. */
function moved(polar: Polar, edit: () => void): Record<string, string | null> {
  const before = stamps(polar);
  edit();
  return Object.fromEntries([...stamps(polar)].filter(([key, stamp]) => !before.has(key) || before.get(key) !== stamp));
}

const at = '2026-11-21T08:20:00.000042Z';

function parts(polar: Polar) {
  const link = present([...polar.links.values()].find((each) => each.deleted_at === null));
  const product = present(polar.products.get(present(link.product_ids[0])));
  const benefit = present(
    [...polar.benefits.values()].find((each) => !product.benefit_ids.includes(each.id) && !each.is_deleted),
  );
  return { link, product, benefit, price: present(product.price_ids[0]), media: present([...polar.medias.keys()][0]) };
}

test('everything new has no modified_at', async () => {
  const { polar } = await simulate();
  const { product } = parts(polar);
  const made = [
    polar.createLink(),
    polar.createCheckout(),
    polar.createProduct(),
    polar.addPrice(product.id),
    polar.createBenefit(),
    polar.createDiscount(),
    polar.createCustomField(),
  ];
  expect(made.map((record) => record.modified_at)).toEqual(made.map(() => null));
});

test('a price edit archives the old row and makes a new one; product, links and sessions keep theirs', async () => {
  const { polar } = await simulate();
  const { price, product } = parts(polar);
  let made = '';
  expect(moved(polar, () => (made = polar.changePrice(price, { tax_behavior: 'exclusive' }, at).id))).toEqual({
    [`prices ${price}`]: at,
    [`prices ${made}`]: null,
  });
  expect(polar.prices.get(price)?.is_archived).toBe(true);
  expect(polar.products.get(product.id)?.price_ids).not.toContain(price);
});

test('attaching and detaching benefits, medias and custom fields moves nothing', async () => {
  const { polar } = await simulate();
  const { product, benefit, media } = parts(polar);
  const field = present([...polar.customFields.keys()][0]);
  const edits = [
    () => polar.attachBenefit(product.id, benefit.id, 0),
    () => polar.detachBenefit(product.id, benefit.id),
    () => polar.attachMedia(product.id, media),
    () => polar.detachMedia(product.id, media),
    () => polar.attachCustomField(product.id, field, { required: true }),
    () => polar.detachCustomField(product.id, field),
  ];
  for (const edit of edits) expect(moved(polar, edit)).toEqual({});
});

test('a new list of products moves nothing on a link, any other change does, even to the same value', async () => {
  const { polar } = await simulate();
  const { link, product } = parts(polar);
  const other = present([...polar.products.keys()].find((id) => id !== product.id));
  expect(moved(polar, () => polar.setLinkProducts(link.id, [other, product.id]))).toEqual({});
  expect(polar.links.get(link.id)?.product_ids).toEqual([other, product.id]);
  expect(moved(polar, () => polar.updateLink(link.id, { label: link.label }, at))).toEqual({
    [`links ${link.id}`]: at,
  });
});

test('a redemption moves nothing', async () => {
  const { polar } = await simulate();
  const [discount] = polar.discounts.values();
  const { id, redemptions_count } = present(discount);
  expect(moved(polar, () => polar.redeemDiscount(id))).toEqual({});
  expect(polar.discounts.get(id)?.redemptions_count).toBe(redemptions_count + 1);
});

test('a change of a record’s own columns moves that record alone', async () => {
  const { polar } = await simulate();
  const { product, benefit } = parts(polar);
  const discount = present([...polar.discounts.keys()][0]);
  const field = present([...polar.customFields.keys()][0]);
  expect(moved(polar, () => polar.updateProduct(product.id, { name: 'New name' }, at))).toEqual({
    [`products ${product.id}`]: at,
  });
  expect(moved(polar, () => polar.updateBenefit(benefit.id, { description: 'New' }, at))).toEqual({
    [`benefits ${benefit.id}`]: at,
  });
  expect(moved(polar, () => polar.updateDiscount(discount, { name: 'New' }, at))).toEqual({
    [`discounts ${discount}`]: at,
  });
  expect(moved(polar, () => polar.updateCustomField(field, { name: 'New' }, at))).toEqual({
    [`customFields ${field}`]: at,
  });
});

test('archiving a product moves it, and the links it deletes, but not those that keep other products', async () => {
  const { polar } = await simulate({ links: 0 });
  const [kept, gone] = [...polar.products.values()]
    .filter((product) => !product.is_archived)
    .map((product) => product.id);
  const both = polar.createLink({ product_ids: [present(kept), present(gone)] });
  const alone = polar.createLink({ product_ids: [present(gone)] });
  expect(moved(polar, () => polar.archiveProduct(present(gone), at))).toEqual({
    [`products ${gone}`]: at,
    [`links ${alone.id}`]: at,
  });
  expect(polar.links.get(both.id)?.product_ids).toEqual([kept]);
});

test('opening the page moves a session, a backfill does not', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout();
  expect(moved(polar, () => polar.openCheckout(id, at))).toEqual({ [`checkouts ${id}`]: at });
  expect(moved(polar, () => polar.backfillCheckout(id, { customer_id: null, locale: 'de' }))).toEqual({});
  expect(polar.checkouts.get(id)?.locale).toBe('de');
});

test('no two edits share an instant by accident', async () => {
  const { polar } = await simulate();
  const made = Array.from({ length: 50 }, () => polar.createCheckout().created_at);
  expect(new Set(made).size).toBe(50);
  expect(made).toEqual(made.toSorted());
});
