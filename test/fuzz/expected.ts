import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { SECRET_KEYS } from './mutate.ts';
import { BOOKKEEPING, fitOf, plain, type Column } from './columns.ts';

/** Contents of one row as one payload shows them. */
export interface Expected {
  table: string;
  id: string;
  /** Values by column. */
  columns: Map<string, Json>;
  /** Values with neither a column nor a table, by key. */
  extra: Map<string, Json>;
  /** Rows of join tables: the members in the order of the list, as text. */
  sets: Map<string, string[]>;
  /** The payload's own credentials, by key. */
  secrets: Map<string, string>;
  /** The row that lists this one, and without which it is deleted. */
  owner?: string;
}

/** Rows found in records so far. */
export interface Reading {
  tables: ReadonlyMap<string, readonly Column[]>;
  found: Expected[];
}

/** Reads a nested value. Returns the part of it that cannot be a row; undefined if there is none. */
type Nest = (reading: Reading, value: Json, row: Expected) => Json | undefined;

/** An entity as the API's reference has it. */
interface Shape {
  table: string;
  nests?: Readonly<Record<string, Nest>>;
  /** Keys that only repeat another one. */
  aliases?: Readonly<Record<string, string>>;
  /** Keys that are stored nowhere. */
  dropped?: readonly string[];
  /** Keys of relations, and the columns for their ids. */
  relations?: Readonly<Record<string, string>>;
  /** Gives keys of a record of Polar's the names and values of its columns. */
  adapt?: (record: Map<string, Json>) => void;
}

const columnsOf = ({ tables }: Reading, table: string) =>
  (tables.get(table) ?? []).filter(({ name }) => !BOOKKEEPING.has(name));

/** Notes the contents of an object. Returns the id of its row; undefined if it cannot be one. */
function read(reading: Reading, shape: Shape, value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  const columns = columnsOf(reading, shape.table);
  const record = inOurNames(shape, columns, value);
  const idColumn = columns.find(({ name }) => name === 'id');
  const raw = record.get('id') ?? null;
  if (!idColumn || raw === null || fitOf(raw, idColumn) === 'never') return undefined;
  const id = idColumn.type === 'uuid' ? plain(raw).toLowerCase() : plain(raw);
  const secrets = new Map(SECRET_KEYS.flatMap((name) => ownSecret(name, value[name])));
  const row: Expected = { table: shape.table, id, columns: new Map(), extra: new Map(), sets: new Map(), secrets };
  reading.found.push(row);
  for (const [key, inner] of record) {
    const nest = Object.hasOwn(shape.nests ?? {}, key) ? shape.nests?.[key] : undefined;
    const original = Object.hasOwn(shape.aliases ?? {}, key) ? shape.aliases?.[key] : undefined;
    const rest = nest ? nest(reading, inner, row) : inner;
    if (columns.some(({ name }) => name === key)) row.columns.set(key, inner);
    else if (rest === undefined || SECRET_KEYS.includes(key) || shape.dropped?.includes(key)) continue;
    else if (original === undefined || !record.has(original)) row.extra.set(key, rest);
  }
  return id;
}

const ownSecret = (key: string, value: Json | undefined): [string, string][] =>
  typeof value === 'string' && value.length >= 8 ? [[key, value]] : [];

/** Fynn writes `isEnabled` for what the column `is_enabled` holds, and relations as ids, addresses or objects. */
function inOurNames(
  { table, relations = {}, adapt }: Shape,
  columns: readonly Column[],
  value: JsonObject,
): Map<string, Json> {
  const record = new Map(Object.entries(value));
  adapt?.(record);
  if (!table.startsWith('fynn.')) return record;
  for (const name of [...columns.map((column) => column.name), ...BOOKKEEPING]) {
    const wire = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const inner = record.get(wire);
    if (wire === name || inner === undefined || record.has(name)) continue;
    record.delete(wire);
    record.set(name, inner);
  }
  for (const [key, column] of Object.entries(relations)) relate(record, key, column);
  const price = record.get('price');
  if (table === 'fynn.price_plans' && price !== undefined && !record.has('amount'))
    record.set('amount', isObject(price) ? (price.amount ?? null) : null);
  return record;
}

