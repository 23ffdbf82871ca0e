import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import type { FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import type { Fynn } from '../../src/simulator/fynn/fynn.ts';
import type { Item, Link, Plan, Price, Product } from '../../src/simulator/fynn/records.ts';

type Row = Record<string, unknown>;

/** Expectation of a row: `must` is true if it has to exist, `row` holds its contents; null accepts any. */
interface Expected {
  must: boolean;
  row: Row | null;
}

type Expectations = Map<string, Expected>;

const INSTANTS = new Set(['created_at']);

/**
 * Compares an account's rows of every table of Fynn's with the simulator's state, as it must be after a walk of both streams that nothing was
 * edited during. Answers one line for each difference: table, id, column, expected and stored value.
 */
export async function fynnDifferences(
  { fynn }: Pick<FynnSimulator, 'fynn'>,
  db: { pool: Pool },
  account = 'default',
): Promise<string[]> {
  const readAll = (table: string, key: string) => read(db.pool, account, table, key);
  const stored = {
    links: await readAll('checkout_links', 'id'),
    items: await readAll('checkout_link_items', 'id'),
    prices: await readAll('price_plans', 'id'),
    plans: await readAll('plans', 'id'),
    products: await readAll('products', 'id'),
    named: await readAll('price_plan_checkout_links', `price_plan_id || ' ' || checkout_link_id`),
  };
  const links = [...fynn.links.values()];
  const shown = links.filter((link) => link.deletedAt === null && (isFound(fynn, link) || stored.links.has(link.id)));
  return [
    ...compare('checkout_links', expectedLinks(fynn, links), stored.links),
    ...compare('checkout_link_items', expectedItems(fynn, shown, stored.items), stored.items),
    ...compare('price_plans', expectedPrices(fynn, shown), stored.prices),
    ...compare('plans', expectedPlans(fynn, shown), stored.plans),
    ...compare('products', expectedProducts(fynn, shown), stored.products),
    ...compare('price_plan_checkout_links', expectedNames(fynn, stored.prices), stored.named),
  ];
}

async function read(pool: Pool, account: string, table: string, key: string): Promise<Map<string, Row>> {
  const { rows } = await pool.query<{ key: string; row: Row }>(
    `select ${key} as key, to_jsonb(t) - '{observed_at,account}'::text[] as row from fynn.${table} t where account = $1`,
    [account],
  );
  return new Map(rows.map((found) => [found.key, found.row]));
}

/** True if a walk finds a new link: a list shows it, or a listed price names it. */
function isFound({ items, prices, settings }: Fynn, { itemIds }: Link): boolean {
  const isActive = (id: string) => prices.get(items.get(id)?.priceId ?? '')?.status === 'active';
  return settings.hasLinkList || itemIds.some(isActive);
}

function compare(table: string, expectations: Expectations, stored: ReadonlyMap<string, Row>): string[] {
  const ids = new Set([...expectations.keys(), ...stored.keys()]);
  return [...ids].flatMap((id) => {
    const [expected, row] = [expectations.get(id), stored.get(id)];
    if (!expected) return [`${table} ${id}: stored, though Fynn does not have it`];
    if (!row) return expected.must ? [`${table} ${id}: missing`] : [];
    return expected.row ? differing(expected.row, row).map((difference) => `${table} ${id} ${difference}`) : [];
  });
}

/** The columns that differ; `deleted_at` is compared by whether there is one. */
function differing(expected: Row, { deleted_at, ...columns }: Row): string[] {
  const row: Row = 'deleted' in expected ? { ...columns, deleted: Boolean(deleted_at) } : columns;
  return [...new Set([...Object.keys(expected), ...Object.keys(row)])]
    .filter((name) => !expected.deleted || name === 'deleted') // what is deleted is as it was seen last
    .filter((name) => !isDeepStrictEqual(comparable(name, expected[name]), comparable(name, row[name])))
    .map((name) => `${name}: expected ${JSON.stringify(expected[name])}, stored ${JSON.stringify(row[name])}`);
}

const comparable = (name: string, value: unknown) =>
  INSTANTS.has(name) && typeof value === 'string' ? Date.parse(value) : value;

/** Columns that rows of entities have as well; Fynn sends no date of a change. */
const alive = { version_at: null, deleted: false, extra: {} };

function expectedLinks(fynn: Fynn, links: readonly Link[]): Expectations {
  const row = ({ id, slug, isEnabled, options, afterCheckout }: Link): Row => ({
    id,
    slug,
    is_enabled: isEnabled,
    options,
    after_checkout: afterCheckout,
    ...alive,
  });
  return new Map(
    links.map((link) => [
      link.id,
      link.deletedAt === null ? { must: isFound(fynn, link), row: row(link) } : { must: false, row: { deleted: true } },
    ]),
  );
}

/** The items of links as they are; those of deleted links stay as they were seen last. */
function expectedItems(fynn: Fynn, shown: readonly Link[], stored: ReadonlyMap<string, Row>): Expectations {
  const isDeleted = ({ checkout_link_id }: Row) =>
    typeof checkout_link_id === 'string' && typeof fynn.links.get(checkout_link_id)?.deletedAt === 'string';
  const left = [...stored].filter(([, row]) => isDeleted(row));
  return new Map<string, Expected>([
    ...left.map(([key]) => [key, { must: false, row: null }] as const),
    ...shown.flatMap((link) =>
      link.itemIds.map((itemId, position) => {
        const row = itemRow(fynn, link, present(fynn.items, itemId), position);
        return [fynn.settings.itemIds ? itemId : `${link.id}/${position}`, { must: true, row }] as const;
      }),
    ),
  ]);
}

function itemRow({ settings }: Fynn, link: Link, item: Item, position: number): Row {
  return {
    id: settings.itemIds ? item.id : `${link.id}/${position}`,
    item_id: settings.itemIds ? item.id : null,
    checkout_link_id: link.id,
    position,
    type: item.type,
    quantity: item.quantity,
    product_id: item.productId,
    plan_id: item.planId,
    price_plan_id: item.priceId,
    periods: item.periods,
    ...alive,
  };
}

/** Prices that are on the list or nested in a link; one that was stored once is asked for by its id. */
function expectedPrices(fynn: Fynn, shown: readonly Link[]): Expectations {
  const nested = new Set(itemsOf(fynn, shown).map(({ priceId }) => priceId));
  const expected = (price: Price): [string, Expected] => [
    price.id,
    { must: price.status === 'active' || nested.has(price.id), row: priceRow(fynn, price) },
  ];
  return new Map([...fynn.prices.values()].map(expected));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** `{}` is no number and no text: the column is null, and `extra` has it. */
const scalar = (value: unknown) => (isObject(value) ? null : value);

function priceRow(fynn: Fynn, price: Price): Row {
  const odd = { free_units: price.freeUnits, currency_code: price.currencyCode };
  return {
    id: price.id,
    internal_name: price.internalName,
    status: price.status,
    sales_channel: price.salesChannel,
    type: price.type,
    apply_trial: price.applyTrial,
    pay_in_advance: price.payInAdvance,
    pro_rata: price.proRata,
    free_units: scalar(price.freeUnits),
    billing_interval: price.billingInterval,
    show_price_per_interval: price.showPricePerInterval,
    currency_code: scalar(price.currencyCode),
    amount: price.price.amount,
    price: price.price,
    tiers: price.tiers ?? null,
    custom: price.custom,
    charge: price.charge,
    product_set_option: price.productSetOption,
    product: related(price, 'products', price.productId, productJson(present(fynn.products, price.productId))),
    customer: related(price, 'customers', price.customerId, { id: price.customerId }),
    in_use: price.inUse,
    ...alive,
    extra: Object.fromEntries(Object.entries(odd).filter(([, value]) => isObject(value))),
  };
}

function related({ relations }: Price, path: string, id: string | null, object: Row): unknown {
  if (id === null) return null;
  return { id, iri: `/${path}/${id}`, object }[relations];
}

function productJson({ id, name, description, type, invoiceVisibility, customFields }: Product): Row {
  return { id, name, description, type, invoiceVisibility, customFields };
}

/** Returns the expected plans and products: they are visible where they are nested, and otherwise stay as they were. */
function expectedPlans(fynn: Fynn, shown: readonly Link[]): Expectations {
  const nested = new Set(itemsOf(fynn, shown).map(({ planId }) => planId));
  const row = ({ id, familyId, code, originProductId, allowCheckout, status, createdAt, name, description }: Plan) => ({
    id,
    family: { id: familyId },
    code,
    origin_product_id: originProductId,
    allow_checkout: allowCheckout,
    status,
    created_at: createdAt,
    name,
    description,
    ...alive,
  });
  return nestedOnly(fynn.plans, nested, row);
}

function expectedProducts(fynn: Fynn, shown: readonly Link[]): Expectations {
  const items = itemsOf(fynn, shown);
  const origins = items.map(({ planId }) => (planId === null ? null : present(fynn.plans, planId).originProductId));
  const nested = new Set([...origins, ...items.map(({ productId }) => productId)]);
  const row = ({ id, name, description, type, invoiceVisibility, customFields }: Product) => ({
    id,
    name,
    description,
    type,
    invoice_visibility: invoiceVisibility,
    custom_fields: customFields,
    ...alive,
  });
  return nestedOnly(fynn.products, nested, row);
}

function nestedOnly<T extends { id: string }>(
  records: ReadonlyMap<string, T>,
  nested: ReadonlySet<string | null>,
  row: (record: T) => Row,
): Expectations {
  return new Map(
    [...records.values()].map((record) => [
      record.id,
      nested.has(record.id) ? { must: true, row: row(record) } : { must: false, row: null },
    ]),
  );
}

/** Returns the links that each stored price must name: those that exist and sell it. */
function expectedNames(fynn: Fynn, prices: ReadonlyMap<string, Row>): Expectations {
  const living = [...fynn.links.values()].filter(({ deletedAt }) => deletedAt === null);
  const pairs = living.flatMap((link) => itemsOf(fynn, [link]).map(({ priceId }) => [priceId, link.id] as const));
  return new Map(
    pairs
      .filter(([priceId]) => prices.has(priceId))
      .map(([price_plan_id, checkout_link_id]) => [
        `${price_plan_id} ${checkout_link_id}`,
        { must: true, row: { price_plan_id, checkout_link_id } },
      ]),
  );
}

const itemsOf = ({ items }: Fynn, links: readonly Link[]) =>
  links.flatMap(({ itemIds }) => itemIds.map((id) => present(items, id)));

function present<T>(records: ReadonlyMap<string, T>, id: string): T {
  const record = records.get(id);
  if (record === undefined) throw new Error(`Fynn has no ${id}`);
  return record;
}
