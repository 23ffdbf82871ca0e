import { expect, test } from 'vitest';
import { askQuestions } from '../../src/commands/demo-questions.ts';
import type { Checkout } from '../../src/simulator/polar/checkouts/record.ts';
import { wasPaid, type Order } from '../../src/simulator/polar/orders/record.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { polarAt } from '../support/source.ts';

const DIGITS: Record<string, number> = { jpy: 0, kwd: 3 };

/** Minor units as an amount, written as Postgres writes it. */
function money(minorUnits: number, currency: string): string {
  const digits = DIGITS[currency] ?? 2;
  return (minorUnits / 10 ** digits).toFixed(digits);
}

const group = <T>(rows: readonly T[], key: (row: T) => unknown) => [
  ...Map.groupBy(rows, (row) => JSON.stringify(key(row))).values(),
];
const paid = (sessions: readonly Checkout[]) => sessions.filter(({ status }) => status === 'succeeded');
const sum = (sessions: readonly Checkout[], amount: (session: Checkout) => number) =>
  paid(sessions).reduce((total, session) => total + amount(session), 0);
const discountGiven = ({ amount, net_amount, tax_amount, tax_behavior }: Checkout) =>
  amount - net_amount - (tax_behavior === 'inclusive' ? (tax_amount ?? 0) : 0);
const percent = (sessions: readonly Checkout[]) => ((100 * paid(sessions).length) / sessions.length).toFixed(1);
const nameOf = ({ products }: Polar, id: string | null | undefined) => products.get(id ?? '')?.name ?? 'no product';

/** Currencies with none and with three minor digits, products of which a paid session knows nothing, and discounts of other terms than then. */
function makeOdd(polar: Polar): void {
  const sessions = paid([...polar.checkouts.values()]);
  for (const { id, type } of polar.discounts.values())
    if (type === 'percentage') polar.updateDiscount(id, { basis_points: 700 });
  for (const [index, { id }] of sessions.entries()) {
    if (index % 5 === 0) polar.backfillCheckout(id, { currency: 'jpy' });
    if (index % 5 === 1) polar.backfillCheckout(id, { currency: 'kwd' });
    if (index % 2 === 0) polar.backfillCheckout(id, { product_id: null, product_ids: [], product_price_id: null });
  }
}

test("the demo's answers are those of the merchant's own books: no session is lost, no currencies are mixed", async () => {
  const { polar, ...simulator } = await startPolar({ links: 3, checkouts: 900, scopes: 'every' });
  makeOdd(polar);
  const db = await freshDatabase();
  const { sync } = engineOf(polarAt(simulator, { POLAR_STREAMS: 'checkouts,orders,disputes,subscriptions' }), db);
  for (const stream of ['checkouts', 'orders', 'disputes', 'subscriptions']) await sync(`polar.${stream}`);
  const sessions = [...polar.checkouts.values()];
  const [months, products, discounts, refunds, statuses] = (await askQuestions(db.pool)).map(({ rows }) => rows);

  expect(months).toEqual(
    group(sessions, ({ created_at }) => created_at.slice(0, 7))
      .map((all) => ({
        month: all[0]?.created_at.slice(0, 7),
        opened: String(all.length),
        paid: String(paid(all).length),
        percent: percent(all),
      }))
      .toSorted((a, b) => String(a.month).localeCompare(String(b.month))),
  );

  const byProduct = group(paid(sessions), ({ currency, product_id }) => [currency, product_id]).map((all) => ({
    currency: all[0]?.currency ?? '',
    product: nameOf(polar, all[0]?.product_id),
    paid: String(all.length),
    net: sum(all, ({ net_amount }) => net_amount),
  }));
  const best = group(byProduct, ({ currency }) => currency);
  expect(products).toEqual(
    best
      .flatMap((all) =>
        all
          .toSorted((a, b) => b.net - a.net)
          .slice(0, 2)
          .map((row, index) => ({ ...row, rank: String(index + 1) })),
      )
      .map((row) => ({ ...row, net: money(row.net, row.currency) }))
      .toSorted((a, b) => a.currency.localeCompare(b.currency)),
  );
  expect(new Set(products?.map(({ currency }) => currency))).toEqual(new Set(['eur', 'gbp', 'jpy', 'kwd', 'usd']));

  const used = group(sessions, ({ discount_id, currency }) => [discount_id, currency]).map((all) => ({
    discount: all[0]?.discount_id ? polar.discounts.get(all[0].discount_id)?.name : 'no discount',
    currency: all[0]?.currency ?? '',
    opened: String(all.length),
    percent_paid: percent(all),
    given: money(sum(all, discountGiven), all[0]?.currency ?? ''),
  }));
  expect(used).toEqual(expect.arrayContaining(discounts ?? []));
  expect(discounts).toHaveLength(8);

  const disputed = new Set([...polar.streams.disputes.records.values()].map(({ order_id }) => order_id));
  const sold = group([...polar.streams.orders.records.values()].filter(wasPaid), ({ currency }) => currency);
  const amount = (orders: readonly Order[], key: 'net_amount' | 'refunded_amount') =>
    money(
      orders.reduce((total, order) => total + order[key], 0),
      orders[0]?.currency ?? '',
    );
  const expectedRefunds = sold.map((orders) => ({
    currency: orders[0]?.currency,
    orders: String(orders.length),
    net: amount(orders, 'net_amount'),
    refunded: amount(orders, 'refunded_amount'),
    percent_refunded: expect.stringMatching(/^\d+\.\d$/),
    disputed: String(orders.filter(({ id }) => disputed.has(id)).length),
  }));
  expect(refunds).toHaveLength(sold.length);
  expect(refunds).toEqual(expect.arrayContaining(expectedRefunds));
  expect(refunds?.some(({ refunded }) => Number(refunded) > 0)).toBe(true);

  const byStatus = group([...polar.streams.subscriptions.records.values()], ({ status }) => status);
  const expectedStatuses = byStatus.map((all) => ({
    status: all[0]?.status,
    subscriptions: String(all.length),
    ending: String(all.filter(({ cancel_at_period_end }) => cancel_at_period_end).length),
    changing: String(all.filter(({ pending_update }) => pending_update !== null).length),
  }));
  expect(statuses).toHaveLength(byStatus.length);
  expect(statuses).toEqual(expect.arrayContaining(expectedStatuses));
});