function relate(record: Map<string, Json>, key: string, column: string): void {
  const relation = record.get(key);
  if (relation === undefined || record.has(column)) return;
  const id = idOfRelation(relation);
  if (relation === null || (typeof relation === 'string' && id !== undefined)) record.delete(key);
  record.set(column, id ?? null);
}

function idOfRelation(relation: Json): string | undefined {
  if (typeof relation === 'string') return relation.split('/').findLast(Boolean);
  return isObject(relation) && typeof relation.id === 'string' ? relation.id : undefined;
}

const one =
  (shape: () => Shape): Nest =>
  (reading, value) =>
    value === null || read(reading, shape(), value) !== undefined ? undefined : value;

/** Returns the elements that cannot be rows, or the value itself if it is not a list; `take` returns the member's row. */
function members(
  value: Json,
  set: string[],
  take: (element: Json, index: number) => string | undefined,
): Json | undefined {
  if (value === null) return undefined;
  if (!Array.isArray(value)) return value;
  const seen = new Set<string>();
  const rest = value.filter((element, index) => {
    const member = take(element, index);
    const [id = ''] = member?.split(' ') ?? [];
    if (member !== undefined && !seen.has(id)) set.push(member);
    seen.add(id);
    return member === undefined;
  });
  return rest.length > 0 ? rest : undefined;
}

const setIn = (row: Expected, table: string) => {
  const set: string[] = [];
  row.sets.set(table, set);
  return set;
};

const list =
  (shape: () => Shape, table?: string): Nest =>
  (reading, value, row) => {
    const isList = value === null || Array.isArray(value);
    return members(value, table && isList ? setIn(row, table) : [], (element, index) => {
      const id = read(reading, shape(), element);
      return id === undefined ? undefined : `${id} ${index}`;
    });
  };

const UUID: Column = { name: '', type: 'uuid', isIndexed: false, refersTo: null };
const INTEGER: Column = { ...UUID, type: 'integer' };

const offeredPrices: Nest = (reading, value, row) => {
  if (value === null) return void setIn(row, 'polar.checkout_prices');
  if (!isObject(value)) return value;
  const places = Object.entries(value).flatMap(([product, prices]): [string, Json, number][] =>
    Array.isArray(prices)
      ? prices.map((price, position) => [product, price, position])
      : [[product, { [product]: prices }, -1]],
  );
  const elements = places.map(([, price]) => price);
  return members(elements, setIn(row, 'polar.checkout_prices'), (price, index) => {
    const [product = '', , position = -1] = places[index] ?? [];
    if (position < 0 || fitOf(product, UUID) === 'never') return undefined;
    const id = read(reading, productPrice, price);
    return id === undefined ? undefined : `${id} ${product.toLowerCase()} ${position}`;
  });
};

const attachedFields =
  (table: string): Nest =>
  (reading, value, row) => {
    const surplus: Json[] = [];
    const isList = value === null || Array.isArray(value);
    const rest = members(value, isList ? setIn(row, table) : [], (element, index) => {
      if (!isObject(element)) return undefined;
      const { custom_field_id = null, custom_field = null, order, required = null, ...others } = element;
      const position = order ?? index;
      if (fitOf(position, INTEGER) !== 'must' || !(required === null || typeof required === 'boolean'))
        return undefined;
      if (custom_field_id !== null && fitOf(custom_field_id, UUID) === 'never') return undefined;
      const id = read(reading, customField, custom_field); // a row by itself, whoever asks for it
      if (id === undefined || id !== plain(custom_field_id).toLowerCase()) return undefined;
      if (Object.keys(others).length > 0) surplus.push({ custom_field_id, ...others });
      return `${id} ${JSON.stringify(position)} ${required ?? ''}`;
    });
    // Which of the two comes first in the list depends on the elements' order.
    return surplus.length === 0 ? rest : [...(Array.isArray(rest) ? rest : []), ...surplus];
  };

