import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { rows } from '../support/records.ts';
import { followedViews } from './check-views.ts';
import { followSeller } from './seller.ts';
import type { ReportRow } from './oracle/checkouts.ts';
import { counted, expectedAbandoned, grouped, type Checkouts } from './oracle/derived.ts';
import { expectedCustomers } from './oracle/performance.ts';
import { expectedMonths, expectedSubscriptions } from './oracle/sales.ts';
import { dayIn, major } from './oracle/truth.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The questions of docs/questions.md, with their SQL. */
const questions = new Map(
  [...read('docs/questions.md').matchAll(/^## (?<question>.+?)\n[^]*?```sql\n(?<sql>[^]+?);\n```/gm)].map(
    ({ groups }) => [String(groups?.question), String(groups?.sql)],
  ),
);

const of = (group: Checkouts, column: string, value: unknown) => group.filter((row) => row[column] === value);
const paidIn = (group: Checkouts) => of(group, 'outcome', 'paid');
const settledIn = (group: Checkouts) => of(group, 'is_settled', true);
const rate = (group: Checkouts, digits: number) =>
  settledIn(group).length === 0 ? null : Number((paidIn(group).length / settledIn(group).length).toFixed(digits));
const inMoney = (group: Checkouts, column: string) =>
  major(counted(group, [column])[column] ?? null, String(group[0]?.currency));

type Answer = (checkouts: Checkouts, now: number, shop: Polar) => ReportRow[];

/** The answers, without their order, from what happened; `shop` is the merchant whose subscriptions are synced. */
const answers: Readonly<Record<string, Answer>> = {
  'What became of the sessions opened last month, by product?': (checkouts, now) => {
    const date = new Date(now / 1000);
    const lastMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1)).toISOString().slice(0, 7);
    const opened = checkouts.filter(({ created_at }) => dayIn('UTC', Number(created_at)).startsWith(lastMonth));
    return grouped(opened, 'product_id product_name', (group) => ({
      product: group[0]?.product_name ?? 'no product',
      opened: group.length,
      paid: paidIn(group).length,
      abandoned: of(group, 'outcome', 'abandoned').length,
    }));
  },
  'How does conversion develop?': (checkouts, now) => {
    const since = dayIn('UTC', now - 30 * 86_400_000_000);
    const recent = checkouts.map((row) => ({ ...row, day: String(row.created_day) })).filter(({ day }) => day > since);
    return grouped(recent, 'day', (group) => ({
      opened: group.length,
      paid: paidIn(group).length,
      conversion: rate(group, 3),
      is_final: settledIn(group).length === group.length && String(group[0]?.day) < dayIn('UTC', now),
    }));
  },
  'How much was sold, by currency?': (checkouts, now) => {
    const since = dayIn('UTC', now - 30 * 86_400_000_000);
    const recent = paidIn(checkouts).filter(({ completed_at }) => dayIn('UTC', Number(completed_at)) > since);
    return grouped(recent, 'currency', (group) => ({
      sales: group.length,
      net: inMoney(group, 'net_amount'),
      tax: inMoney(group, 'tax_amount'),
    }));
  },
  'Which links sell?': (checkouts) =>
    grouped(checkouts, 'account link_id link_match currency', (group) => ({
      opened: group.length,
      paid: paidIn(group).length,
      conversion: rate(group, 4),
      net_money: inMoney(paidIn(group), 'net_amount'),
    })),
  'Whom should we write to?': (checkouts, now) => {
    const succeeded = checkouts.filter(({ outcome }) => outcome === 'paid' || outcome === 'free');
    const cameBack = (row: ReportRow) =>
      succeeded.some(
        (other) =>
          row.customer_key !== null &&
          other.customer_key === row.customer_key &&
          Number(other.created_at) >= Number(row.created_at),
      );
    return of(checkouts, 'outcome', 'abandoned')
      .filter(
        (row) => Number(row.created_at) > now - 7 * 86_400_000_000 && !cameBack(row) && Number(row.total_amount) > 0,
      )
      .map((row) => ({ ...row, hours_idle: Math.round((now - Number(row.last_active_at)) / 3_600_000_000) }));
  },
  'How often do payments fail?': (checkouts) => {
    const tried = checkouts.filter(({ attempts }) => Number(attempts) > 0);
    const sums = counted(tried, ['attempts', 'failed_attempts']);
    const rescued = paidIn(tried).filter(({ failed_attempts }) => Number(failed_attempts) > 0).length;
    return [
      { sessions: tried.length, attempts: sums.attempts, failed: sums.failed_attempts, paid_in_the_end: rescued },
    ];
  },
  'How many customers come back after they gave up?': (checkouts, now) => {
    const abandoned = expectedAbandoned(checkouts, now).filter(({ customer_key }) => customer_key !== null);
    const recovered = abandoned.filter(({ recovered_by }) => recovered_by !== null);
    return [{ abandoned: abandoned.length, recovered: recovered.length }];
  },
  'Who are the best customers?': (checkouts) =>
    expectedCustomers(checkouts)
      .filter(({ purchases }) => Number(purchases) > 1)
      .toSorted(
        (one, other) =>
          Number(other.purchases) - Number(one.purchases) ||
          (String(one.customer_key) < String(other.customer_key) ? -1 : 1),
      )
      .slice(0, 10),
  'How did recurring revenue develop?': (_checkouts, now, polar) => {
    const truth = { account: 'shop', polar, timezone: 'UTC', now };
    const { mrr, churn } = expectedMonths(expectedSubscriptions(truth), truth);
    const keyOf = ({ month, currency }: ReportRow) => `${String(month)} ${String(currency)}`;
    const churned = new Map(churn.map((row) => [keyOf(row), row]));
    return mrr.map((row) => ({ ...churned.get(keyOf(row)), ...row }));
  },
  'Do discounts help, and what do they cost?': (checkouts) =>
    grouped(checkouts, 'account discount_id discount_name currency', (group) => ({
      discount: group[0]?.discount_name ?? 'no discount',
      opened: group.length,
      conversion: rate(group, 4),
      given: inMoney(paidIn(group), 'discount_given'),
    })),
  'Which campaigns bring buyers?': (checkouts) =>
    grouped(
      checkouts.filter(({ utm_source }) => utm_source !== null),
      'utm_source utm_campaign',
      (group) => ({ opened: group.length, paid: paidIn(group).length, conversion: rate(group, 3) }),
    ),
  'Where do buyers live?': (checkouts) =>
    grouped(paidIn(checkouts), 'country', (group) => ({
      paid: group.length,
      typed: of(group, 'country_is_typed', true).length,
    })),
  'How many sales are to new customers?': (checkouts) =>
    grouped(paidIn(checkouts), 'currency', (group) => ({
      new: of(group, 'is_first_purchase', true).length,
      returning: of(group, 'is_first_purchase', false).length,
    })),
};

