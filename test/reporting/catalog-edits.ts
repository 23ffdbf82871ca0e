import type { Discount, Product } from '../../src/simulator/polar/catalog/records.ts';
import type { Link } from '../../src/simulator/polar/links/record.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import type { Random } from '../../src/simulator/random.ts';

/** One edit of the catalog or of a link. Does nothing where there is no record for it. */
export type CatalogEdit = (polar: Polar, chance: Random) => unknown;

/** Returns an edit of any record that is there and fits. */
const editOf =
  <T extends { deleted_at: string | null }>(recordsOf: (polar: Polar) => ReadonlyMap<string, T>) =>
  (
    edit: (polar: Polar, record: T, chance: Random) => unknown,
    fits: (record: T) => boolean = () => true,
  ): CatalogEdit =>
  (polar, chance) => {
    const found = [...recordsOf(polar).values()].filter((record) => record.deleted_at === null && fits(record));
    if (found.length > 0) edit(polar, chance.pick(found), chance);
  };

const product = editOf<Product>(({ products }) => products);
const discount = editOf<Discount>(({ discounts }) => discounts);
const link = editOf<Link>(({ links }) => links);

const anyOf = (records: ReadonlyMap<string, unknown>, chance: Random) => chance.pick([...records.keys()]);
const isOnSale = ({ is_archived, price_ids }: Product) => !is_archived && price_ids.length > 0;
const anyOnSale = (polar: Polar, chance: Random) => chance.pick([...polar.products.values()].filter(isOnSale)).id;
const lastOf = ({ price_ids }: Product) => price_ids.at(-1) ?? '';

/** Every kind of edit that makes a version, or that might seem to. */
export const CATALOG_EDITS: readonly CatalogEdit[] = [
  product((polar, { id }) => polar.updateProduct(id, { name: `Renamed ${polar.clock.now()}` })),
  discount((polar, { id }) => polar.redeemDiscount(id)),
  link((polar, { id }, chance) =>
    polar.updateLink(id, { label: `Campaign ${chance.integer(1, 99)}`, seats: chance.pick([null, 4]) }),
  ),
  product((polar, each) => polar.changePrice(lastOf(each), { price_amount: 4321, amount_type: 'fixed' }), isOnSale),
  discount((polar, { id }, chance) =>
    polar.updateDiscount(id, { name: `Sale ${polar.clock.now()}`, code: chance.pick([null, 'NOW']) }),
  ),
  link((polar, { id }, chance) => polar.setLinkProducts(id, [anyOnSale(polar, chance)])),
  product((polar, { id }, chance) =>
    polar.addPrice(id, { price_currency: chance.pick(['jpy', 'kwd']), tax_behavior: 'inclusive' }),
  ),
  product(
    (polar, each) => polar.archivePrice(lastOf(each)),
    ({ price_ids }) => price_ids.length > 1,
  ),
  (polar) => polar.createDiscount({ type: 'fixed', amount: 250, currency: 'kwd', amounts: { kwd: 250, jpy: 90 } }),
  (polar, chance) =>
    polar.createLink({ product_ids: [anyOnSale(polar, chance)], discount_id: anyOf(polar.discounts, chance) }),
  product((polar, { id }, chance) => polar.attachBenefit(id, anyOf(polar.benefits, chance), 0)),
  product((polar, each) => polar.changePrice(lastOf(each), { tax_behavior: 'exclusive' }), isOnSale),
  product((polar, { id }, chance) =>
    polar.updateProduct(id, { visibility: chance.pick(['private', 'public']), metadata: { a: 1 } }),
  ),
  product((polar, { id }, chance) =>
    polar.updateProduct(id, { trial_interval: chance.pick([null, 'week']), trial_interval_count: 2 }),
  ),
  link((polar, { id }, chance) =>
    polar.updateLink(id, { discount_id: anyOf(polar.discounts, chance), allow_discount_codes: false }),
  ),
  link((polar, { id }) =>
    polar.updateLink(id, { trial_interval: 'day', trial_interval_count: 3, metadata: { utm_source: 'mail' } }),
  ),
  discount((polar, { id }) => polar.updateDiscount(id, { max_redemptions: 9, ends_at: polar.clock.now() })),
  product((polar, { id }, chance) =>
    polar.attachCustomField(id, anyOf(polar.customFields, chance), { required: true }),
  ),
  link((polar, { id }) => polar.deleteLink(id)),
  product((polar, { id }) => polar.archiveProduct(id), isOnSale),
  discount((polar, { id }) => polar.deleteDiscount(id)),
  product(
    (polar, { id }) => polar.unarchiveProduct(id),
    ({ is_archived }) => is_archived,
  ),
  (polar) => polar.createProduct({ recurring_interval: 'month', recurring_interval_count: 1 }),
  (polar, chance) => {
    const gone = [...polar.links.values()].filter(
      ({ deleted_at, product_ids }) => deleted_at !== null && product_ids.length > 0,
    );
    const sold = gone.filter(({ product_ids }) =>
      product_ids.every((id) => isOnSale(polar.products.get(id) as Product)),
    );
    if (sold.length > 0) polar.restoreLink(chance.pick(sold).id);
  },
  product(
    (polar, { id }) => polar.deleteProduct(id),
    ({ price_ids }) => price_ids.length > 0,
  ),
  discount((polar, { id }) => polar.redeemDiscount(id)),
];
