import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Polar } from '../src/simulator/polar/polar.ts';
import { freshDatabase } from './support/database.ts';
import { startPolar, syncing } from './support/polar.ts';

const page = readFileSync(new URL('../docs/money.md', import.meta.url), 'utf8');
const [discounts = '', funnel = '', links = ''] = [...page.matchAll(/```sql\n(.+?)```/gs)].map(([, sql]) => sql);

const DIGITS: Record<string, number> = { jpy: 0, kwd: 3 };

/** Sells sessions whose discount is changed afterwards. Returns the cost of the discounts at the payments, by currency. */
function sellWithDiscounts(polar: Polar): Map<string, number> {
  const given = new Map<string, number>();
  const product = [...polar.products.values()].find(({ name }) => name === 'Halyard Pro');
  for (const currency of ['eur', 'jpy', 'kwd']) {
    const { id: discount_id } = polar.createDiscount({ basis_points: 2500 });
    const { id } = polar.createCheckout({ product_id: product?.id ?? null, currency, discount_id });
    const { discount_amount } = polar.succeed(polar.confirm(id).id);
    given.set(currency, discount_amount / 10 ** (DIGITS[currency] ?? 2));
    polar.updateDiscount(discount_id, { basis_points: 1000 });
  }
  return given;
}

test('the queries of docs/money.md find what discounts cost, which addresses were typed, and the link that a session came from', async () => {
  const { polar, ...simulator } = await startPolar({ links: 0, checkouts: 0 });
  const given = sellWithDiscounts(polar);
  const open = polar.createCheckout({ customer_billing_address: null });
  polar.typeAddress(open.id);

  const own = polar.createLink({ metadata: { link: 'spring-mail' } });
  const twins = [1, 2].map(() => polar.createLink({ metadata: { campaign: 'autumn' } }));
  const visited = polar.visitLink(own.id, { utm_source: 'mail', customer_email: 'ada@example.com' });
  const twin = polar.visitLink(twins[0]?.id ?? '', {});

  const db = await freshDatabase();
  const engine = syncing(simulator, db);
  await engine.sync('polar.checkout_links');
  await engine.sync('polar.checkouts');

  const { rows: costs } = await db.pool.query<{ currency: string; discount_given: string }>(discounts);
  expect(new Map(costs.map((row) => [row.currency, Number(row.discount_given)]))).toEqual(given);

  const sessions = [...polar.checkouts.values()];
  const count = (status: string) => sessions.filter((session) => session.status === status);
  expect((await db.pool.query(funnel)).rows).toEqual(
    ['open', 'succeeded'].map((status) => ({
      status,
      sessions: String(count(status).length),
      address_typed: String(count(status).filter((session) => session.customer_billing_address?.line1).length),
    })),
  );

  const { rows } = await db.pool.query<{ id: string }>(links);
  expect(rows).toHaveLength(sessions.length);
  expect(rows).toEqual(
    expect.arrayContaining([
      { id: visited.id, links: '1', link_id: own.id },
      { id: twin.id, links: '2', link_id: null },
      { id: open.id, links: '0', link_id: null },
    ]),
  );
});
