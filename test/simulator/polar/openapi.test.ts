import { expect, test } from 'vitest';
import { ask, checkouts, links, present, read, simulate } from '../../support/ask.ts';
import { complaints, ownSchema, schema, withoutNewer } from '../../support/openapi.ts';

const uuid = { type: 'string', format: 'uuid4' };
const integer = { type: ['integer', 'null'] };
const decimal = { type: 'string', pattern: String.raw`^\d+(\.\d+)?$` };
const tier = {
  type: 'object',
  properties: { bound: integer, unit_amount: decimal },
  required: ['bound', 'unit_amount'],
  additionalProperties: false,
};
const tiers = {
  type: 'object',
  properties: { type: { enum: ['volume', 'graduated'] }, tiers: { type: 'array', items: tier, minItems: 1 } },
  required: ['type', 'tiers'],
  additionalProperties: false,
};
const meter = { $ref: 'polar#/components/schemas/ProductPriceMeter' };
const newerPrice = ownSchema({
  type: 'object',
  properties: {
    id: uuid,
    product_id: uuid,
    source: { enum: ['catalog', 'ad_hoc'] },
    is_archived: { type: 'boolean' },
    tiers,
    created_at: { type: 'string', format: 'date-time' },
    modified_at: { type: ['string', 'null'], format: 'date-time' },
    price_currency: { type: 'string', pattern: '^[a-z]{3}$' },
    tax_behavior: { enum: ['location', 'inclusive', 'exclusive', null] },
  },
  required: [
    'id',
    'created_at',
    'modified_at',
    'source',
    'price_currency',
    'tax_behavior',
    'is_archived',
    'product_id',
  ],
  oneOf: [
    {
      properties: {
        amount_type: { const: 'unit_based' },
        minimum_units: integer,
        maximum_units: integer,
        unit_label: { type: ['object', 'null'], additionalProperties: { type: 'object' } },
      },
      required: ['amount_type', 'tiers', 'minimum_units', 'maximum_units', 'unit_label'],
    },
    {
      properties: { amount_type: { const: 'metered_tiers' }, cap_amount: integer, meter_id: uuid, meter },
      required: ['amount_type', 'tiers', 'cap_amount', 'meter_id', 'meter'],
    },
  ],
});

test('every list of links, sessions and subscriptions follows the OpenAPI document', async () => {
  const simulator = await simulate({ links: 130, checkouts: 1200, scopes: 'every' });
  const newer: unknown[] = [];
  for (const [resource, name] of [
    ['checkout-links', 'ListResource_CheckoutLink_'],
    ['checkouts', 'ListResource_Checkout_'],
    ['subscriptions', 'ListResource_Subscription_'],
  ] as const) {
    const validate = schema(name);
    for (let page = 1, last = 1; page <= last; page++) {
      const body = await read<{ pagination: { max_page: number } }>(
        simulator,
        `/v1/${resource}/?limit=100&page=${page}`,
      );
      last = body.pagination.max_page;
      expect(complaints(validate, withoutNewer(body, newer))).toEqual([]);
    }
  }
  expect(new Set(newer.map((price) => JSON.stringify(complaints(newerPrice, price))))).toEqual(new Set(['[]']));
  expect(newer.length).toBeGreaterThan(100);
});

test('the check against the document notices a wrong type, a missing field and an unknown status', async () => {
  const simulator = await simulate();
  const [checkout] = simulator.polar.checkouts.values();
  for (const change of [{ amount: '1' }, { url: undefined }, { status: 'paid' }, { customer_id: '1' }]) {
    const json = { ...withoutNewerObject(simulator.polar.json.checkout(present(checkout).id)), ...change };
    expect(complaints(schema('Checkout'), JSON.parse(JSON.stringify(json)))).not.toEqual([]);
  }
});

function withoutNewerObject(value: unknown): object {
  const json = withoutNewer(value, []);
  return typeof json === 'object' && json !== null ? json : {};
}

