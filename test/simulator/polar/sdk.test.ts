import { errors } from '@polar-sh/sdk/2026-10';
import { expect, test } from 'vitest';
import { present, simulate } from '../../support/ask.ts';
import { officialClient } from '../../support/official-client.ts';

test('the official client reads all sessions, each as the state says', async () => {
  const simulator = await simulate({ checkouts: 430 });
  const { polar } = simulator;
  const seen = new Set<string>();
  for await (const session of officialClient(simulator).checkouts.iterList({ limit: 100 })) {
    seen.add(session.id);
    const {
      product_ids,
      ad_hoc_price_ids: _adHoc,
      truth: _truth,
      ...columns
    } = present(polar.checkouts.get(session.id));
    expect(session).toMatchObject(columns);
    expect(session.products.map((product) => product.id)).toEqual(product_ids);
    expect(session.product?.id ?? null).toBe(columns.product_id);
    expect(session.product_price?.id ?? null).toBe(columns.product_price_id);
    expect(session.discount?.id ?? null).toBe(columns.discount_id);
    for (const product of session.products) {
      expect(product.prices.map((price) => price.id)).toEqual(polar.products.get(product.id)?.price_ids);
    }
  }
  expect(seen).toEqual(new Set(polar.checkouts.keys()));
  expect(simulator.requests).toHaveLength(5);
});

test('the official client reads all links, each as the state says', async () => {
  const simulator = await simulate({ links: 105 });
  const { polar } = simulator;
  const seen: string[] = [];
  for await (const link of officialClient(simulator).checkoutLinks.iterList({ limit: 100 })) {
    seen.push(link.id);
    const { product_ids, deleted_at, ...columns } = present(polar.links.get(link.id));
    expect(deleted_at).toBeNull();
    expect(link).toMatchObject(columns);
    expect(link.products.map((product) => product.id)).toEqual(product_ids);
    for (const { id, prices, benefits, medias, ...shown } of link.products) {
      const {
        price_ids,
        benefit_ids,
        media_ids,
        custom_fields: _fields,
        deleted_at: _deleted,
        ...product
      } = present(polar.products.get(id));
      expect({ id, ...shown }).toEqual(product);
      expect(prices.map((price) => price.id)).toEqual(price_ids);
      expect(medias.map((media) => media.id)).toEqual(media_ids);
      const visible = benefit_ids.filter((each) => polar.benefits.get(each)?.visibility === 'public');
      expect(benefits.map((benefit) => benefit.id)).toEqual(visible);
    }
  }
  expect(seen).toEqual([...polar.links.values()].filter((link) => link.deleted_at === null).map((link) => link.id));
});

test('the official client reads a record by id and understands the errors', async () => {
  const simulator = await simulate();
  const [link] = simulator.polar.links.values();
  const { id } = present(link);
  expect(await officialClient(simulator).checkoutLinks.get(id)).toEqual(simulator.polar.json.link(id));
  simulator.polar.deleteLink(id);
  await expect(officialClient(simulator).checkoutLinks.get(id)).rejects.toBeInstanceOf(errors.ResourceNotFound);
  await expect(officialClient(simulator).checkouts.get('1')).rejects.toBeInstanceOf(errors.HTTPValidationError);
  await expect(officialClient(simulator, 'polar_oat_other').checkouts.list()).rejects.toMatchObject({
    statusCode: 401,
  });
  simulator.polar.settings.rateLimit = { requests: 0, windowMs: 60_000 };
  await expect(officialClient(simulator).checkouts.list()).rejects.toMatchObject({ statusCode: 429, retryAfter: 60 });
});

test('the official client reads metrics, per day of a time zone and in total', async () => {
  const simulator = await simulate({ scopes: 'every', checkouts: 400 });
  const { polar } = simulator;
  const days = { start_date: '2026-11-01', end_date: '2026-11-20', timezone: 'Asia/Kolkata', interval: 'day' } as const;
  const { periods, totals, metrics } = await officialClient(simulator).metrics.get({
    ...days,
    metrics: ['orders', 'checkouts'],
  });
  expect(periods.map(({ timestamp }) => timestamp)).toEqual(
    Array.from({ length: 20 }, (_, day) =>
      new Date(Date.UTC(2026, 9, 31 + day, 18, 30)).toISOString().replace('.000', ''),
    ),
  );
  const paid = [...polar.streams.orders.records.values()].filter(
    ({ created_at, status }) =>
      /paid|refunded/.test(status) && created_at >= '2026-10-31T18:30' && created_at < '2026-11-20T18:30',
  );
  expect(paid.length).toBeGreaterThan(0);
  expect(totals).toEqual({ orders: paid.length, checkouts: expect.any(Number) });
  expect(periods.reduce((sum, { orders }) => sum + (orders ?? 0), 0)).toBe(paid.length);
  expect(metrics.orders).toEqual({ slug: 'orders', display_name: 'Orders', type: 'scalar' });
  const tooLong = officialClient(simulator).metrics.get({ ...days, start_date: '2025-01-01' });
  await expect(tooLong).rejects.toBeInstanceOf(errors.HTTPValidationError);
  simulator.polar.settings.scopes = ['orders:read'];
  await expect(officialClient(simulator).metrics.get(days)).rejects.toMatchObject({ statusCode: 403 });
});
