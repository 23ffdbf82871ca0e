import type { Pool } from 'pg';

/** A question about the demo's data and its answer in SQL. */
export interface AnsweredQuestion {
  question: string;
  sql: string;
  rows: Record<string, string | number | null>[];
}

// Amounts are in the currency's smallest unit, and never summed across currencies.
const DIGITS = `case when c.currency in ('clp', 'jpy', 'krw', 'pyg', 'ugx', 'vnd', 'xaf', 'xof', 'xpf') then 0
         when c.currency in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 3 else 2 end`;

const amountIn = (minorUnits: string) => `round(${minorUnits} / power(10::numeric, digits), digits)`;

const questions: readonly (readonly [string, string])[] = [
  [
    'How many of the sessions opened each month were paid?',
    `select to_char(created_at, 'YYYY-MM') as month, count(*) as opened,
       count(*) filter (where status = 'succeeded') as paid,
       round(100.0 * count(*) filter (where status = 'succeeded') / count(*), 1) as percent
from polar.checkouts group by 1 order by 1`,
  ],
  [
    'Which products bring in most, in each currency?',
    `select currency, rank, product, paid, ${amountIn('net')} as net
from (
  select c.currency, coalesce(p.name, 'no product') as product, count(*) as paid, sum(c.net_amount) as net,
       rank() over (partition by c.currency order by sum(c.net_amount) desc, p.name) as rank,
       ${DIGITS} as digits
  from polar.checkouts c left join polar.products p on p.id = c.product_id
  where c.status = 'succeeded' group by c.currency, p.id, p.name
) as best where rank <= 2 order by currency, rank`,
  ],
  [
    'Do discounts help, and what do they cost?',
    `select discount, currency, opened, percent_paid, ${amountIn('given')} as given
from (
  select case when c.discount_id is null then 'no discount' else d.name end as discount, c.currency, count(*) as opened,
       round(100.0 * count(*) filter (where c.status = 'succeeded') / count(*), 1) as percent_paid,
       coalesce(sum(c.amount - c.net_amount - case c.tax_behavior when 'inclusive' then coalesce(c.tax_amount, 0) else 0 end)
         filter (where c.status = 'succeeded'), 0) as given,
       ${DIGITS} as digits
  from polar.checkouts c left join polar.discounts d on d.id = c.discount_id group by c.discount_id, d.name, c.currency
) as used order by opened desc, discount, currency limit 8`,
  ],
  [
    'How much of what was paid was refunded, and how much is disputed?',
    `select currency, orders, ${amountIn('net')} as net, ${amountIn('refunded')} as refunded,
       round(100 * refunded / nullif(net, 0), 1) as percent_refunded, disputed
from (
  select c.currency, count(*) as orders, sum(c.net_amount) as net, sum(c.refunded_amount) as refunded,
       count(*) filter (where exists (select from polar.disputes d where d.order_id = c.id)) as disputed,
       ${DIGITS} as digits
  from polar.orders c where c.paid group by c.currency
) as sold order by orders desc, currency`,
  ],
  [
    'How are the subscriptions doing?',
    `select status, count(*) as subscriptions, count(*) filter (where cancel_at_period_end) as ending,
       count(*) filter (where pending_update_id is not null) as changing
from polar.subscriptions where deleted_at is null group by status order by subscriptions desc, status`,
  ],
  [
    'What do the links at Fynn sell?',
    `select l.slug as link, i.type, coalesce(p.name, pl.name) as sells, i.quantity, pp.amount, pp.billing_interval as every
from fynn.checkout_link_items i join fynn.checkout_links l on l.id = i.checkout_link_id
left join fynn.products p on p.id = i.product_id left join fynn.plans pl on pl.id = i.plan_id
left join fynn.price_plans pp on pp.id = i.price_plan_id
where l.deleted_at is null order by l.slug, i.position limit 5`,
  ],
];

/** Runs the questions' queries. Returns the questions with their answers. */
export async function askQuestions(pool: Pool): Promise<AnsweredQuestion[]> {
  const answers: AnsweredQuestion[] = [];
  for (const [question, sql] of questions) {
    const { rows } = await pool.query<AnsweredQuestion['rows'][number]>(sql);
    answers.push({ question, sql, rows });
  }
  return answers;
}
