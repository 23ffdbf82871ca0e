import { expect, test } from 'vitest';
import { read, simulate } from '../../support/ask.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';

interface MetricsBody {
  periods: ({ timestamp: string } & Record<string, number>)[];
  totals: Record<string, number>;
}

const metricsOf = (simulator: Simulator, query: string) =>
  read<MetricsBody>(simulator, `/v1/metrics/?start_date=2026-11-19&end_date=2026-11-21&interval=day&${query}`);

const emptyShop = (now = '2026-11-21T08:00:00Z') => simulate({ scopes: 'every', links: 0, checkouts: 0, now });

test('revenue is in dollars, before tax, and refunds are taken off net revenue alone, in the period of the order', async () => {
  const simulator = await emptyShop();
  const { polar } = simulator;
  const at = '2026-11-19T12:00:00Z';
  const bare = { product_id: null };
  polar.createOrder({ ...bare, created_at: at, subtotal_amount: 1000, tax_amount: 190, currency: 'eur' });
  const { id } = polar.createOrder({ ...bare, created_at: at, subtotal_amount: 501, tax_amount: 0 });
  polar.createOrder({ ...bare, created_at: at, status: 'pending' });
  polar.createRefund(id, { amount: 101 });
  const { periods, totals } = await metricsOf(
    simulator,
    'metrics=orders&metrics=revenue&metrics=net_revenue&metrics=average_order_value',
  );
  const day = { orders: 2, revenue: 1581, net_revenue: 1480, average_order_value: 791 };
  expect(periods[0]).toEqual({ timestamp: '2026-11-19T00:00:00Z', ...day });
  expect(periods[1]).toMatchObject({ orders: 0, revenue: 0, average_order_value: 0 });
  expect(totals).toEqual({ ...day, average_order_value: 790.5 });
});

test('a session made since January 2026 counts once it is opened, on that day, and as succeeded there as well', async () => {
  const simulator = await emptyShop('2026-11-20T23:50:00Z');
  const { polar } = simulator;
  const [opened, unopened] = [polar.createCheckout(), polar.createCheckout()];
  polar.clock.advance(15 * 60_000);
  polar.openCheckout(opened.id);
  polar.succeed(polar.confirm(opened.id).id);
  expect(polar.checkouts.get(unopened.id)?.truth.opened_at).toBeNull();
  const { periods } = await metricsOf(simulator, 'metrics=checkouts&metrics=succeeded_checkouts');
  expect(periods.map(({ checkouts, succeeded_checkouts }) => [checkouts, succeeded_checkouts])).toEqual([
    [0, 0],
    [0, 0],
    [1, 1],
  ]);
});

test('a subscription is active until the day on which it ends, whatever its status, and churned on that day', async () => {
  const simulator = await emptyShop();
  const { polar } = simulator;
  const begun = { created_at: '2026-11-18T10:00:00Z', started_at: '2026-11-18T10:00:00Z', trial_end: null };
  polar.createSubscription({ ...begun, amount: 1200, currency: 'usd', recurring_interval: 'year', ended_at: null });
  const ended = { canceled_at: '2026-11-19T10:00:00Z', ended_at: '2026-11-20T10:00:00Z' };
  polar.createSubscription({ ...begun, ...ended, amount: 500, currency: 'usd', recurring_interval: 'month' });
  const { periods } = await metricsOf(simulator, '');
  const shown = periods.map((period) => [
    period.active_subscriptions,
    period.canceled_subscriptions,
    period.churned_subscriptions,
    period.monthly_recurring_revenue,
  ]);
  expect(shown).toEqual([
    [2, 1, 0, 600],
    [1, 0, 1, 100],
    [1, 0, 0, 100],
  ]);
});