const namedLinks: Nest = (_reading, value, row) =>
  members(value, value === null || Array.isArray(value) ? setIn(row, 'fynn.price_plan_checkout_links') : [], (link) => {
    const id = idOfRelation(link);
    return id === undefined || fitOf(id, { ...UUID, type: 'text', isIndexed: true }) === 'never' ? undefined : id;
  });

/** Rows that name the row that lists them, in a column. */
const ownedBy =
  (column: string, shape: () => Shape): Nest =>
  (reading, value, row) =>
    members(value, [], (element) => {
      const from = reading.found.length;
      const id = isObject(element) ? read(reading, shape(), { ...element, [column]: row.id }) : undefined;
      const [owned] = reading.found.slice(from);
      if (owned && id !== undefined) owned.owner = `${row.table} ${row.id}`;
      return id;
    });

const items: Nest = (reading, value, link) =>
  members(value, [], (element, position) => {
    if (!isObject(element)) return undefined;
    const own = element.id ?? null;
    const id = typeof own === 'string' ? own : `${link.id}/${position}`;
    const item = { ...element, id, item_id: own, checkout_link_id: link.id, position };
    return read(reading, checkoutLinkItem, item);
  });

const benefit: Shape = { table: 'polar.benefits' };
const media: Shape = { table: 'polar.medias' };
const discount: Shape = {
  table: 'polar.discounts',
  nests: { products: list(() => product, 'polar.discount_products') },
};
const customField: Shape = { table: 'polar.custom_fields' };
const productPrice: Shape = { table: 'polar.product_prices', aliases: { price_per_seat: 'seat_tiers' } };
const product: Shape = {
  table: 'polar.products',
  nests: {
    prices: list(() => productPrice),
    benefits: list(() => benefit, 'polar.product_benefits'),
    medias: list(() => media, 'polar.product_medias'),
    attached_custom_fields: attachedFields('polar.product_custom_fields'),
  },
};
const fynnProduct: Shape = { table: 'fynn.products' };
const plan: Shape = {
  table: 'fynn.plans',
  nests: { originProduct: one(() => fynnProduct) },
  relations: { originProduct: 'origin_product_id' },
};
const pricePlan: Shape = { table: 'fynn.price_plans', nests: { checkoutLinkIds: namedLinks } };
const checkoutLinkItem: Shape = {
  table: 'fynn.checkout_link_items',
  nests: { product: one(() => fynnProduct), plan: one(() => plan), price: one(() => pricePlan) },
  relations: { product: 'product_id', plan: 'plan_id', price: 'price_plan_id' },
};

const meter: Shape = { table: 'polar.meters' };
const customer: Shape = {
  table: 'polar.customers',
  adapt: (record) => {
    if (record.has('deleted_at')) record.set('polar_deleted_at', record.get('deleted_at') ?? null);
    record.delete('deleted_at');
  },
};

/** A record that names no organization is of that of its customer, product or benefit. */
function ofOrganization(record: Map<string, Json>): void {
  if (record.has('organization_id')) return;
  for (const key of ['customer', 'product', 'benefit']) {
    const nested = record.get(key) ?? null;
    if (!isObject(nested) || typeof nested.organization_id !== 'string') continue;
    record.set('organization_id', nested.organization_id.toLowerCase());
    return;
  }
}

const dispute: Shape = {
  table: 'polar.disputes',
  nests: { customer: one(() => customer) },
  adapt: (record) => {
    const nested = record.get('customer') ?? null;
    ofOrganization(record);
    if (isObject(nested) && nested.id !== undefined) record.set('customer_id', nested.id);
  },
};
const refund: Shape = {
  table: 'polar.refunds',
  nests: { dispute: one(() => dispute) },
  adapt: (record) => {
    const nested = record.get('dispute');
    if (nested === undefined) return;
    record.set('dispute_id', isObject(nested) ? (nested.id ?? null) : null);
    if (!isObject(nested)) return;
    const owners = ['organization_id', 'customer_id'].filter((key) => record.has(key));
    record.set('dispute', { ...nested, ...Object.fromEntries(owners.map((key) => [key, record.get(key) ?? null])) });
  },
};

const PENDING = 'id created_at modified_at applies_at product_id seats units'.split(' ');

