import type { Benefit, Discount, Price, Product } from '../../src/simulator/polar/catalog/records.ts';
import type { Checkout } from '../../src/simulator/polar/checkouts/record.ts';
import type { Link } from '../../src/simulator/polar/links/record.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { TABLES, type TableName } from './tables.ts';

/** Expected contents of a row by column, sets included; a column that no visible payload carries is absent. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows of every entity table by id. */
export type Rows = Record<TableName, Map<string, Row>>;

/** A stream of Polar's. */
export type StreamName = 'polar.checkout_links' | 'polar.checkouts';

/** Every row that the API shows at this moment in the lists of the given streams. */
export function visibleRows(polar: Polar, streams: readonly StreamName[]): Rows {
  const rows = noRows();
  if (streams.includes('polar.checkouts'))
    for (const checkout of polar.checkouts.values()) showCheckout(polar, rows, checkout);
  // Links come last: they show more of products and discounts than sessions do.
  if (streams.includes('polar.checkout_links')) for (const link of polar.links.values()) showLink(polar, rows, link);
  return rows;
}

/** No rows of any table. */
function noRows(): Rows {
  const empty = () => new Map<string, Row>();
  return {
    checkout_links: empty(),
    checkouts: empty(),
    products: empty(),
    product_prices: empty(),
    benefits: empty(),
    medias: empty(),
    discounts: empty(),
    custom_fields: empty(),
  };
}

function showLink(polar: Polar, rows: Rows, link: Link): void {
  if (link.deleted_at !== null) return;
  for (const id of link.product_ids) showProduct(polar, rows, id, 'link');
  if (link.discount_id !== null) showDiscount(rows, found(polar.discounts, link.discount_id), 'link');
  rows.checkout_links.set(link.id, {
    ...own('checkout_links', link),
    ...blanked(link),
    deleted: false,
    checkout_link_products: places(link.product_ids),
  });
}

function showCheckout(polar: Polar, rows: Rows, checkout: Checkout): void {
  const selected = checkout.product_id === null ? undefined : found(polar.products, checkout.product_id);
  for (const id of new Set([...checkout.product_ids, ...(selected ? [selected.id] : [])]))
    showProduct(polar, rows, id, 'session');
  const offered = checkout.product_ids.flatMap((id) => pricesIn(polar, checkout, found(polar.products, id)));
  const chosen = checkout.product_price_id === null ? [] : [found(polar.prices, checkout.product_price_id)];
  for (const price of [...offered.map(({ price }) => price), ...chosen]) showPrice(polar, rows, price);
  if (checkout.discount_id !== null) showDiscount(rows, found(polar.discounts, checkout.discount_id), 'session');
  const asked = selected?.custom_fields ?? [];
  for (const { custom_field_id: id } of asked)
    put(rows, 'custom_fields', own('custom_fields', found(polar.customFields, id)));
  rows.checkouts.set(checkout.id, {
    ...own('checkouts', checkout),
    ...blanked(checkout),
    deleted: false,
    checkout_products: places(checkout.product_ids),
    checkout_prices: byFirst(offered.map(({ price, position }) => [price.id, price.product_id, position])),
    checkout_custom_fields: byFirst(asked.map((field) => [field.custom_field_id, field.order, field.required])),
  });
}

/** A session offers the prices made for it where a product has some, otherwise the catalog's. */
function pricesIn(
  polar: Polar,
  { ad_hoc_price_ids }: Checkout,
  product: Product,
): { price: Price; position: number }[] {
  const made = ad_hoc_price_ids.map((id) => found(polar.prices, id)).filter((price) => price.product_id === product.id);
  const listed = product.price_ids.map((id) => found(polar.prices, id));
  return (made.length > 0 ? made : listed).map((price, position) => ({ price, position }));
}

