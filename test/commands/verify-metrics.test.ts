import { expect, test } from 'vitest';
import { call } from '../support/run.ts';
import { currenciesOf, EXACT, storedSales, tamper, verifiedMetrics } from '../reporting/metrics.ts';

test('verify --metrics finds our figures equal to those of Polar, or says why not, and sees what is missing', async () => {
  const { simulator, settings } = await storedSales(1, 'America/St_Johns');
  expect(currenciesOf(simulator).size).toBeGreaterThan(2);
  const { code, metrics, outcomes } = await verifiedMetrics(settings, '--days', '200');
  expect(outcomes).toMatchObject(Object.fromEntries(EXACT.map((metric) => [metric, 'equal'])));
  for (const { metric, ours, days } of metrics) {
    if (EXACT.includes(metric)) expect(ours, metric).toBeGreaterThan(0);
    expect(days).toHaveLength(200);
    for (const { outcome, reason } of days)
      expect([metric, outcome === 'explained']).toEqual([metric, reason !== undefined]);
  }
  expect(outcomes.checkouts).toBe('explained');
  expect(code).toBe(0);

  const paid = [...simulator.polar.streams.orders.records.values()].findLast(
    ({ status, currency, created_at }) =>
      status === 'paid' && currency === 'usd' && Date.parse(created_at) < Date.now() - 172_800_000,
  );
  const addCent = `update polar.orders set net_amount = net_amount + 1 where id = '${paid?.id}'`;
  await tamper(settings, addCent);
  const planted = await verifiedMetrics(settings, '--days', '200');
  expect(planted.code).toBe(1);
  expect(planted.outcomes).toMatchObject({ orders: 'equal', revenue: 'different' });
  const text = await call(['verify', '--metrics', '--days', '200'], settings);
  expect(text.code).toBe(1);
  expect(text.stdout).toMatch(/^revenue of 2\d{3}-\d\d-\d\d: \$[\d,.]+ here, \$[\d,.]+ at Polar$/m);
  expect(text.stdout).toMatch(/^checkouts.*: Polar counts sessions when their page is opened/m);

  await tamper(settings, `${addCent.replace('+', '-')}; delete from polar.events`);
  expect((await verifiedMetrics(settings, '--days', '200')).outcomes).toMatchObject({
    revenue: 'explained',
    orders: 'equal',
  });
  await tamper(settings, `delete from sync.runs where stream = 'polar.orders'`);
  const unread = (await verifiedMetrics(settings)).metrics.find(({ metric }) => metric === 'orders');
  expect(unread).toMatchObject({ ours: null, outcome: 'explained', reason: 'polar.orders has not been read' });

  simulator.polar.settings.scopes = ['orders:read'];
  const refused = await call(['verify', '--metrics'], settings);
  expect(refused).toMatchObject({ code: 1, stderr: '' });
  expect(refused.stdout).toMatch(/\n.*lacks the scope metrics:read.*\n$/);
});

test('verify --metrics refuses streams and samples, days without it, and a month that has not begun', async () => {
  const settings = { POLAR_ACCESS_TOKEN: 'polar_oat_x', DATABASE_URL: 'postgres://127.0.0.1:1/none' };
  const refused = async (...args: string[]) => {
    const { code, stderr } = await call(['verify', ...args], settings);
    return `${code} ${stderr}`;
  };
  expect(await refused('--metrics', 'polar.orders')).toMatch(/^2 .*leave streams and --sample out/);
  expect(await refused('--days', '3')).toMatch(/^2 .*--days and --month are for --metrics/);
  expect(await refused('--metrics', '--month', '2026-13')).toMatch(/^2 .*a month such as 2026-10/);
  expect(await refused('--metrics', '--month', '2026-10', '--days', '3')).toMatch(/^2 .*cannot be used with/);
});
