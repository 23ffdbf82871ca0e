import { createPolar } from '@polar-sh/sdk/2026-10';
import { expect, test } from 'vitest';
import { read, simulate } from '../../support/ask.ts';
import { complaints, schema, withoutNewer } from '../../support/openapi.ts';

/** The lists of the catalog: the stream, its path, and the schema of a page where Polar's document has one. */
const LISTS = [
  ['custom_fields', 'custom-fields', 'ListResource_CustomField_'],
  ['benefits', 'benefits', 'ListResource_Benefit_'],
  ['discounts', 'discounts', 'ListResource_Discount_'],
  ['products', 'products', 'ListResource_Product_'],
] as const;

test.for(LISTS)('the list of %s is as the OpenAPI document and the official client say', async ([name, path, page]) => {
  const simulator = await simulate({ checkouts: 0, scopes: 'every' });
  const { driver, json } = simulator.polar.streams[name];
  const client = createPolar({ accessToken: simulator.token, baseUrl: simulator.url });
  const { customFields: custom_fields, benefits, discounts, products } = client;
  const resources = { custom_fields, benefits, discounts, products };
  const removed = driver.list().at(1) ?? '';
  driver.remove?.(removed);
  expect(complaints(schema(page), withoutNewer(await read(simulator, `/v1/${path}/?limit=100`)))).toEqual([]);
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