/** A product is joined live; only links show its metadata. */
function showProduct(polar: Polar, rows: Rows, id: string, within: 'link' | 'session'): void {
  if (within === 'session' && rows.products.has(id)) return;
  const product = found(polar.products, id);
  const benefits = product.benefit_ids
    .map((id) => found(polar.benefits, id))
    .filter((benefit) => benefit.visibility === 'public');
  for (const price of product.price_ids) showPrice(polar, rows, found(polar.prices, price));
  for (const benefit of benefits) put(rows, 'benefits', benefitRow(benefit));
  for (const media of product.media_ids) put(rows, 'medias', own('medias', found(polar.medias, media)));
  const { metadata, ...columns } = own('products', product);
  put(rows, 'products', {
    ...columns,
    ...(within === 'link' && { metadata }),
    product_benefits: places(benefits.map((benefit) => benefit.id)),
    product_medias: places(product.media_ids),
  });
}

/** The wire's deprecated interval of a price is its product's, but for legacy prices, which have their own. */
function showPrice(polar: Polar, rows: Rows, price: Price): void {
  if (rows.product_prices.has(price.id)) return;
  const interval = found(polar.products, price.product_id).recurring_interval;
  put(rows, 'product_prices', {
    ...own('product_prices', price),
    type: price.type ?? (interval === null ? 'one_time' : 'recurring'),
    recurring_interval: price.recurring_interval ?? interval,
  });
}

/** Benefits are shown reduced; only meter credits have properties, two of them. */
function benefitRow(benefit: Benefit): Row {
  const {
    metadata: _metadata,
    visibility: _visibility,
    visibility_configurable: _configurable,
    properties: _all,
    ...shown
  } = own('benefits', benefit);
  const { units, meter_id } = benefit.properties;
  return benefit.type === 'meter_credit' ? { ...shown, properties: { units, meter_id } } : shown;
}

const REDUCED = new Set([
  'id',
  'name',
  'type',
  'duration',
  'code',
  'duration_in_months',
  'amount',
  'currency',
  'amounts',
  'basis_points',
]);

/** Sessions show a discount's terms alone, without the moments that make a version. */
function showDiscount(rows: Rows, discount: Discount, within: 'link' | 'session'): void {
  if (within === 'session' && rows.discounts.has(discount.id)) return;
  const whole = own('discounts', discount);
  const shown = Object.entries(whole).filter(([column]) => within === 'link' || REDUCED.has(column));
  put(rows, 'discounts', { id: discount.id, ...Object.fromEntries(shown) });
}

function put(rows: Rows, table: TableName, row: Row & { id?: unknown }): void {
  rows[table].set(String(row.id), { ...row, deleted: false });
}

const COLUMNS: Readonly<Record<string, string[]>> = Object.fromEntries(
  Object.entries(TABLES).map(([table, { columns }]) => [table, Object.keys(columns)]),
);

/** The record's values for the columns of its table, and the version that follows from them. */
function own(table: TableName, record: object): Record<string, unknown> & { id?: unknown } {
  const values: Record<string, unknown> = { ...record };
  const present = (COLUMNS[table] ?? []).filter((column) => column in values);
  const version_at = values.modified_at ?? values.created_at;
  return { ...Object.fromEntries(present.map((column) => [column, values[column]])), version_at };
}

/** Credentials are stored nowhere: the client secret not even as a part of an address, the payment intent's not at all. */
function blanked(record: Checkout | Link): Row {
  const { client_secret, url, success_url } = record;
  const blank = (text: string | null) => text?.replaceAll(client_secret, '[client_secret]') ?? null;
  const addresses = { url: blank(url), success_url: blank(success_url) };
  if (!('payment_processor_metadata' in record)) return addresses;
  const { intent_client_secret: _secret, ...payment_processor_metadata } = record.payment_processor_metadata;
  return { ...addresses, payment_processor_metadata };
}

function places(ids: readonly string[]): unknown[][] {
  return byFirst(ids.map((id, position) => [id, position]));
}

function byFirst(members: [string, ...unknown[]][]): unknown[][] {
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}

function found<T>(records: ReadonlyMap<string, T>, id: string): T {
  const record = records.get(id);
  if (record === undefined) throw new RangeError(`the simulator has no ${id}`);
  return record;
}
