import { expect, test } from 'vitest';
import { present, read, simulate } from '../../support/ask.ts';
import { complaints, schema } from '../../support/openapi.ts';
import { officialClient } from '../../support/official-client.ts';

test('every customer that a session names is listed, as the official client and the OpenAPI document say', async () => {
  const simulator = await simulate({ checkouts: 400, scopes: 'every' });
  const { polar } = simulator;
  const { id } = polar.createCheckout({ customer_id: null });
  const { customer_id } = polar.confirm(id);
  const { iterList } = officialClient(simulator).customers;
  const seen = new Map<string, object>();
  for await (const customer of iterList({ limit: 100 })) seen.set(customer.id, customer);
  const named = [...polar.checkouts.values()].flatMap((session) => session.customer_id ?? []);
  expect(new Set(named)).toEqual(new Set(seen.keys()));
  expect(seen.has(present(customer_id))).toBe(true);
  for (const customer of polar.streams.customers.records.values()) expect(seen.get(customer.id)).toEqual(customer);
  expect(complaints(schema('ListResource_Customer_'), await read(simulator, '/v1/customers/?limit=100'))).toEqual([]);
});

test('a deleted customer keeps the external id in the metadata and is not listed; an anonymized one keeps the tax number', async () => {
  const { polar } = await simulate({ checkouts: 0 });
  const { id, tax_id } = polar.createCustomer({ external_id: 'user_1', tax_id: ['DE123456789', 'eu_vat'] });
  const deleted = polar.deleteCustomer(id);
  expect(deleted).toMatchObject({ external_id: 'user_1', metadata: { __external_id: 'user_1' } });
  expect(polar.streams.customers.driver.list()).toEqual([]);
  polar.restoreCustomer(id);
  polar.anonymizeCustomer(id, '2026-11-21T09:00:00Z');
  expect(polar.streams.customers.json(id)).toMatchObject({
    email: expect.stringMatching(/^[0-9a-f]{64}@anonymized\.polar\.sh$/),
    name: expect.stringMatching(/^[0-9a-f]{64}$/),
    billing_address: null,
    tax_id,
    metadata: { __anonymized_at: '2026-11-21T09:00:00Z' },
  });
});