/** The pending change of a subscription has columns. */
function pending(record: Map<string, Json>): void {
  const update = record.get('pending_update');
  ofOrganization(record);
  if (update === undefined || (update !== null && !isObject(update))) return;
  record.delete('pending_update');
  for (const key of update ? Object.keys(update) : PENDING) record.set(`pending_update_${key}`, update?.[key] ?? null);
}

const buyers = { customer: one(() => customer), product: one(() => product), discount: one(() => discount) };
const subscriptionMeter: Shape = { table: 'polar.subscription_meters', nests: { meter: one(() => meter) } };
const subscription: Shape = {
  table: 'polar.subscriptions',
  nests: {
    ...buyers,
    prices: list(() => productPrice, 'polar.subscription_prices'),
    meters: ownedBy('subscription_id', () => subscriptionMeter),
  },
  aliases: { user_id: 'customer_id', user: 'customer', price_id: 'prices', price: 'prices' },
  adapt: pending,
};
const order: Shape = {
  table: 'polar.orders',
  nests: {
    ...buyers,
    subscription: one(() => subscription),
    items: ownedBy('order_id', () => ({ table: 'polar.order_items' })),
  },
  aliases: {
    amount: 'net_amount',
    from_balance_amount: 'applied_balance_amount',
    user_id: 'customer_id',
    user: 'customer',
    product_price_id: 'items',
    product_price: 'items',
  },
  adapt: ofOrganization,
};

/** Keys of Polar's earlier products, which organizations still have on the wire. */
const GONE = `bio company blog location twitter_username pledge_minimum_amount pledge_badge_show_amount
  default_upfront_split_to_contributors notification_settings`.split(/\s+/);

const SHAPES: Readonly<Record<string, Shape>> = {
  'polar.checkouts': {
    table: 'polar.checkouts',
    nests: {
      products: list(() => product, 'polar.checkout_products'),
      product: one(() => product),
      product_price: one(() => productPrice),
      prices: offeredPrices,
      discount: one(() => discount),
      attached_custom_fields: attachedFields('polar.checkout_custom_fields'),
    },
    aliases: {
      customer_external_id: 'external_customer_id',
      customer_billing_address_fields: 'billing_address_fields',
      subtotal_amount: 'net_amount',
    },
  },
  'polar.checkout_links': {
    table: 'polar.checkout_links',
    nests: { products: list(() => product, 'polar.checkout_link_products'), discount: one(() => discount) },
    aliases: { product: 'products', product_id: 'products', product_price: 'products', product_price_id: 'products' },
  },
  'polar.products': product,
  'polar.discounts': discount,
  'polar.benefits': benefit,
  'polar.custom_fields': customField,
  'polar.meters': meter,
  'polar.customers': customer,
  'polar.orders': order,
  'polar.subscriptions': subscription,
  'polar.refunds': refund,
  'polar.payments': { table: 'polar.payments', dropped: ['processor_metadata'] },
  'polar.disputes': dispute,
  'polar.customer_meters': {
    table: 'polar.customer_meters',
    nests: { customer: one(() => customer), meter: one(() => meter) },
    adapt: ofOrganization,
  },
  'polar.benefit_grants': {
    table: 'polar.benefit_grants',
    nests: { customer: one(() => customer), benefit: one(() => benefit) },
    aliases: { user_id: 'customer_id' },
    dropped: ['previous_properties'],
    adapt: ofOrganization,
  },
  'polar.events': { table: 'polar.events', nests: { customer: one(() => customer) } },
  'polar.organizations': { table: 'polar.organizations', dropped: GONE },
  'fynn.checkout_links': { table: 'fynn.checkout_links', nests: { items } },
  'fynn.price_plans': pricePlan,
};

/** Notes the rows of a stream's record. Returns its id, or the reason why it cannot be a row. */
export function expect(reading: Reading, stream: string, record: Json): { id: string } | { reason: string } {
  if (!isObject(record)) return { reason: 'not an object' };
  const id = read(reading, SHAPES[stream] ?? fynnProduct, record);
  if (id !== undefined) return { id };
  return { reason: record.id === undefined ? 'no id' : 'an id of another form' };
}