test('every link and session by id follows the OpenAPI document', async () => {
  const simulator = await simulate({ links: 25, checkouts: 220 });
  const { polar } = simulator;
  for (const link of polar.links.values()) {
    if (link.deleted_at !== null) continue;
    const body = withoutNewer(await read(simulator, `/v1/checkout-links/${link.id}`), []);
    expect(complaints(schema('CheckoutLink'), body)).toEqual([]);
  }
  const validate = schema('Checkout');
  for (const { id } of polar.checkouts.values()) {
    expect(complaints(validate, withoutNewer(await read(simulator, `/v1/checkouts/${id}`), []))).toEqual([]);
  }
});

test('products, benefits, discounts and custom fields follow the OpenAPI document, as webhooks carry them', async () => {
  const { polar } = await simulate();
  for (const id of polar.products.keys()) expect(check('Product', polar.json.product(id))).toEqual([]);
  for (const id of polar.benefits.keys()) expect(check('Benefit', polar.json.benefit(id))).toEqual([]);
  for (const id of polar.discounts.keys()) expect(check('Discount', polar.json.discount(id))).toEqual([]);
  for (const id of polar.customFields.keys()) expect(check('CustomField', polar.json.customField(id))).toEqual([]);
});

function check(name: string, json: unknown): string[] {
  return complaints(schema(name), withoutNewer(json, []));
}

test('errors follow the OpenAPI document', async () => {
  const simulator = await simulate();
  const missing = await ask(simulator, '/v1/checkouts/00000000-0000-4000-8000-000000000000');
  expect(complaints(schema('ResourceNotFound'), JSON.parse(missing.text))).toEqual([]);
  const wrong = await ask(simulator, '/v1/checkouts/?limit=0&page=x&sorting=id');
  expect(complaints(schema('HTTPValidationError'), JSON.parse(wrong.text))).toEqual([]);
});

test('the seeded catalog holds every kind of price, discount, custom field and product', async () => {
  const { polar } = await simulate({ checkouts: 1000 });
  const listed = new Set([...polar.products.values()].flatMap((product) => product.price_ids));
  const shown = [...polar.prices.values()].filter((price) => listed.has(price.id));
  expect(kinds(shown, (price) => `${price.legacy ? 'legacy ' : ''}${price.amount_type}`)).toEqual([
    'custom',
    'fixed',
    'legacy custom',
    'legacy fixed',
    'metered_tiers',
    'metered_unit',
    'seat_based',
    'unit_based',
  ]);
  expect(kinds(polar.prices.values(), (price) => price.source)).toEqual(['ad_hoc', 'catalog']);
  expect(kinds(polar.discounts.values(), (discount) => `${discount.type} ${discount.duration}`)).toEqual([
    'fixed forever',
    'fixed once',
    'fixed repeating',
    'percentage forever',
    'percentage once',
    'percentage repeating',
  ]);
  expect(kinds(polar.customFields.values(), (field) => field.type)).toEqual([
    'checkbox',
    'date',
    'number',
    'select',
    'text',
  ]);
  expect(kinds(polar.products.values(), (product) => `${product.is_archived} ${product.is_recurring}`)).toHaveLength(4);
});

test('links and sessions show every kind of benefit, and sessions have every status', async () => {
  const simulator = await simulate({ links: 100, checkouts: 1000 });
  const benefits = [...(await links(simulator)).items, ...(await checkouts(simulator)).items]
    .flatMap((record) => record.products)
    .flatMap((product) => product.benefits);
  expect(kinds(benefits, (benefit) => benefit.type)).toEqual([
    'custom',
    'discord',
    'downloadables',
    'feature_flag',
    'github_repository',
    'license_keys',
    'meter_credit',
    'slack_shared_channel',
  ]);
  expect(kinds(simulator.polar.checkouts.values(), (checkout) => checkout.status)).toEqual([
    'confirmed',
    'expired',
    'open',
    'succeeded',
  ]);
});

function kinds<T>(items: Iterable<T>, kind: (item: T) => string): string[] {
  return [...new Set([...items].map(kind))].sort();
}