/** Rows without their order, with the columns of the first list. */
function unordered(found: Checkouts, columns: readonly string[]): string[] {
  return found
    .map((row) => JSON.stringify(columns.map((column) => row[column] ?? null)))
    .toSorted((one, other) => (one < other ? -1 : 1));
}

test('each question of docs/questions.md has the answer of what happened', async () => {
  const {
    db,
    checkouts,
    read: views,
  } = await followedViews({
    seed: 7,
    timezone: 'UTC',
    size: { checkouts: 50, edits: 40 },
  });
  const shop = await followSeller(db, { timezone: 'UTC', seed: 3, size: { checkouts: 30, edits: 2 }, account: 'shop' });
  expect(Object.keys(answers).filter((question) => !questions.has(question))).toEqual([]);
  const compared: string[] = [];
  for (const [question, sql] of questions) {
    const found = (await rows(db, `select to_jsonb(q) as row from (${sql}) q`)).map(({ row }) => row as ReportRow);
    expect([question, found.length > 0]).toEqual([question, true]);
    const answer = answers[question]?.(checkouts, views.now, shop);
    if (!answer) continue; // prices and freshness, of whose views other-views.test.ts has tests
    const columns = Object.keys(found[0] ?? {}).filter((column) => column !== 'label');
    expect([question, unordered(found, columns)]).toEqual([question, unordered(answer, columns)]);
    compared.push(question);
  }
  expect(compared).toHaveLength(Object.keys(answers).length);
});

test('the first query of the README is the first question', () => {
  const [, sql = ''] = /```sql\n(.+?);\n```/s.exec(read('README.md')) ?? [];
  const [[question, first] = []] = questions;
  expect(sql).toBe(`-- ${question}\n${first}`);
});
