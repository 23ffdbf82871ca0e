import { expect, test } from 'vitest';
import { read, simulate } from '../../support/ask.ts';
import { complaints, ownSchema, schema, withoutNewer } from '../../support/openapi.ts';
import { officialClient } from '../../support/official-client.ts';

const [boolean, object, maybeObject] = [{ type: 'boolean' }, { type: 'object' }, { type: ['object', 'null'] }];
const [text, maybeText] = [{ type: 'string' }, { type: ['string', 'null'] }];
const capabilities = 'checkout_payments subscription_renewals payouts refunds api_access dashboard_access'.split(' ');

const record = (names: string, type: object) => Object.fromEntries(names.split(' ').map((name) => [name, type]));

/** An organization as the types of the official client have it: Polar's document of 2026-08-20 has no schema for it. */
const organization = Object.assign(
  { id: { type: 'string', format: 'uuid4' }, modified_at: { type: ['string', 'null'], format: 'date-time' } },
  { created_at: { type: 'string', format: 'date-time' }, capabilities: { type: 'object', required: capabilities } },
  { socials: { type: 'array' }, embed_hosts: { type: 'array', items: text } },
  record('name slug status proration_behavior default_presentment_currency default_tax_behavior', text),
  record('country avatar_url email website account_id payout_account_id details_submitted_at', maybeText),
  record('onboarding_resubmission_requested_at', maybeText),
  record('allow_customer_updates sso_enforced', boolean),
  record('subscription_settings customer_email_settings customer_portal_settings dispute_settings', object),
  record('feature_settings', maybeObject),
);

/** The lists of the catalog: the stream, its path, and the schema of its records. */
const LISTS = [
  ['custom_fields', 'custom-fields', schema('CustomField')],
  ['benefits', 'benefits', schema('Benefit')],
  ['discounts', 'discounts', schema('Discount')],
  ['products', 'products', schema('Product')],
  ['meters', 'meters', schema('Meter')],
  [
    'organizations',
    'organizations',
    ownSchema({ type: 'object', properties: organization, required: Object.keys(organization) }),
  ],
] as const;

test.for(LISTS)('the list of %s is as the OpenAPI document and the official client say', async ([name, path, wire]) => {
  const simulator = await simulate({ checkouts: 0, scopes: 'every' });
  const { driver, json } = simulator.polar.streams[name];
  const client = officialClient(simulator);
  const { customFields: custom_fields, benefits, discounts, products, meters, organizations } = client;
  const resources = { custom_fields, benefits, discounts, products, meters, organizations };
  driver.create();
  const removed = driver.remove ? (driver.list().at(1) ?? '') : '';
  driver.remove?.(removed);
  const { items } = await read<{ items: unknown[] }>(simulator, `/v1/${path}/?limit=100`);
  expect(items.flatMap((item) => complaints(wire, withoutNewer(item)))).toEqual([]);
  const shown: { id: string }[] = [];
  for await (const record of resources[name].iterList({ limit: 2 })) shown.push(record);
  expect(shown.map(({ id }) => id)).toEqual(driver.list());
  for (const record of shown) expect(withoutToken(record)).toEqual(withoutToken(json(record.id)));
  expect(driver.list()).not.toContain(removed);
});

/** The record without what is made at each serialization. */
const withoutToken = (json: unknown) => JSON.parse(JSON.stringify(json).replaceAll(/"guild_token":"[^"]*"/g, '"":""'));

test('a deleted custom field is asked for by no product, and the products keep their dates', async () => {
  const { polar } = await simulate({ checkouts: 0 });
  const asking = () => [...polar.products.values()].filter(({ custom_fields }) => custom_fields.length > 0);
  const [product] = asking();
  for (const { custom_field_id } of product?.custom_fields ?? []) polar.deleteCustomField(custom_field_id);
  expect(polar.products.get(product?.id ?? '')).toMatchObject({ custom_fields: [], modified_at: product?.modified_at });
});
