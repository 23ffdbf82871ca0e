import type { ClientBase } from 'pg';
import type { MetricValues, ReportDays } from '../../model/source-metrics.ts';

/** Metrics of each day, computed from the views; amounts are null where an exchange rate is unknown. */
export type DailyFigures = ReadonlyMap<string, MetricValues>;

/** The account and the days of the requested figures. */
export interface FiguresAsked extends ReportDays {
  account: string;
}

const DAYS_SQL = `days as (
  select day::date as day, day at time zone $2 as begins, (day + interval '1 day') at time zone $2 as ends
  from generate_series($3::date::timestamp, $4::date::timestamp, '1 day') day
)`;

// Polar converts each payment at its own rate, which only its ledger has: the events of the balance.
const ORDERS_SQL = `with ${DAYS_SQL}, made as (
  select d.day, o.net_amount, o.refunded_amount, o.platform_fee_amount, o.subscription_id, o.currency = 'usd' or r.rate is not null as is_known,
    case o.currency when 'usd' then 1 else r.rate end as rate, (s.started_at at time zone $2)::date as started_day
  from days d
  join analytics.orders o on o.account = $1 and o.is_paid and o.deleted_at is null and o.created_at >= d.begins and o.created_at < d.ends
  left join analytics.subscriptions s on s.subscription_id = o.subscription_id
  left join (
    select metadata ->> 'order_id' as order_id, min((metadata ->> 'exchange_rate')::numeric) as rate
    from polar.events
    where account = $1 and name in ('balance.order', 'balance.credit_order')
      and timestamp >= (select min(begins) from days) and timestamp < (select max(ends) from days)
    group by 1
  ) r on r.order_id = o.order_id::text
)
select d.day::text, count(m.day)::float8 as orders,
  count(m.day) filter (where m.subscription_id is null)::float8 as one_time_products,
  count(distinct m.subscription_id) filter (where m.started_day <> d.day)::float8 as renewed_subscriptions,
  case when coalesce(bool_and(m.is_known), true) then coalesce(sum(round(m.net_amount * m.rate)), 0)::float8 end as revenue,
  case when coalesce(bool_and(m.is_known), true)
    then coalesce(sum(round(m.net_amount * m.rate) - m.platform_fee_amount - round(m.refunded_amount * m.rate)), 0)::float8 end as net_revenue
from days d left join made m on m.day = d.day
group by d.day`;

const SUBSCRIPTIONS_SQL = `with ${DAYS_SQL}, lives as (
  select currency, monthly_amount, customer_key, (created_at at time zone $2)::date as created_day,
    (started_at at time zone $2)::date as start_day, (end_at at time zone $2)::date as end_day,
    (canceled_at at time zone $2)::date as canceled_day, (trial_end at time zone $2)::date as trial_end_day
  from analytics.subscriptions where account = $1 and deleted_at is null
)
select d.day::text, a.*,
  count(*) filter (where l.created_day = d.day and coalesce(l.end_day > d.day, true))::float8 as new_subscriptions,
  count(*) filter (where l.end_day = d.day)::float8 as churned_subscriptions,
  count(*) filter (where l.canceled_day = d.day)::float8 as canceled_subscriptions
from days d
left join lives l on d.day in (l.created_day, l.end_day, l.canceled_day)
cross join lateral (
  select count(*)::float8 as active_subscriptions,
    count(*) filter (where end_day is null)::float8 as committed_subscriptions,
    count(distinct customer_key)::float8 as customers,
    case when coalesce(bool_and(currency = 'usd'), true)
      then coalesce(sum(monthly_amount) filter (where coalesce(trial_end_day <= d.day, true)), 0)::float8 end as monthly_recurring_revenue
  from lives where start_day <= d.day and coalesce(end_day > d.day, true)
) a
group by d.day, a.active_subscriptions, a.committed_subscriptions, a.customers, a.monthly_recurring_revenue`;

// Polar counts sessions made since then only once they are opened.
const CHECKOUTS_SQL = `with ${DAYS_SQL}, seen as (
  select (coalesce(opened_at, created_at) at time zone $2)::date as day, step
  from analytics.checkouts
  where account = $1 and deleted_at is null and (created_at < '2026-01-22T12:13:00Z' or step <> 'created')
    and created_at >= (select min(begins) from days) - interval '1 day' and created_at < (select max(ends) from days)
)
select d.day::text, count(s.day)::float8 as checkouts, count(s.day) filter (where s.step = 'completed')::float8 as succeeded_checkouts
from days d left join seen s on s.day = d.day
group by d.day`;

type DayRow = Record<string, number | null> & { day: string };

/** Computes the metrics of each day as Polar defines them, as far as the tables have what they need. */
export async function dailyFigures(
  client: ClientBase,
  { account, timezone, start, end }: FiguresAsked,
): Promise<DailyFigures> {
  const days = new Map<string, Record<string, number | null>>();
  for (const sql of [ORDERS_SQL, SUBSCRIPTIONS_SQL, CHECKOUTS_SQL]) {
    const { rows } = await client.query<DayRow>(sql, [account, timezone, start, end]);
    for (const { day, ...figures } of rows) days.set(day, { ...days.get(day), ...figures });
  }
  return new Map([...days].map(([day, figures]) => [day, { ...figures, ...quotientsOf(figures) }]));
}

/** Polar rounds averages: those of orders up, those of customers to the nearest. */
function quotientsOf(figures: MetricValues): MetricValues {
  const of = (above: string, below: string) => quotientOf(figures[above] ?? null, figures[below] ?? null);
  const rounded = (value: number | null, round: (value: number) => number) => (value === null ? null : round(value));
  return {
    average_order_value: rounded(of('revenue', 'orders'), Math.ceil),
    average_revenue_per_user: rounded(of('monthly_recurring_revenue', 'customers'), Math.round),
    checkouts_conversion: of('succeeded_checkouts', 'checkouts'),
  };
}

/** Returns the quotient; null if one of the numbers is unknown. Polar: 0 if the divisor is 0. */
export function quotientOf(above: number | null, below: number | null): number | null {
  if (above === null || below === null) return null;
  return below === 0 ? 0 : above / below;
}
