import { expect, test } from 'vitest';
import { present, read, simulate } from '../../support/ask.ts';
import { complaints, schema } from '../../support/openapi.ts';
import { officialClient } from '../../support/official-client.ts';

test('what customers have used is listed by its last change, as the official client reads it', async () => {
  const simulator = await simulate({ checkouts: 400, scopes: 'every' });
  const { polar } = simulator;
  const { id: unused } = polar.createCustomerMeter();
  const { iterList } = officialClient(simulator).customerMeters;
  const shown = await Array.fromAsync(iterList({ limit: 100 }));
  expect(shown.length).toBeGreaterThan(5);
  for (const { id, customer, meter, ...columns } of shown) {
    const { deleted_at: _deleted, id: _id, ...stored } = present(polar.streams.customer_meters.records.get(id));
    expect(columns).toEqual(stored);
    expect([customer.id, meter.id]).toEqual([stored.customer_id, stored.meter_id]);
    expect(complaints(schema('Meter'), meter)).toEqual([]);
  }
  expect(shown[0]?.id).toBe(unused);
  const dates = shown.slice(1).map(({ modified_at }) => modified_at ?? '');
  expect(dates).toEqual(dates.toSorted((one, other) => (one < other ? 1 : -1)));
});

test('usage of an archived meter is listed only where the meter is asked for', async () => {
  const simulator = await simulate({ checkouts: 0, scopes: 'every' });
  const { polar } = simulator;
  const { id, meter_id } = polar.createCustomerMeter();
  polar.archiveMeter(meter_id);
  const count = async (query: string) =>
    (await read<{ items: unknown[] }>(simulator, `/v1/customer-meters/?${query}`)).items.length;
  expect([await count(''), await count(`meter_id=${meter_id}`)]).toEqual([0, 1]);
  expect(await read(simulator, `/v1/customer-meters/${id}`)).toMatchObject({ id });
});

test('each subscription grants the benefits of its product, as the official client reads them', async () => {
  const simulator = await simulate({ checkouts: 400, scopes: 'every' });
  const { polar } = simulator;
  const { iterList } = officialClient(simulator).benefitGrants;
  const granted = new Set<string>();
  for await (const { benefit, customer, ...shown } of iterList({ limit: 100 })) {
    const {
      deleted_at: _deleted,
      previous_properties: _previous,
      ...stored
    } = present(polar.streams.benefit_grants.records.get(shown.id));
    expect(shown).toMatchObject(stored);
    expect([benefit.id, customer.id]).toEqual([stored.benefit_id, stored.customer_id]);
    granted.add(`${stored.subscription_id} ${stored.benefit_id}`);
  }
  const subscriptions = [...polar.streams.subscriptions.records.values()];
  const due = subscriptions.flatMap(({ id, product_id }) =>
    present(polar.products.get(product_id)).benefit_ids.map((benefit) => `${id} ${benefit}`),
  );
  expect(granted).toEqual(new Set(due));
});
